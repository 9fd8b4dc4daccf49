package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"testing"
)

// TestLogFormat logs to a terminal and elsewhere.
func TestLogFormat(t *testing.T) {
	outputs := map[string]io.Writer{"elsewhere": new(bytes.Buffer)}
	if terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err == nil { // one end of a new one
		defer terminal.Close()
		outputs["a terminal"] = terminal
	}
	for name, out := range outputs {
		for format, text := range map[logFormat]bool{logAuto: name == "a terminal", logText: true, logJSON: false} {
			logger := newLogger(out, format, slog.LevelWarn)
			if _, isText := logger.Handler().(*slog.TextHandler); isText != text {
				t.Errorf("format %q to %s is text: %v", format, name, isText)
			}
			if logger.Enabled(context.Background(), slog.LevelInfo) || !logger.Enabled(context.Background(), slog.LevelWarn) {
				t.Errorf("format %q to %s ignores the level", format, name)
			}
		}
	}
}
