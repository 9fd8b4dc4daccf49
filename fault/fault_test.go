package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seed-f0df946f/mediakit/fault"
)

func TestEmptyListIsNoError(t *testing.T) {
	var l fault.List
	if err := l.Err(); err != nil {
		t.Errorf("an empty list is the error %v", err)
	}
}

func ExampleList() {
	var l fault.List
	l.Add("size", fault.CodeTooSmall, "A media has at least %d byte.", 1)
	l.Add("tags/3", fault.CodeRequired, "A tag needs a name.")
	err := l.Err()

	var invalid *fault.InvalidError
	fmt.Println(errors.As(err, &invalid), err)
	// Output: true invalid input: size: A media has at least 1 byte; tags/3: A tag needs a name
}
