package main

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/dustin/go-humanize"

	"github.com/seed-f0df946f/mediakit/media"
)

// multipart is whether the stores take uploads in parts.
const multipart = false

// settings come from environment variables, which the README's table lists. AWS's SDK
// reads AWS's own. A field that the library checks is named as in [media.Options].
type settings struct {
	Addr      string `env:"MEDIA_ADDR" envDefault:"127.0.0.1:8080"`
	AdminAddr string `env:"MEDIA_ADMIN_ADDR"` // empty: on Addr
	PublicURL string `env:"MEDIA_PUBLIC_URL"` // empty: http://localhost:<port>

	DatabaseURL    string `env:"MEDIA_DATABASE_URL"` // empty: SQLite in DataDir
	DatabasePooled bool   `env:"MEDIA_DATABASE_POOLED" envDefault:"false"`
	DataDir        string `env:"MEDIA_DATA_DIR" envDefault:"./data"`

	S3Bucket         string `env:"MEDIA_S3_BUCKET"` // empty: files in DataDir
	KeyPrefix        string `env:"MEDIA_S3_PREFIX"`
	S3PathStyle      bool   `env:"MEDIA_S3_PATH_STYLE"`
	S3PublicEndpoint string `env:"MEDIA_S3_PUBLIC_ENDPOINT"`

	UploadTTL     lifetime `env:"MEDIA_UPLOAD_TTL" envDefault:"15m"`
	PendingTTL    lifetime `env:"MEDIA_PENDING_TTL" envDefault:"24h"`
	FailedTTL     duration `env:"MEDIA_FAILED_TTL" envDefault:"168h"` // 0: for ever
	DownloadTTL   lifetime `env:"MEDIA_DOWNLOAD_TTL" envDefault:"15m"`
	TransferGrace lifetime `env:"MEDIA_TRANSFER_GRACE" envDefault:"1h"`
	SweepInterval duration `env:"MEDIA_SWEEP_INTERVAL" envDefault:"1m"` // 0: never

	MaxImageSize byteSize `env:"MEDIA_MAX_IMAGE_SIZE"`
	MaxVideoSize byteSize `env:"MEDIA_MAX_VIDEO_SIZE"`
	MaxPixels    count    `env:"MEDIA_MAX_PIXELS" envDefault:"300000000"`
	AllowedTypes list     `env:"MEDIA_ALLOWED_TYPES"`
	CORSOrigins  list     `env:"MEDIA_CORS_ORIGINS"`

	LogLevel  slog.Level `env:"MEDIA_LOG_LEVEL" envDefault:"info"`
	LogFormat logFormat  `env:"MEDIA_LOG_FORMAT"` // empty: text on a terminal, else JSON
}

// count is a number of 1 or more.
type count int64

// UnmarshalText reads what a person writes.
func (c *count) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 1 {
		return want("a number from 1 on, such as 300000000")
	}
	*c = count(n)
	return nil
}

// byteSize is a number of bytes, written with a unit, such as 200MiB, or without.
type byteSize int64

// UnmarshalText reads what a person writes.
func (s *byteSize) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n < 1 || n > 1<<62 {
		return want("a size such as 200MiB")
	}
	*s = byteSize(n)
	return nil
}

// duration is 0 or longer. It is written as in Go, such as 15m, or in seconds.
type duration time.Duration

// UnmarshalText reads what a person writes.
func (d *duration) UnmarshalText(text []byte) error {
	written := string(text)
	if _, err := strconv.ParseUint(written, 10, 32); err == nil {
		written += "s"
	}
	parsed, err := time.ParseDuration(written)
	if err != nil || parsed < 0 {
		return want("a duration of 0 or longer, such as 15m")
	}
	*d = duration(parsed)
	return nil
}

// lifetime is a duration longer than 0, which the library would take for its default.
type lifetime time.Duration

// UnmarshalText reads what a person writes.
func (l *lifetime) UnmarshalText(text []byte) error {
	if err := (*duration)(l).UnmarshalText(text); err != nil || *l == 0 {
		return want("a duration longer than 0, such as 15m")
	}
	return nil
}

// want is the error of a variable that holds something else than this.
type want string

// Error implements error.
func (w want) Error() string { return "want " + string(w) }

// wants is what a variable of a type that isn't ours may hold.
var wants = map[reflect.Type]want{
	reflect.TypeFor[bool]():       "true or false",
	reflect.TypeFor[slog.Level](): "debug, info, warn or error",
}

// list is written with commas. Space around an element doesn't belong to it.
type list []string

// UnmarshalText reads what a person writes.
func (l *list) UnmarshalText(text []byte) error {
	for element := range strings.SplitSeq(string(text), ",") {
		if element = strings.TrimSpace(element); element != "" {
			*l = append(*l, element)
		}
	}
	return nil
}

// readSettings reads the environment. Its error tells all that is wrong at once, but no
// value that may be a secret.
func readSettings(environ map[string]string) (settings, error) {
	var s settings
	err := env.ParseWithOptions(&s, env.Options{Environment: environ})
	var all env.AggregateError
	if errors.As(err, &all) {
		errs := make([]error, len(all.Errors))
		for i, one := range all.Errors {
			errs[i] = withoutValue(one)
		}
		err = errors.Join(errs...)
	}
	return s, errors.Join(err, s.check(), checkPromises(environ))
}

func withoutValue(err error) error {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	wanted := wants[parse.Type]
	_ = errors.As(parse.Err, &wanted) // our own types tell it
	return fmt.Errorf("%s: %w", variable(parse.Name), wanted)
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

func (s *settings) mediaOptions() *media.Options {
	failedTTL := time.Duration(s.FailedTTL)
	if failedTTL == 0 {
		failedTTL = -1 // the library's way to say for ever
	}
	return &media.Options{
		UploadTTL: time.Duration(s.UploadTTL), PendingTTL: time.Duration(s.PendingTTL), FailedTTL: failedTTL,
		DownloadTTL: time.Duration(s.DownloadTTL), TransferGrace: time.Duration(s.TransferGrace),
		MaxImageSize: int64(s.MaxImageSize), MaxVideoSize: int64(s.MaxVideoSize), MaxPixels: int64(s.MaxPixels),
		AllowedTypes: s.AllowedTypes, KeyPrefix: s.KeyPrefix,
	}
}
