package main

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/dustin/go-humanize"

	"github.com/seed-f0df946f/mediakit/media"
)

// settings are read from the environment; AWS's own variables are read by its
// SDK.
type settings struct {
	Addr string `env:"MEDIA_ADDR" envDefault:":8080"`

	DatabaseURL string `env:"MEDIA_DATABASE_URL,required,notEmpty"`

	S3Bucket         string `env:"MEDIA_S3_BUCKET,required,notEmpty"`
	S3Prefix         string `env:"MEDIA_S3_PREFIX"`
	S3PathStyle      bool   `env:"MEDIA_S3_PATH_STYLE"`
	S3PublicEndpoint string `env:"MEDIA_S3_PUBLIC_ENDPOINT"`

	UploadTTL     time.Duration `env:"MEDIA_UPLOAD_TTL" envDefault:"15m"`
	PendingTTL    time.Duration `env:"MEDIA_PENDING_TTL" envDefault:"24h"`
	DownloadTTL   time.Duration `env:"MEDIA_DOWNLOAD_TTL" envDefault:"15m"`
	TransferGrace time.Duration `env:"MEDIA_TRANSFER_GRACE" envDefault:"1h"`

	MaxImageSize byteSize `env:"MEDIA_MAX_IMAGE_SIZE"`
	MaxVideoSize byteSize `env:"MEDIA_MAX_VIDEO_SIZE"`
	AllowedTypes []string `env:"MEDIA_ALLOWED_TYPES"`

	LogLevel slog.Level `env:"MEDIA_LOG_LEVEL" envDefault:"info"`
}

// byteSize is a number of bytes, written with or without a unit: 200MiB.
type byteSize int64

// UnmarshalText reads what a person writes.
func (s *byteSize) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n < 1 || n > 1<<62 {
		return fmt.Errorf("%q is no size such as 200MiB", text)
	}
	*s = byteSize(n)
	return nil
}

// readSettings reads the environment and returns all that is wrong with it at
// once. A value is not in the error: it may be a secret.
func readSettings(environ map[string]string) (settings, error) {
	var s settings
	err := env.ParseWithOptions(&s, env.Options{Environment: environ})
	var all env.AggregateError
	if !errors.As(err, &all) {
		return s, err
	}
	errs := make([]error, len(all.Errors))
	for i, one := range all.Errors {
		errs[i] = withoutValue(one)
	}
	return s, errors.Join(errs...)
}

func withoutValue(err error) error {
	var parse env.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s is not a valid %v", variable(parse.Name), parse.Type)
	}
	return err
}

func (s *settings) mediaOptions() *media.Options {
	return &media.Options{
		UploadTTL: s.UploadTTL, PendingTTL: s.PendingTTL, DownloadTTL: s.DownloadTTL, TransferGrace: s.TransferGrace,
		MaxImageSize: int64(s.MaxImageSize), MaxVideoSize: int64(s.MaxVideoSize),
		AllowedTypes: s.AllowedTypes, KeyPrefix: s.S3Prefix,
	}
}

// variable returns the name of the environment variable that fills a field.
func variable(field string) string {
	f, ok := reflect.TypeFor[settings]().FieldByName(field)
	if !ok {
		return field
	}
	name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
	return name
}
