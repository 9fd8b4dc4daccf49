package realfiles_test

import (
	"encoding/json"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// probed is what ffprobe prints of a file.
type probed struct {
	Streams []struct {
		Width, Height float64
		Frames        string                       `json:"nb_frames"`
		Aspect        string                       `json:"sample_aspect_ratio"`
		SideData      []struct{ Rotation float64 } `json:"side_data_list"`
	}
	Format struct {
		Name     string `json:"format_name"`
		Duration string
	}
}

// probe returns what ffprobe tells of a file, with the pixels made square as browsers do
// it, by letting one side grow, and then turned.
func probe(t *testing.T, path string) (width, height int, seconds float64) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v:0",
		"-show_streams", "-show_format", "-of", "json", path).Output()
	if err != nil {
		t.Fatalf("ffprobe %s: %v", path, err)
	}
	var p probed
	if err := json.Unmarshal(out, &p); err != nil || len(p.Streams) == 0 {
		t.Fatalf("ffprobe %s: %v: %s", path, err, out)
	}
	s := p.Streams[0]
	x, y, _ := strings.Cut(s.Aspect, ":")
	wide, _ := strconv.ParseFloat(x, 64)
	high, _ := strconv.ParseFloat(y, 64)
	if wide > high && high > 0 {
		s.Width *= wide / high
	} else if high > wide && wide > 0 {
		s.Height *= high / wide
	}
	for _, side := range s.SideData {
		if math.Abs(side.Rotation) == 90 {
			s.Width, s.Height = s.Height, s.Width
		}
	}
	seconds, _ = strconv.ParseFloat(p.Format.Duration, 64)
	const unknownFrames = "1073741824" // of an AVI file that was streamed
	if p.Format.Name == "mpegvideo" || s.Frames == unknownFrames {
		seconds = 0 // a guess by the bit rate
	}
	return int(math.Round(s.Width)), int(math.Round(s.Height)), seconds
}
