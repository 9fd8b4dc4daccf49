package media

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// signatures recognises the formats that are allowed by default, in this order. A general
// sniffer names some of their files otherwise, or not at all.
var signatures = []func(head []byte) string{
	sniffISO, sniffMatroska, sniffRIFF, sniffBMP, sniffMPEG,
	begins("image/jpeg", "\xff\xd8\xff"),
	begins("image/png", "\x89PNG\r\n\x1a\n"),
	begins("image/gif", "GIF87a"), begins("image/gif", "GIF89a"),
	begins("video/ogg", "OggS"), // whatever its first stream is
	sniffBareQuickTime,
}

// sniff returns the content type of an object by its first bytes, and "" if they are not
// recognised. Their [family] is what counts: within one the type is a guess.
func sniff(head []byte) string {
	for _, recognise := range signatures {
		if contentType := recognise(head); contentType != "" {
			return contentType
		}
	}
	contentType := bareType(mimetype.Detect(head))
	switch {
	case families[contentType] != "": // it isn't by the signature above
		return ""
	case contentType == "application/octet-stream", contentType == "text/plain":
		return "" // what the sniffer says of bytes that it doesn't know
	}
	return contentType
}

// begins recognises a format by its first bytes.
func begins(contentType, mark string) func([]byte) string {
	return func(head []byte) string {
		if bytes.HasPrefix(head, []byte(mark)) {
			return contentType
		}
		return ""
	}
}

// maxBrands is more bytes than any file type box has. If its length is beyond that, the
// first four bytes are something else, such as the mark of a ZIP file.
const maxBrands = 4 << 10

// sniffISO goes by the file type box of ISO 14496-12 (section 4.3): by the major brand,
// and by the compatible ones if several formats of images share that. General sniffers know
// a list of brands and misname files of all others.
func sniffISO(head []byte) string {
	if len(head) < 12 || string(head[4:8]) != "ftyp" || binary.BigEndian.Uint32(head) > maxBrands {
		return ""
	}
	switch major := string(head[8:12]); major {
	case "avif", "avis":
		return "image/avif"
	case "heic", "heix", "heim", "heis":
		return "image/heic"
	case "hevc", "hevx", "hevm", "hevs":
		return "image/heic-sequence"
	case "mif1", "msf1", "mif2", "miaf", "1pic":
		return sniffImageBrands(compatibleBrands(head))
	case "qt  ":
		return "video/quicktime"
	case "M4V ", "M4VH", "M4VP":
		return "video/x-m4v"
	case "M4A ":
		return "audio/x-m4a" // no pictures; other brands of sound stand in front of videos too
	case "crx ":
		return "image/x-canon-cr3" // a raw photo
	default:
		switch major[:3] {
		case "3gp", "3gr", "3gs", "3ge", "3gg":
			return "video/3gpp"
		case "3g2":
			return "video/3gpp2"
		}
		return "video/mp4"
	}
}

func compatibleBrands(head []byte) (brands []string) {
	end := min(int(binary.BigEndian.Uint32(head)), len(head))
	for at := 16; at+4 <= end; at += 4 {
		brands = append(brands, string(head[at:at+4]))
	}
	return brands
}

func sniffImageBrands(compatible []string) string {
	has := func(brands ...string) bool {
		return slices.ContainsFunc(compatible, func(b string) bool { return slices.Contains(brands, b) })
	}
	switch {
	case has("avif", "avis"):
		return "image/avif"
	case has("heic", "heix", "hevc", "hevx"):
		return "image/heic"
	}
	return "image/heif"
}

// sniffMatroska goes by the document type in the EBML header (RFC 8794, section 11.2.8),
// wherever in the header it stands: writers order its elements freely, and some pad it
// with NUL.
func sniffMatroska(head []byte) string {
	id, header, _ := ebmlElement(head)
	if id != "\x1a\x45\xdf\xa3" {
		return ""
	}
	for len(header) > 0 {
		var content []byte
		if id, content, header = ebmlElement(header); id != "\x42\x82" {
			continue
		}
		switch strings.TrimRight(string(content), "\x00") {
		case "webm":
			return "video/webm"
		case "matroska":
			return "video/matroska"
		}
		return ""
	}
	return ""
}

// ebmlElement takes the first element off b (RFC 8794, sections 4 to 6). One that is cut
// short ends with b.
func ebmlElement(b []byte) (id string, content, rest []byte) {
	idLength := vintLength(b)
	if idLength == 0 {
		return "", nil, nil
	}
	id, b = string(b[:idLength]), b[idLength:]
	n := vintLength(b)
	if n == 0 {
		return "", nil, nil
	}
	size := uint64(b[0]) & (1<<(8-n) - 1)
	for _, next := range b[1:n] {
		size = size<<8 | uint64(next)
	}
	b = b[n:]
	size = min(size, uint64(len(b)))
	return id, b[:size], b[size:]
}

// vintLength returns how many bytes the number of variable length takes that b begins
// with, from 1 to 8, and 0 if b doesn't hold it.
func vintLength(b []byte) int {
	for n := 1; n <= 8 && len(b) >= n; n++ {
		if b[0]>>(8-n) == 1 {
			return n
		}
	}
	return 0
}

// sniffRIFF tells those files apart that are in chunks of RIFF.
func sniffRIFF(head []byte) string {
	if len(head) < 12 || string(head[:4]) != "RIFF" {
		return ""
	}
	switch string(head[8:12]) {
	case "WEBP":
		return "image/webp"
	case "AVI ":
		return "video/x-msvideo"
	}
	return ""
}

// sniffBMP holds the two letters of a bitmap to a length of the header behind them that
// there is: text may begin with the same letters.
func sniffBMP(head []byte) string {
	if len(head) < 18 || string(head[:2]) != "BM" {
		return ""
	}
	switch length := binary.LittleEndian.Uint32(head[14:]); {
	case length == 12, length >= 16 && length <= 64, length == 108, length == 124:
		return "image/bmp"
	}
	return ""
}

// sniffMPEG recognises a program stream or a bare stream of pictures by its first start
// code (ISO 13818-1 and 13818-2), and a transport stream by the marks of its first three
// packets. Cameras put a time stamp of 4 bytes in front of each packet.
func sniffMPEG(head []byte) string {
	const packet, stamp, sync = 188, 4, 0x47
	if len(head) > 3 && head[0] == 0 && head[1] == 0 && head[2] == 1 && head[3] >= 0xB0 && head[3] <= 0xBF {
		return "video/mpeg"
	}
	marked := func(first, distance int) bool {
		last := first + 2*distance
		return len(head) > last && head[first] == sync && head[first+distance] == sync && head[last] == sync
	}
	if marked(0, packet) || marked(stamp, stamp+packet) {
		return "video/mp2t"
	}
	return ""
}

// sniffBareQuickTime recognises files from before the file type box was invented: they
// begin with a box of the QuickTime File Format. All but the one for the pictures
// themselves are shorter than a text's first letters would make them.
func sniffBareQuickTime(head []byte) string {
	const shortest, longest = 8, 0x20 << 24
	if len(head) < 8 {
		return ""
	}
	length := binary.BigEndian.Uint32(head)
	switch string(head[4:8]) {
	case "mdat":
		return "video/quicktime"
	case "moov", "wide", "free", "skip", "pnot":
		if length >= shortest && length < longest {
			return "video/quicktime"
		}
	}
	return ""
}
