package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"
)

// logFormat is how log lines are written.
type logFormat string

const (
	logAuto logFormat = "" // as text for a person, as JSON for a machine
	logText logFormat = "text"
	logJSON logFormat = "json"
)

// UnmarshalText reads what a person writes.
func (f *logFormat) UnmarshalText(text []byte) error {
	switch *f = logFormat(text); *f {
	case logAuto, logText, logJSON:
		return nil
	}
	return want("text or json")
}

// newLogger returns a logger that writes to out.
func newLogger(out io.Writer, format logFormat, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == logText || format == logAuto && isTerminal(out) {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
