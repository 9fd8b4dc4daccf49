package arch_test

import (
	"go/ast"
	"slices"
	"testing"
)

// forbiddenCalls use the clock, the environment or the process, which are the host's. Each
// has a hint at what to do instead.
var forbiddenCalls = map[string]string{
	"time.Now":     "take the time from Options.Now",
	"time.Since":   "take the time from Options.Now",
	"time.Sleep":   "wait for what is to happen",
	"os.Getenv":    "the environment belongs to the program",
	"os.LookupEnv": "the environment belongs to the program",
	"os.Environ":   "the environment belongs to the program",
	"os.Exit":      "ending the process belongs to the program",
	"log.Fatal":    "ending the process belongs to the program",
	"log.Fatalf":   "ending the process belongs to the program",
}

// timed are the packages that may look at the clock: they measure how long a request
// takes, or give up a connection, and nothing that the service decides depends on it.
var timed = []string{"httpapi", "httpapi/client", "blob/internal/signedurl", "internal/migrate"}

// TestConduct checks that the library does nothing by itself. Suites and examples are
// programs: they may.
func TestConduct(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		if isSuite(p) || isExample(p) {
			return
		}
		for _, s := range parse(t, p) {
			ast.Inspect(s.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if n.Name.Name == "init" && n.Recv == nil {
						t.Errorf("%s: no init: nothing happens because a package is imported", s.at(n.Pos()))
					}
				case *ast.GoStmt:
					t.Errorf("%s: no goroutine: the host decides what runs", s.at(n.Pos()))
				case *ast.CallExpr:
					call := calledFunction(n)
					if instead, ok := forbiddenCalls[call]; ok && !mayTime(p, call) {
						t.Errorf("%s: no %s: %s", s.at(n.Pos()), call, instead)
					}
				}
				return true
			})
		}
	})
}

// TestTestsDontSleep finds sleeps by the real clock: such a test is slow on a quick
// machine and fails on a slow one. In a bubble of testing/synctest the clock is faked.
func TestTestsDontSleep(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		for _, s := range parseTests(t, p) {
			if s.imports("testing/synctest") {
				continue
			}
			ast.Inspect(s.File, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && calledFunction(call) == "time.Sleep" {
					t.Errorf("%s: no time.Sleep: %s", s.at(n.Pos()), forbiddenCalls["time.Sleep"])
				}
				return true
			})
		}
	})
}

func mayTime(p listed, call string) bool {
	return (call == "time.Now" || call == "time.Since") && slices.Contains(timed, p.name())
}

// calledFunction returns the name of a package's function as it is called, or "".
func calledFunction(call *ast.CallExpr) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if name, ok := selector.X.(*ast.Ident); ok {
		return name.Name + "." + selector.Sel.Name
	}
	return ""
}
