package dimensions

import "math"

// matrix is the part of a transformation that turns, mirrors and stretches: x' = ax + cy,
// y' = bx + dy (ISO/IEC 14496-12, section 6.2.2).
type matrix struct{ a, b, c, d float64 }

// matrix takes a transformation of nine numbers.
func (c *cursor) matrix() matrix {
	var numbers [9]float64
	for i := range numbers {
		numbers[i] = float64(int32(c.uint(4)))
	}
	const one = 1 << 16
	return matrix{numbers[0] / one, numbers[1] / one, numbers[3] / one, numbers[4] / one}
}

// matrix reads the transformation of a whole movie from its mvhd box (section 8.2.2).
// A movie without one is shown as it is.
func (s *source) matrix(header box) matrix {
	c := cursor{rest: s.content(header)}
	times := timeLength(c.uint(4) >> 24)
	c.skip(2*times + 4 + times + 16) // the clock, then rate and volume
	m := c.matrix()
	if c.failed {
		return matrix{a: 1, d: 1}
	}
	return m
}

// times returns the transformation that is m first, and then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
	}
}

// turns reports whether width and height change places: after a quarter turn, mirrored or
// not. Browsers don't turn by any other angle.
func (m matrix) turns() bool {
	return m.a == 0 && m.d == 0 && m.b != 0 && math.Abs(m.b) == math.Abs(m.c)
}

// stretch returns the width by the height that a square gets before it is turned. It is 1
// if the transformation leaves nothing of the square.
func (m matrix) stretch() float64 {
	width, height := math.Hypot(m.a, m.c), math.Hypot(m.b, m.d)
	if width == 0 || height == 0 {
		return 1
	}
	return width / height
}
