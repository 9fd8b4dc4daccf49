package realfiles_test

// recipeHelp stands in front of each recipe, which makes the file $OUT in the current folder.
const recipeHelp = `
picture='testsrc=size=64x48:rate=25:duration=2'
# ff OPTIONS: encodes the picture; with sound: two and a half seconds of a tone beside it.
ff() { ffmpeg -nostdin -v error -y -f lavfi -i "$picture" "$@" "$OUT"; }
sound() { ff -f lavfi -i sine=duration=2.5 "$@"; }
# late SECONDS SECONDS: two seconds of pictures and of sound, each of which begins so late.
late() { ffmpeg -nostdin -v error -y -itsoffset "$1" -f lavfi -i "$picture" -itsoffset "$2" -f lavfi -i sine=duration=2 "${h264[@]}" -c:a aac "$OUT"; }
h264=(-c:v libx264 -preset ultrafast -pix_fmt yuv420p)
# gst PIPELINE: the same by GStreamer.
gst() { timeout 60 gst-launch-1.0 -q "$@" ! filesink location="$OUT"; }
source=(videotestsrc num-buffers=50 ! video/x-raw,width=160,height=120,framerate=25/1)
anamorphic=(videotestsrc num-buffers=50 ! 'video/x-raw,width=160,height=120,framerate=25/1,pixel-aspect-ratio=4/3')
x264=(x264enc tune=zerolatency)
`

// recipes tell how a video is made, by its name.
var recipes = map[string]string{
	"plain.mp4":          `ff "${h264[@]}"`,
	"b-frames.mp4":       `ff -c:v libx264 -pix_fmt yuv420p -bf 3`,
	"sound.mp4":          `sound "${h264[@]}" -c:a aac`,
	"sound-first.mp4":    `sound -map 1 -map 0 "${h264[@]}" -c:a aac`,
	"faststart.mp4":      `ff "${h264[@]}" -movflags +faststart`,
	"wide-pixels.mp4":    `ff -vf setsar=4/3 "${h264[@]}"`,
	"high-pixels.mp4":    `ff -vf setsar=10/11 "${h264[@]}"`,
	"fragmented.mp4":     `ff "${h264[@]}" -bf 0 -g 5 -movflags +frag_keyframe+empty_moov`,
	"unindexed.mp4":      `ff "${h264[@]}" -bf 0 -g 5 -movflags +frag_keyframe+empty_moov+skip_trailer`,
	"half-fragments.mp4": `ff "${h264[@]}" -bf 0 -g 5 -movflags +frag_keyframe`,
	"dash.mp4":           `sound "${h264[@]}" -bf 0 -g 5 -c:a aac -movflags +dash+frag_keyframe`,
	"piped.mp4":          `ff "${h264[@]}" -bf 0 -g 5 -movflags +frag_keyframe+empty_moov -f mp4 pipe:1 > "$OUT.pipe" && mv "$OUT.pipe" "$OUT"`,
	"hevc.mp4":           `ff -c:v libx265 -x265-params log-level=error`,
	"av1.mp4":            `ff -c:v libaom-av1 -cpu-used 8`,
	"mpeg4.mp4":          `ff -c:v mpeg4`,
	"turned.mp4":         `ffmpeg -nostdin -v error -f lavfi -i "$picture" "${h264[@]}" "$OUT.mov"; ffmpeg -nostdin -v error -i "$OUT.mov" -c copy -metadata:s:v rotate=90 "$OUT"; rm "$OUT.mov"`,
	"turned-wide.mov":    `ffmpeg -nostdin -v error -f lavfi -i "$picture" -vf setsar=4/3 "${h264[@]}" "$OUT.mp4"; ffmpeg -nostdin -v error -i "$OUT.mp4" -c copy -metadata:s:v rotate=270 "$OUT"; rm "$OUT.mp4"`,
	"late-cut.mp4":       `ffmpeg -nostdin -v error -f lavfi -i "$picture" "${h264[@]}" "$OUT.mov"; ffmpeg -nostdin -v error -ss 0.5 -i "$OUT.mov" -c copy "$OUT"; rm "$OUT.mov"`,
	"late-sound.mp4":     `late 0 2`,
	"late-sound.mov":     `late 0 2`,
	"later-sound.mp4":    `late 0 5`,
	"late-pictures.mp4":  `late 1 0`,
	"late-both.mp4":      `late 1 2`,
	"late-alone.mp4":     `ffmpeg -nostdin -v error -itsoffset 1 -f lavfi -i "$picture" "${h264[@]}" "$OUT"`,
	"late-fragments.mp4": `ffmpeg -nostdin -v error -f lavfi -i "$picture" -itsoffset 2 -f lavfi -i sine=duration=2 "${h264[@]}" -bf 0 -c:a aac -movflags +frag_keyframe+empty_moov "$OUT"`,
	"late-sound.webm":    `ffmpeg -nostdin -v error -f lavfi -i "$picture" -itsoffset 2 -f lavfi -i sine=duration=2 -c:v libvpx -c:a libopus "$OUT"`,
	"long.mp4":           `picture='color=size=64x48:rate=25:duration=900' && ff "${h264[@]}"`,
	"long-fragments.mp4": `picture='color=size=64x48:rate=25:duration=900' && ff "${h264[@]}" -bf 0 -g 12 -movflags +frag_keyframe+empty_moov`,
	"two-pictures.mp4":   `ff -f lavfi -i testsrc=size=32x24:duration=1 -map 0 -map 1 "${h264[@]}"`,
	"plain.m4v":          `ff "${h264[@]}" -f ipod`,
	"plain.mov":          `ff "${h264[@]}"`,
	"wide-pixels.mov":    `ff -vf setsar=4/3 "${h264[@]}"`,
	"prores.mov":         `ff -c:v prores`,
	"plain.3gp":          `ff -c:v mpeg4 -s 176x144`,
	"plain.3g2":          `ff "${h264[@]}"`,

	"vp8.webm":         `ff -c:v libvpx`,
	"vp9.webm":         `sound -c:v libvpx-vp9 -c:a libopus`,
	"av1.webm":         `ff -c:v libaom-av1 -cpu-used 8`,
	"live.webm":        `ff -c:v libvpx -live 1`,
	"wide-pixels.webm": `ff -vf setsar=4/3 -c:v libvpx`,
	"high-pixels.webm": `ff -vf setsar=3/4 -c:v libvpx`,
	"odd.webm":         `picture='testsrc=size=17x19:duration=1' && ff -c:v libvpx-vp9`,
	"plain.mkv":        `ff "${h264[@]}"`,
	"piped.mkv":        `ff "${h264[@]}" -f matroska pipe:1 > "$OUT.pipe" && mv "$OUT.pipe" "$OUT"`,

	"mpeg4.avi":       `ff -c:v mpeg4`,
	"mjpeg.avi":       `sound -c:v mjpeg -c:a mp3`,
	"sound-first.avi": `sound -map 1 -map 0 -c:v mpeg4 -c:a mp3`,
	"wide-pixels.avi": `ff -vf setsar=4/3 -c:v mpeg4`,
	"piped.avi":       `sound -c:v mpeg4 -c:a mp3 -f avi pipe:1 > "$OUT.pipe" && mv "$OUT.pipe" "$OUT"`,
	"raw.avi":         `ff -c:v rawvideo -pix_fmt bgr24`,

	"theora.ogv":      `sound -c:v libtheora -c:a libvorbis`,
	"sound-first.ogv": `sound -map 1 -map 0 -c:v libtheora -c:a libopus`,
	"wide-pixels.ogv": `ff -vf setsar=4/3 -c:v libtheora`,
	"region.ogv":      `ff -vf scale=60:45,setsar=1 -c:v libtheora`,
	"vp8.ogv":         `ff -c:v libvpx`,
	"flac.ogv":        `sound -c:v libtheora -c:a flac`,

	"program-1.mpg":   `sound -c:v mpeg1video -c:a mp2 -f mpeg`,
	"program-2.mpg":   `sound -c:v mpeg2video -c:a mp2 -f vob`,
	"dvd.mpg":         `sound -c:v mpeg2video -aspect 16:9 -c:a ac3 -f dvd`,
	"pal.mpg":         `picture='testsrc=size=720x576:duration=2' && ff -c:v mpeg2video -aspect 16:9 -f vob`,
	"ntsc.mpg":        `picture='testsrc=size=720x480:rate=30000/1001:duration=2' && ff -c:v mpeg2video -aspect 4:3 -f vob`,
	"bare-1.mpg":      `ff -c:v mpeg1video -f mpeg1video`,
	"bare-2.mpg":      `ff -c:v mpeg2video -f mpeg2video`,
	"transport.ts":    `sound -c:v mpeg2video -c:a mp2 -f mpegts`,
	"h264.ts":         `sound "${h264[@]}" -vf scale=50:38,setsar=4/3 -c:a aac -f mpegts`,
	"h264-fields.ts":  `picture='testsrc=size=720x576:duration=1' && ff "${h264[@]}" -x264-params interlaced=1 -f mpegts`,
	"h264-10-bits.ts": `ff -c:v libx264 -pix_fmt yuv422p10 -x264-params cqm=jvt -f mpegts`,
	"camera.mts":      `ff -c:v mpeg2video -f mpegts -mpegts_m2ts_mode 1`,

	"gst.mp4":           `gst "${source[@]}" ! "${x264[@]}" ! mp4mux`,
	"gst-wide.mp4":      `gst "${anamorphic[@]}" ! "${x264[@]}" ! mp4mux`,
	"gst-fragments.mp4": `gst "${source[@]}" ! "${x264[@]}" ! mp4mux fragment-duration=500`,
	"gst-streamed.mp4":  `gst "${source[@]}" ! "${x264[@]}" ! mp4mux fragment-duration=500 streamable=true`,
	"gst.mov":           `gst "${source[@]}" ! "${x264[@]}" ! qtmux`,
	"gst.webm":          `gst "${source[@]}" ! vp8enc ! webmmux`,
	"gst-live.webm":     `gst "${source[@]}" ! vp8enc ! webmmux streamable=true`,
	"gst.mkv":           `gst "${source[@]}" ! vp8enc ! matroskamux`,
	"gst-wide.mkv":      `gst "${anamorphic[@]}" ! vp8enc ! matroskamux`,
	"gst.ogv":           `gst "${source[@]}" ! theoraenc ! oggmux`,
	"gst.avi":           `gst "${source[@]}" ! jpegenc ! avimux`,
	"gst.mpg":           `gst "${source[@]}" ! mpeg2enc format=3`,
}

// recordings are what the browser makes.
var recordings = []recording{
	{Name: "recorded.webm", MimeType: "video/webm", Sound: true, Seconds: 2},
	{Name: "recorded-vp8.webm", MimeType: "video/webm;codecs=vp8", Seconds: 2},
	{Name: "recorded-vp9.webm", MimeType: "video/webm;codecs=vp9", Seconds: 2},
	{Name: "recorded-sliced.webm", MimeType: "video/webm;codecs=vp8,opus", Sound: true, Seconds: 2, SliceMS: 200},
	{Name: "recorded-sliced-vp9.webm", MimeType: "video/webm;codecs=vp9", Seconds: 2, SliceMS: 200},
	{Name: "recorded-long.webm", MimeType: "video/webm;codecs=vp8,opus", Sound: true, Seconds: 14, SliceMS: 1000},
	{Name: "recorded.mkv", MimeType: "video/x-matroska", Seconds: 2},
	{Name: "recorded.mp4", MimeType: "video/mp4", Sound: true, Seconds: 2},
	{Name: "recorded-vp9.mp4", MimeType: "video/mp4;codecs=vp9", Seconds: 2},
	{Name: "recorded-sliced.mp4", MimeType: "video/mp4", Sound: true, Seconds: 2, SliceMS: 200},
	{Name: "recorded-long.mp4", MimeType: "video/mp4", Seconds: 14, KeyFrameMS: 1},
	{Name: "recorded-long-sound.mp4", MimeType: "video/mp4", Sound: true, Seconds: 14, KeyFrameMS: 1},
}

// others are files that others made: the module that has each, and where in it.
var others = map[string]string{
	"others-320x180.mp4":    "github.com/abema/go-mp4@v1.4.1 testdata/sample.mp4",
	"others-fragmented.mp4": "github.com/abema/go-mp4@v1.4.1 testdata/sample_fragmented.mp4",
	"others-qt.mp4":         "github.com/abema/go-mp4@v1.4.1 testdata/sample_qt.mp4",
	"others-anamorphic.mp4": "github.com/Eyevinn/mp4ff@v0.47.0 mp4/testdata/bbb_prog_10s.mp4",
	"others-encrypted.mp4":  "github.com/Eyevinn/mp4ff@v0.47.0 mp4/testdata/cbcs.mp4",
	"others-decrypted.mp4":  "github.com/Eyevinn/mp4ff@v0.47.0 mp4/testdata/cbcsdec.mp4",
	"others-8s.mp4":         "github.com/Eyevinn/mp4ff@v0.47.0 mp4/testdata/prog_8s.mp4",
	"others-8s-dash.mp4":    "github.com/Eyevinn/mp4ff@v0.47.0 mp4/testdata/prog_8s_dec_dashinit.mp4",
	"others-edits-hevc.mp4": "github.com/Eyevinn/mp4ff@v0.47.0 mp4/testdata/ed_hevc.mp4",
	"others-segments.mp4":   "github.com/Eyevinn/mp4ff@v0.47.0 examples/resegmenter/testdata/testV300.mp4",
	"others-h264.mp4":       "github.com/Eyevinn/mp4ff@v0.47.0 cmd/mp4ff-nallister/testdata/h264.mp4",
	"others-hevc.mp4":       "github.com/Eyevinn/mp4ff@v0.47.0 cmd/mp4ff-nallister/testdata/hevc.mp4",
	"others.3gp":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/3gp.3gp",
	"others.avi":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/avi.avi",
	"others.3g2":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/3g2.3g2",
	"others.mkv":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/mkv.mkv",
	"others.mpeg":           "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/mpeg.mpeg",
	"others.ogv":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/ogg.ogv",
	"others.mp4":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/mp4.mp4",
	"others.webm":           "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/webm.webm",
	"others.mov":            "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/mov.mov",
	"others-full-hd.mp4":    "github.com/gabriel-vasile/mimetype@v1.4.3 testdata/mp4.1.mp4",
	"others-short.mp4":      "github.com/h2non/filetype@v1.1.3 fixtures/sample.mp4",
	"others-short.mkv":      "github.com/h2non/filetype@v1.1.3 fixtures/sample.mkv",
	"others-old.mov":        "github.com/h2non/filetype@v1.1.3 fixtures/sample.mov",
	"others-short.webm":     "github.com/h2non/filetype@v1.1.3 fixtures/sample.webm",
	"others-streamed.webm":  "github.com/at-wat/ebml-go@v0.19.4 examples/webm-roundtrip/sample.webm",
	"others-in.mp4":         "github.com/u2takey/ffmpeg-go@v0.5.0 examples/sample_data/in1.mp4",
	"others-faces.mp4":      "github.com/u2takey/ffmpeg-go@v0.5.0 examples/sample_data/head-pose-face-detection-male-short.mp4",
}
