package wire

import "time"

// timeLayout is RFC 3339 with exactly six decimals.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

// Time is a moment as the contract writes it: RFC 3339 in UTC, to the
// microsecond. The zero Time is left out of an answer.
type Time time.Time

// IsZero reports whether t stands for none.
func (t Time) IsZero() bool { return time.Time(t).IsZero() }

// MarshalText writes t.
func (t Time) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, timeLayout), nil
}

// UnmarshalText reads any RFC 3339 time.
func (t *Time) UnmarshalText(text []byte) error {
	var parsed time.Time
	if err := parsed.UnmarshalText(text); err != nil {
		return err
	}
	*t = Time(parsed.UTC())
	return nil
}
