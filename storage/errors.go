package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/seed-f0df946f/mediakit/media"
)

// The states of SQL that a caller can do something about. Classes are the first
// two characters.
const (
	uniqueViolation = "23505"
	lockTimeout     = "55P03"
	deadlock        = "40P01"
	readOnly        = "25006" // of a server that was the primary once, or never
)

var (
	unavailableStates  = []string{"40001", deadlock, lockTimeout, readOnly} // 40001: serialization failure
	unavailableClasses = []string{
		"08", // connection
		"53", // insufficient resources
		"57", // operator intervention: statement_timeout, shutdown
	}
)

// unavailableResults are SQLite's primary result codes (sqlite.org/rescode.html) for
// what has to do with the file and those who share it, not with the statement.
var unavailableResults = []int{
	5,  // BUSY: another writer, for too long
	6,  // LOCKED: within this process
	7,  // NOMEM
	8,  // READONLY
	9,  // INTERRUPT
	10, // IOERR
	13, // FULL: the disk
	14, // CANTOPEN
	15, // PROTOCOL: too many who begin at once
}

// translate turns a driver's error into one that the ports name. It goes by
// SQLState or SQLite's code and by type, never by text: texts are translated, and
// change.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	err = withoutAddresses(err)
	switch {
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		// The driver answered a cancelled statement by the database's error.
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case ctx.Err() != nil, errors.Is(err, context.Canceled), errors.Is(err, media.ErrUnavailable):
		return err
	case errors.Is(err, context.DeadlineExceeded): // the driver's own, such as for a connection
		return fmt.Errorf("%w: %v", media.ErrUnavailable, err)
	case isUnavailable(err):
		return fmt.Errorf("%w: %w", media.ErrUnavailable, err)
	}
	return fmt.Errorf("storage: %w", err)
}

// lostError is an error of the network. Its own text would hold the addresses of both
// ends, which may end up in a log that others read.
type lostError struct{ cause error }

// Error names no address.
func (lostError) Error() string { return "the connection to the database is lost" }

// Unwrap returns the error of the network, for errors.Is and errors.As.
func (e lostError) Unwrap() error { return e.cause }

func withoutAddresses(err error) error {
	var operation *net.OpError
	var lookup *net.DNSError
	if errors.As(err, &operation) || errors.As(err, &lookup) {
		return lostError{err}
	}
	return err
}

func isUnavailable(err error) bool {
	if state := sqlState(err); state != "" {
		return slices.Contains(unavailableStates, state) || slices.Contains(unavailableClasses, state[:2])
	}
	if code := sqliteCode(err); code != 0 {
		return slices.Contains(unavailableResults, code)
	}
	var network net.Error
	var unsent interface{ SafeToRetry() bool } // how pgx tells that the connection was lost before
	return errors.As(err, &network) || errors.As(err, &unsent) && unsent.SafeToRetry() ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// sqlState returns the five characters of the database's error, or "".
func sqlState(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) && len(e.SQLState()) == 5 {
		return e.SQLState()
	}
	return ""
}

// sqliteCode returns the primary code of SQLite's error, or 0. What a code extends
// stands in its lowest byte.
func sqliteCode(err error) int {
	var e interface{ Code() int }
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}
