package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Limits tells the statement_timeout and the lock_timeout that hold on a connection of
// db; zero stands for none. With [Options].Pooled these are what the server itself sets,
// and a statement that has no limit there may hold a connection for ever.
func Limits(ctx context.Context, db *bun.DB) (statement, lock time.Duration, err error) {
	var milliseconds [2]int64
	err = db.QueryRowContext(ctx, `
		SELECT max(setting::bigint) FILTER (WHERE name = 'statement_timeout'),
			max(setting::bigint) FILTER (WHERE name = 'lock_timeout')
		FROM pg_settings WHERE unit = 'ms'`).Scan(&milliseconds[0], &milliseconds[1])
	if err != nil {
		return 0, 0, fmt.Errorf("postgres: %w", unreachable(ctx, err))
	}
	return time.Duration(milliseconds[0]) * time.Millisecond, time.Duration(milliseconds[1]) * time.Millisecond, nil
}
