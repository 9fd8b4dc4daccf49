package postgres

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-f0df946f/mediakit/media"
)

// connector makes connections, at any time of the pool's life, and fails with
// errors that tell nothing of the DSN.
type connector struct{ driver.Connector }

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	return conn, nil
}

// unreachable tells the cause without user, host or database of the DSN. A time-out of
// the connection's own isn't the end of ctx.
func unreachable(ctx context.Context, err error) error {
	if errors.Is(err, media.ErrUnavailable) {
		return err // it has been here before
	}
	if ctx.Err() != nil {
		return fmt.Errorf("can't connect: %w", ctx.Err())
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return refusedError{server.Code}
	}
	return fmt.Errorf("can't connect: %w: %s", media.ErrUnavailable, reason(err))
}

// reason tells why no connection came about. It uses only words that can't hold a part
// of the DSN: most errors of this kind name the host.
func reason(err error) string {
	var number syscall.Errno
	var lookup *net.DNSError
	var certificate *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &lookup):
		return "the host's name has no address"
	case errors.As(err, &certificate):
		return "the server's certificate is not accepted"
	case errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	}
	return "no session came about"
}

// refusedError is a server's refusal of a connection. It is ErrUnavailable: whoever is
// served has nothing to mend, and an operator may mend it meanwhile.
type refusedError struct{ state string }

// Error says what the SQLState means, if an operator may meet it. The server's own text
// would name user and database.
func (e refusedError) Error() string {
	text := "connecting was refused with SQLState " + e.state
	if words := refusals[e.state]; words != "" {
		text += ": " + words
	}
	return text
}

// Unwrap says that the same call may succeed later.
func (refusedError) Unwrap() error { return media.ErrUnavailable }

// protocolViolation is what PgBouncer answers to a setting of the session that it doesn't
// know, and if it can't reach its server.
const protocolViolation = "08P01"

var refusals = map[string]string{
	"28P01":           "the password is wrong",
	"28000":           "the server doesn't let this role in from here",
	"3D000":           "there is no such database",
	"42501":           "the role has no right to connect to the database",
	"53300":           "the server has no connection left",
	"57P03":           "the server is starting or stopping",
	protocolViolation: "a pooler such as PgBouncer needs Options.Pooled, and its server must be up",
}

// atOpen makes a refusal that won't pass by itself an error of another kind than
// ErrUnavailable, so that nobody waits for it to pass.
func atOpen(err error, o Options) error {
	refused, ok := errors.AsType[refusedError](err)
	if !ok {
		return err
	}
	switch refused.state {
	case "28P01", "28000", "3D000", "42501":
		return errors.New(refused.Error())
	case protocolViolation:
		if !o.Pooled {
			return errors.New(refused.Error())
		}
	}
	return err
}
