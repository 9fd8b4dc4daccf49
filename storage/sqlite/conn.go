package sqlite

import (
	"context"
	"database/sql/driver"
)

// maxKept is how many statements a connection keeps: more than the storage has.
const maxKept = 100

// keeper is a connector whose connections keep the statements that they have
// prepared. SQLite takes longer to understand most of the storage's than to run
// them, and database/sql keeps none that it is given as text.
type keeper struct{ driver.Connector }

// Connect implements [driver.Connector].
func (k keeper) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{driverConn: c.(driverConn), kept: map[string]driver.Stmt{}}, nil
}

// driverConn is all that database/sql looks for on a connection of the driver's.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	driverConn
	kept map[string]driver.Stmt // by text; those in use are taken out
}

// Close implements [driver.Conn].
func (c *conn) Close() error {
	for _, s := range c.kept {
		_ = s.Close()
	}
	return c.driverConn.Close()
}

func (c *conn) take(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := c.kept[text]; ok {
		delete(c.kept, text)
		return s, nil
	}
	return c.PrepareContext(ctx, text)
}

func (c *conn) keep(text string, s driver.Stmt) {
	if _, twice := c.kept[text]; twice || len(c.kept) == maxKept {
		_ = s.Close()
		return
	}
	c.kept[text] = s
}

// ExecContext implements [driver.ExecerContext]. A text without arguments may have
// them written into it, and then won't come again.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.driverConn.ExecContext(ctx, text, args)
	}
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	defer c.keep(text, s)
	return s.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext implements [driver.QueryerContext], as ExecContext.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.driverConn.QueryContext(ctx, text, args)
	}
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := s.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		c.keep(text, s)
		return nil, err
	}
	return &rows{driverRows: r.(driverRows), end: func() { c.keep(text, s) }}, nil
}

// driverRows is all that database/sql looks for on rows of the driver's.
type driverRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// rows give their statement back at the end.
type rows struct {
	driverRows
	end func()
}

// Close implements [driver.Rows]; database/sql calls it once.
func (r *rows) Close() error {
	defer r.end()
	return r.driverRows.Close()
}
