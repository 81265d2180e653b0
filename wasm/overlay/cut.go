package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// How cut treats the declarations it is given.
const (
	only   = ":"
	drop   = "-"
	hollow = "~"
)

// cut returns the Go source text src with only the declarations called names,
// without them, or with their bodies emptied, and without the imports it then
// no longer uses.
func cut(src []byte, mode string, names []string) ([]byte, error) {
	if mode != only && mode != drop && mode != hollow {
		return nil, fmt.Errorf("%q: want `file`, `file: names`, `file - names` or `file ~ names`", mode)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{"*": true}
	listed := func(name string) bool {
		if slices.Contains(names, name) {
			found[name] = true
			return true
		}
		return slices.Contains(names, "*")
	}
	dropped := func(name string) bool { return mode != hollow && listed(name) == (mode == drop) }
	var edits []edit
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if name := funcName(d); dropped(name) {
				edits = append(edits, edit{node: d})
			} else if mode == hollow && d.Body != nil && listed(name) {
				edits = append(edits, edit{d.Body, zeroBody(d.Type, src, fset)})
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			specs, err := cutSpecs(d, dropped)
			if err != nil {
				return nil, err
			}
			edits = append(edits, specs...)
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, fmt.Errorf("this Go toolchain declares no %s there", name)
		}
	}
	return withoutUnused(apply(src, fset, edits))
}

// withoutUnused drops the imports and linknames that nothing in src uses any more.
func withoutUnused(src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return apply(src, fset, append(unusedImports(file), strayLinknames(file)...)), nil
}

// zeroBody is the body of a function of type t that returns zero values.
func zeroBody(t *ast.FuncType, src []byte, fset *token.FileSet) string {
	if t.Results == nil {
		return "{}"
	}
	if t.Results.List[0].Names != nil {
		return "{ return }"
	}
	var values []string
	for _, r := range t.Results.List {
		text := src[fset.Position(r.Type.Pos()).Offset:fset.Position(r.Type.End()).Offset]
		values = append(values, "*new("+string(text)+")")
	}
	return "{ return " + strings.Join(values, ", ") + " }"
}

// cutSpecs returns what to remove of a const, type or var declaration.
func cutSpecs(d *ast.GenDecl, dropped func(string) bool) ([]edit, error) {
	var cuts []edit
	for _, s := range d.Specs {
		var gone, total int
		switch s := s.(type) {
		case *ast.TypeSpec:
			total = 1
			if dropped(s.Name.Name) {
				gone = 1
			}
		case *ast.ValueSpec:
			total = len(s.Names)
			for _, n := range s.Names {
				if dropped(n.Name) {
					gone++
				}
			}
		}
		switch gone {
		case 0:
		case total:
			cuts = append(cuts, edit{node: s})
		default:
			return nil, fmt.Errorf("keep or drop all names declared together with %v", s.(*ast.ValueSpec).Names[0])
		}
	}
	if len(cuts) == len(d.Specs) {
		return []edit{{node: d}}, nil
	}
	if d.Tok == token.CONST && len(cuts) > 0 && slices.ContainsFunc(d.Specs, func(s ast.Spec) bool { return s.(*ast.ValueSpec).Values == nil }) {
		return nil, fmt.Errorf("the constants around %v count on each other: keep or drop all", cuts[0].node.(*ast.ValueSpec).Names[0])
	}
	return cuts, nil
}

// funcName is F for a function and T.F for a method of T, *T or T[P].
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

func unusedImports(file *ast.File) []edit {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Obj == nil { // not a variable
				used[x.Name] = true
			}
		}
		return true
	})
	var unused []edit
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		var specs []edit
		for _, s := range g.Specs {
			switch name := importName(s.(*ast.ImportSpec)); {
			case name == "_" || used[name]:
			case name == "unsafe": // what a //go:linkname asks for
				unused = append(unused, edit{s, `_ "unsafe"`})
			default:
				specs = append(specs, edit{node: s})
			}
		}
		if len(specs) == len(g.Specs) {
			specs = []edit{{node: g}}
		}
		unused = append(unused, specs...)
	}
	return unused
}

// strayLinknames returns the //go:linkname comments that stand apart from their
// function and whose function is gone.
func strayLinknames(file *ast.File) []edit {
	var stray []edit
	for _, group := range file.Comments {
		for _, c := range group.List {
			if f := strings.Fields(c.Text); f[0] == "//go:linkname" && file.Scope.Lookup(f[1]) == nil {
				stray = append(stray, edit{node: c})
			}
		}
	}
	return stray
}

// importName follows the standard library's naming: the last element of the
// path, or the one before a version.
func importName(s *ast.ImportSpec) string {
	if s.Name != nil {
		return s.Name.Name
	}
	p, _ := strconv.Unquote(s.Path.Value)
	if base := path.Base(p); !strings.HasPrefix(base, "v") || strings.Trim(base[1:], "0123456789") != "" {
		return base
	}
	return path.Base(path.Dir(p))
}

// edit replaces a node, with its doc comment, by a text.
type edit struct {
	node ast.Node
	text string
}

func apply(src []byte, fset *token.FileSet, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return int(a.node.Pos() - b.node.Pos()) })
	var out []byte
	at := 0
	for _, e := range edits {
		start := e.node.Pos()
		if doc := docOf(e.node); doc != nil {
			start = doc.Pos()
		}
		out = append(out, src[at:fset.Position(start).Offset]...)
		out = append(out, e.text...)
		at = fset.Position(e.node.End()).Offset
	}
	return append(out, src[at:]...)
}

func docOf(n ast.Node) *ast.CommentGroup {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Doc
	case *ast.GenDecl:
		return n.Doc
	case *ast.TypeSpec:
		return n.Doc
	case *ast.ValueSpec:
		return n.Doc
	case *ast.ImportSpec:
		return n.Doc
	}
	return nil
}
