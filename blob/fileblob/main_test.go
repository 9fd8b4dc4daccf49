package fileblob

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// children are what this program does if a test starts it once more, as another process.
// Each gets the arguments after its name, and fails by returning an error.
var children = map[string]func(args []string) error{
	"race":    race,
	"uploads": uploads,
}

// childVariable names the child to be, with its arguments.
const childVariable = "FILEBLOB_TEST_CHILD"

func TestMain(m *testing.M) {
	args := strings.Fields(os.Getenv(childVariable))
	if len(args) == 0 {
		os.Exit(m.Run())
	}
	if err := children[args[0]](args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child returns a command that becomes a child. Its arguments can't have spaces.
func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childVariable+"="+strings.Join(args, " "))
	return cmd
}

// process is a child that is running.
type process struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Scanner
	stderr *strings.Builder
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: child(t, args...), stderr: new(strings.Builder)}
	p.Cmd.Stderr = p.stderr
	stdin, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdin, p.stdout = stdin, bufio.NewScanner(stdout)
	return p
}

func (p *process) wait(t *testing.T) {
	t.Helper()
	if err := p.Wait(); err != nil {
		t.Errorf("child: %v\n%s", err, p.stderr)
	}
}
