package simulation_test

import (
	"math/bits"
	"math/rand/v2"
	"slices"
)

// choices is all that a schedule depends on: numbers, in the order in which they are
// asked for. They come from a seed and are written down, so that a schedule can be
// gone through again, and with fewer of them. Of what there is to choose from, the
// number 0 stands for the least.
type choices struct {
	made   []uint64
	next   int       // how many of made were asked for
	source *rand.PCG // of what follows made; nil: all that follows is 0
}

func fromSeed(seed uint64) *choices { return &choices{source: rand.NewPCG(seed, 0)} }

// draw returns the next number.
func (c *choices) draw() uint64 {
	if c.next == len(c.made) {
		if c.source == nil {
			return 0
		}
		c.made = append(c.made, c.source.Uint64())
	}
	c.next++
	return c.made[c.next-1]
}

// below returns a number from 0 to n-1.
func (c *choices) below(n int) int {
	hi, _ := bits.Mul64(c.draw(), uint64(n))
	return int(hi)
}

// chance is true with the probability p, and never if the number is 0.
func (c *choices) chance(p float64) bool {
	return float64(c.draw()>>11)/(1<<53) >= 1-p
}

func pick[T any](w *world, of ...T) T { return of[w.below(len(of))] }

// shrink leaves out and sets to 0 what it can of the numbers that a schedule was made
// of, in ever smaller pieces, so that it still fails. It tries at most so many times.
func shrink(made []uint64, tries int, fails func([]uint64) bool) []uint64 {
	for size := (len(made) + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(made); {
			end := min(at+size, len(made))
			without := slices.Concat(made[:at], made[end:])
			if tries--; tries < 0 {
				return made
			}
			if fails(without) {
				made = without
				continue
			}
			zeroed := slices.Clone(made)
			clear(zeroed[at:end])
			if tries--; !slices.Equal(zeroed, made) && tries >= 0 && fails(zeroed) {
				made = zeroed
			}
			at = end
		}
	}
	return made
}
