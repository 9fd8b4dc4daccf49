package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// stateError is an error of a database, with a text that tells nothing.
type stateError string

func (e stateError) Error() string    { return "…" }
func (e stateError) SQLState() string { return string(e) }

// resultError is an error of SQLite's, with its code.
type resultError int

func (e resultError) Error() string { return "…" }
func (e resultError) Code() int     { return int(e) }

// unsentError is pgx's for a connection that was lost before.
type unsentError bool

func (e unsentError) Error() string     { return "…" }
func (e unsentError) SafeToRetry() bool { return bool(e) }

func TestTranslate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cause error
		want  bool // that it is ErrUnavailable
	}{
		{stateError("08006"), true}, // connection failure
		{stateError("25006"), true}, // read-only transaction
		{stateError("40001"), true}, // serialization failure
		{stateError("40P01"), true}, // deadlock
		{stateError("53300"), true}, // too many connections
		{stateError("55P03"), true}, // lock timeout
		{stateError("57014"), true}, // statement timeout
		{stateError("57P01"), true}, // shutdown
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		{driver.ErrBadConn, true},
		{sql.ErrConnDone, true},
		{io.ErrUnexpectedEOF, true},
		{resultError(5), true},          // busy
		{resultError(5 | 2<<8), true},   // busy: another has written since this one read
		{resultError(6), true},          // locked
		{resultError(8), true},          // read only
		{resultError(10 | 3<<8), true},  // input or output: a short read
		{resultError(13), true},         // disk full
		{resultError(14), true},         // can't open
		{resultError(1), false},         // no such table
		{resultError(11), false},        // corrupt
		{resultError(19 | 8<<8), false}, // unique constraint
		{resultError(26), false},        // not a database
		{unsentError(true), true},
		{unsentError(false), false},
		{stateError("23505"), false},
		{stateError("42P01"), false}, // no such table
		{stateError("55006"), false}, // of the class of 55P03, but no time-out
		{stateError(""), false},
		{errors.New("connection refused"), false}, // a text is no cause
	} {
		err := translate(context.Background(), fmt.Errorf("wrapped: %w", c.cause))
		if got := errors.Is(err, media.ErrUnavailable); got != c.want {
			t.Errorf("%#v: unavailable %v; want %v", c.cause, got, c.want)
		}
		if !errors.Is(err, c.cause) {
			t.Errorf("%#v: the cause is lost in %v", c.cause, err)
		}
	}
	own := translate(context.Background(), fmt.Errorf("connecting: %w", context.DeadlineExceeded))
	if !errors.Is(own, media.ErrUnavailable) || errors.Is(own, context.DeadlineExceeded) {
		t.Errorf("a time-out of the driver's own became %v", own)
	}
	if err := translate(context.Background(), nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	if !errors.Is(media.ErrUnavailable, tags.ErrUnavailable) {
		t.Error("the two ErrUnavailable differ")
	}
}

// The addresses of a broken connection are those of the DSN.
func TestTranslateTellsNoAddress(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	address := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 5432}
	for _, cause := range []error{
		&net.OpError{Op: "read", Net: "tcp", Source: address, Addr: address, Err: errors.New("reset")},
		&net.OpError{Op: "dial", Net: "tcp", Addr: address, Err: context.DeadlineExceeded},
		&net.OpError{Op: "read", Net: "tcp", Addr: address, Err: context.Canceled},
		&net.DNSError{Err: "no such host", Name: "192.0.2.1"},
	} {
		for _, ctx := range []context.Context{context.Background(), ended} {
			if err := translate(ctx, fmt.Errorf("wrapped: %w", cause)); strings.Contains(err.Error(), "192.0.2.1") {
				t.Errorf("%#v became %v", cause, err)
			}
		}
	}
}

func TestTranslatePassesAContextsEnd(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, cause := range []error{context.Canceled, fmt.Errorf("wrapped: %w", context.Canceled), stateError("57014"), resultError(9), driver.ErrBadConn} {
		err := translate(ended, cause)
		if !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%v became %v", cause, err)
		}
	}
	if err := translate(ended, context.Canceled); err != context.Canceled {
		t.Errorf("%v; want it untouched", err)
	}
}
