package main

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-f0df946f/mediakit/media"
)

// check tells what is wrong with settings that could be read.
func (s *settings) check() error {
	return errors.Join(s.checkAddresses(), s.checkURLs(), s.checkOptions())
}

func (s *settings) checkAddresses() error {
	const wanted = want("a host and a port, such as 127.0.0.1:8080, or only the port, such as :8080")
	var errs []error
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		errs = append(errs, fmt.Errorf("MEDIA_ADDR: %w", wanted))
	}
	if s.AdminAddr == "" {
		return errors.Join(errs...)
	}
	if _, _, err := net.SplitHostPort(s.AdminAddr); err != nil {
		errs = append(errs, fmt.Errorf("MEDIA_ADMIN_ADDR: %w", wanted))
	}
	if s.AdminAddr == s.Addr && port != "0" { // 0 is any free port
		errs = append(errs, errors.New("MEDIA_ADMIN_ADDR is the same as MEDIA_ADDR: leave it empty to use one address for both"))
	}
	return errors.Join(errs...)
}

func (s *settings) checkURLs() error {
	var errs []error
	if s.DatabaseURL != "" && !strings.HasPrefix(s.DatabaseURL, "postgres://") && !strings.HasPrefix(s.DatabaseURL, "postgresql://") {
		errs = append(errs, errors.New("MEDIA_DATABASE_URL doesn't begin with postgres://"))
	}
	if s.PublicURL != "" && (!isOrigin(s.PublicURL, true) || !isPlain(s.PublicURL)) {
		errs = append(errs, errors.New("MEDIA_PUBLIC_URL is no URL such as https://media.example.com/api"))
	}
	if s.S3PublicEndpoint != "" && !isOrigin(s.S3PublicEndpoint, true) {
		errs = append(errs, errors.New("MEDIA_S3_PUBLIC_ENDPOINT is no URL such as https://s3.example.com"))
	}
	for _, origin := range s.CORSOrigins {
		if origin != "*" && !isOrigin(origin, false) {
			errs = append(errs, fmt.Errorf("MEDIA_CORS_ORIGINS: %q is no origin such as https://app.example.com", origin))
		}
	}
	return errors.Join(errs...)
}

// isOrigin reports whether text is an absolute HTTP URL without user, query,
// fragment and, unless that is allowed, path.
func isOrigin(text string, path bool) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsAny(text, "?#") && (path || u.Path == "")
}

// isPlain reports whether everybody spells a URL in the same way: its path needs no
// escapes and has no empty folders, no "." and no "..". Slashes at the end don't count.
func isPlain(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.String() != text {
		return false
	}
	folder := strings.TrimRight(u.Path, "/")
	special := strings.Trim(strings.ToLower(folder), "abcdefghijklmnopqrstuvwxyz0123456789-._~/")
	return special == "" && (folder == "" || path.Clean(folder) == folder)
}

// checkOptions asks the library, and names its options by their variables.
func (s *settings) checkOptions() error {
	err := s.mediaOptions().Check(multipart)
	var refused *media.InvalidError
	if !errors.As(err, &refused) {
		return err
	}
	var errs []error
	for _, f := range refused.Fields {
		errs = append(errs, fmt.Errorf("%s: %s", variable(f.Field), f.Detail))
	}
	return errors.Join(errs...)
}

// promises are names that sound like settings of this server. Whoever sets one relies on
// what it seems to do, so a warning isn't enough.
var promises = []string{"MEDIA_SCOPE_HEADER", "MEDIA_VERIFY", "MEDIA_SINGLE_UPLOAD_LIMIT", "MEDIA_S3_MULTIPART"}

// checkPromises refuses variables that would promise what the server doesn't do.
func checkPromises(environ map[string]string) error {
	var errs []error
	for _, name := range promises {
		if environ[name] != "" {
			errs = append(errs, fmt.Errorf("%s: the server has no such setting; it would do nothing", name))
		}
	}
	return errors.Join(errs...)
}

// warnOfUnknown warns of variables that look like settings and aren't: the name may be
// misspelt. It is no error, since Kubernetes makes such variables for a service that is
// called "media".
func warnOfUnknown(environ map[string]string, logger *slog.Logger) {
	known := make(map[string]bool)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[settings]()) {
		known[variable(field.Name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if strings.HasPrefix(name, "MEDIA_") && !known[name] {
			logger.Warn("no setting has this name", "variable", name)
		}
	}
}
