package sqlite_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/uptrace/bun"
)

// A statement that is still being read is not the one that the next call is given,
// though its text is the same.
func TestOneTextTwiceAtOnce(t *testing.T) {
	t.Parallel()
	const text = "SELECT value FROM json_each(?)"
	err := open(t, nil).DB().RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		for range 3 {
			got := ""
			outer, err := tx.Tx.QueryContext(ctx, text, `["a","b"]`)
			if err != nil {
				return err
			}
			for outer.Next() {
				var one, other string
				if err := outer.Scan(&one); err != nil {
					return err
				}
				if err := tx.Tx.QueryRowContext(ctx, text, `["`+one+`1"]`).Scan(&other); err != nil {
					return err
				}
				got += one + other
			}
			if err := outer.Close(); err != nil || outer.Err() != nil || got != "aa1bb1" {
				t.Errorf("%q, errors %v and %v", got, err, outer.Err())
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// However many texts there are and however they end, the connection goes on.
func TestManyTexts(t *testing.T) {
	t.Parallel()
	db := open(t, nil).DB()
	db.SetMaxOpenConns(1)
	for i := range 300 {
		var n int
		if err := db.DB.QueryRowContext(t.Context(), fmt.Sprintf("SELECT ? + %d", i), 1).Scan(&n); err != nil || n != i+1 {
			t.Fatalf("%d, error %v; want %d", n, err, i+1)
		}
	}
	for range 2 {
		if _, err := db.DB.ExecContext(t.Context(), "INSERT INTO mediakit_idempotency (key) VALUES (?)", "x"); err == nil {
			t.Error("half a row was stored")
		}
		if _, err := db.DB.QueryContext(t.Context(), "SELECT nothing FROM nowhere WHERE a = ?", 1); err == nil {
			t.Error("there is no such table")
		}
	}
	if _, err := db.DB.ExecContext(t.Context(), "CREATE TABLE changed (a)"); err != nil {
		t.Fatal(err)
	}
	for _, columns := range []int{1, 2} {
		rows, err := db.DB.QueryContext(t.Context(), "SELECT * FROM changed WHERE ? = 1", 1)
		if err != nil {
			t.Fatal(err)
		}
		if names, err := rows.Columns(); err != nil || len(names) != columns {
			t.Errorf("columns %v, error %v; want %d", names, err, columns)
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
		if _, err := db.DB.ExecContext(t.Context(), fmt.Sprintf("ALTER TABLE changed ADD COLUMN b%d", columns)); err != nil {
			t.Fatal(err)
		}
	}
}
