package arch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

const (
	maxFileLines     = 400
	maxFunctionLines = 80
)

// source is a parsed file, with what is needed to find the lines of its nodes.
type source struct {
	*ast.File
	positions *token.FileSet
}

func (s source) line(p token.Pos) int { return s.positions.Position(p).Line }

// at returns a position as file:line.
func (s source) at(p token.Pos) string {
	position := s.positions.Position(p)
	return fmt.Sprintf("%s:%d", position.Filename, position.Line)
}

func (s source) imports(path string) bool {
	return slices.ContainsFunc(s.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
}

// parse reads a package's files, without its tests.
func parse(t *testing.T, p listed) []source {
	t.Helper()
	return parseFiles(t, p.Dir, p.GoFiles)
}

// parseTests reads the files of a package's tests.
func parseTests(t *testing.T, p listed) []source {
	t.Helper()
	return parseFiles(t, p.Dir, slices.Concat(p.TestGoFiles, p.XTestGoFiles))
}

func parseFiles(t *testing.T, folder string, names []string) []source {
	t.Helper()
	var sources []source
	for _, name := range names {
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, filepath.Join(folder, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source{file, positions})
	}
	return sources
}

func TestLengths(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		for _, s := range parse(t, p) {
			if lines := s.line(s.FileEnd) - 1; lines > maxFileLines {
				t.Errorf("%s: the file has %d lines, more than %d", s.at(s.FileStart), lines, maxFileLines)
			}
			for _, declared := range s.Decls {
				function, ok := declared.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if lines := s.line(function.End()) - s.line(function.Pos()) + 1; lines > maxFunctionLines {
					t.Errorf("%s: %s has %d lines, more than %d", s.at(function.Pos()), function.Name, lines, maxFunctionLines)
				}
			}
		}
	})
}

func TestComments(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		introductions := 0
		for _, s := range parse(t, p) {
			if s.Doc != nil {
				introductions++
			}
			for _, name := range undocumented(s.File, !isInternal(p)) {
				t.Errorf("%s: %s has no comment", s.at(name.Pos()), name)
			}
		}
		if introductions != 1 && len(p.GoFiles) > 0 {
			t.Errorf("%d files have a comment on the package; one should", introductions)
		}
	})
}

// undocumented returns the exported names of a file that have no comment: types,
// functions, methods, constants and variables. If interfaces are contracts, which others
// implement, their methods must have comments too.
func undocumented(file *ast.File, contracts bool) []*ast.Ident {
	var names []*ast.Ident
	for _, declared := range file.Decls {
		switch d := declared.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && receiverExported(d) {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, undocumentedSpec(spec, d.Doc != nil, contracts)...)
			}
		}
	}
	return names
}

// receiverExported reports whether other packages can see the method's type. It is true
// for functions.
func receiverExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	receiver := f.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return true
		}
	}
}

// undocumentedSpec does the same for one declaration of a type, or of constants or
// variables. A comment on its group is enough.
func undocumentedSpec(spec ast.Spec, groupHasComment, contracts bool) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return undocumentedType(s, groupHasComment, contracts)
	case *ast.ValueSpec:
		if groupHasComment || s.Doc != nil || s.Comment != nil {
			return nil
		}
		return exported(s.Names)
	}
	return nil
}

func undocumentedType(s *ast.TypeSpec, groupHasComment, contracts bool) []*ast.Ident {
	if !s.Name.IsExported() {
		return nil
	}
	var names []*ast.Ident
	if !groupHasComment && s.Doc == nil && s.Comment == nil {
		names = append(names, s.Name)
	}
	if methods, ok := s.Type.(*ast.InterfaceType); ok && contracts {
		for _, method := range methods.Methods.List {
			if method.Doc == nil && method.Comment == nil {
				names = append(names, exported(method.Names)...)
			}
		}
	}
	return names
}

func exported(names []*ast.Ident) []*ast.Ident {
	var exported []*ast.Ident
	for _, name := range names {
		if name.IsExported() {
			exported = append(exported, name)
		}
	}
	return exported
}
