package storage

import "context"

// prepared returns args as the hottest statements take them: see
// [Options].ExecMode.
func (s *Store) prepared(args ...any) []any {
	if s.opts.ExecMode == nil {
		return args
	}
	return append([]any{s.opts.ExecMode}, args...)
}

// runner is query or change.
type runner func(ctx context.Context, dest any, text string, args ...any) error

// query reads into dest, a pointer to a slice, what a statement with
// placeholders answers.
func (s *Store) query(ctx context.Context, dest any, text string, args ...any) error {
	s.sql.bind(args)
	rows, err := s.raw.QueryContext(ctx, text, args...)
	if err == nil {
		err = s.pool.ScanRows(ctx, rows, dest)
	}
	return translate(ctx, err)
}

// change is query for a statement that writes.
func (s *Store) change(ctx context.Context, dest any, text string, args ...any) error {
	end, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer end()
	return s.query(ctx, dest, text, args...)
}

// turn waits until no other writer of this store is writing, if the database takes only one
// at a time. SQLite would let them poll, in no order, and some of them for very long. What
// runs in a transaction has its turn already.
func (s *Store) turn(ctx context.Context) (end func(), err error) {
	if s.writing == nil {
		return func() {}, nil
	}
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// exec returns how many rows a statement with placeholders touched.
func (s *Store) exec(ctx context.Context, text string, args ...any) (int, error) {
	end, err := s.turn(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	s.sql.bind(args)
	result, err := s.raw.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, translate(ctx, err)
	}
	n, err := result.RowsAffected()
	return int(n), translate(ctx, err)
}

// list reads what a text answers into which bun writes its arguments: the planner
// then knows how frequent each value is.
func (s *Store) list(ctx context.Context, dest any, text string, args ...any) error {
	return translate(ctx, s.db.NewRaw(text, args...).Scan(ctx, dest))
}

// slowly runs f in a transaction that has Options.SlowTimeout for a statement.
func (s *Store) slowly(ctx context.Context, f func(ctx context.Context, s *Store) error) error {
	return s.settle(ctx, func() (done bool, err error) {
		return true, s.InTx(ctx, func(ctx context.Context, inner *Store) error {
			if s.owned {
				if err := s.sql.allow(inner, ctx, s.opts.SlowTimeout); err != nil {
					return err
				}
			}
			return f(ctx, inner)
		})
	})
}

// deadlocks is how often a statement is run again that lost a deadlock.
const deadlocks = 3

// settle calls try until it is done. A try isn't done if another writer changed a row
// between the snapshot that the statement reads and the lock that it takes. Then the
// statement changed nothing, and the next try sees what the other writer did. Each
// repetition means that another writer got on, so only the context bounds them.
//
// A try that lost a deadlock has changed nothing either, and is repeated a few times. In a
// host's transaction it isn't: the transaction is lost with it.
func (s *Store) settle(ctx context.Context, try func() (done bool, err error)) error {
	for lost := 0; ; {
		done, err := try()
		switch {
		case s.owned && sqlState(err) == deadlock && lost < deadlocks:
			lost++
		case err != nil || done:
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
