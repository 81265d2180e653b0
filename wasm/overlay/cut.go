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

// cut returns the Go source text src without the declarations called names, or
// with only those, and without the imports it then no longer uses.
func cut(src []byte, names []string, only bool) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	drop := func(name string) bool {
		listed := slices.Contains(names, name)
		found[name] = found[name] || listed
		return listed != only
	}
	var cuts []ast.Node
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if drop(funcName(d)) {
				cuts = append(cuts, d)
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			dropped, err := cutSpecs(d, drop)
			if err != nil {
				return nil, err
			}
			cuts = append(cuts, dropped...)
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, fmt.Errorf("this Go toolchain declares no %s there", name)
		}
	}
	src = remove(src, fset, cuts)

	fset = token.NewFileSet()
	if file, err = parser.ParseFile(fset, "", src, parser.ParseComments); err != nil {
		return nil, err
	}
	return remove(src, fset, append(unusedImports(file), strayLinknames(file)...)), nil
}

// cutSpecs returns what to remove of a const, type or var declaration.
func cutSpecs(d *ast.GenDecl, drop func(string) bool) ([]ast.Node, error) {
	var cuts []ast.Node
	for _, s := range d.Specs {
		var dropped, total int
		switch s := s.(type) {
		case *ast.TypeSpec:
			total = 1
			if drop(s.Name.Name) {
				dropped = 1
			}
		case *ast.ValueSpec:
			total = len(s.Names)
			for _, n := range s.Names {
				if drop(n.Name) {
					dropped++
				}
			}
		}
		switch dropped {
		case 0:
		case total:
			cuts = append(cuts, s)
		default:
			return nil, fmt.Errorf("keep or drop all names declared together with %v", s.(*ast.ValueSpec).Names[0])
		}
	}
	if len(cuts) == len(d.Specs) {
		return []ast.Node{d}, nil
	}
	if d.Tok == token.CONST && len(cuts) > 0 && slices.ContainsFunc(d.Specs, func(s ast.Spec) bool { return s.(*ast.ValueSpec).Values == nil }) {
		return nil, fmt.Errorf("the constants around %v count on each other: keep or drop all", cuts[0].(*ast.ValueSpec).Names[0])
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

func unusedImports(file *ast.File) []ast.Node {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Obj == nil { // not a variable
				used[x.Name] = true
			}
		}
		return true
	})
	var unused []ast.Node
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		var specs []ast.Node
		for _, s := range g.Specs {
			if name := importName(s.(*ast.ImportSpec)); name != "_" && !used[name] {
				specs = append(specs, s)
			}
		}
		if len(specs) == len(g.Specs) {
			specs = []ast.Node{g}
		}
		unused = append(unused, specs...)
	}
	return unused
}

// strayLinknames returns the //go:linkname comments that stand apart from their
// function and whose function is gone.
func strayLinknames(file *ast.File) []ast.Node {
	var stray []ast.Node
	for _, group := range file.Comments {
		for _, c := range group.List {
			if f := strings.Fields(c.Text); f[0] == "//go:linkname" && file.Scope.Lookup(f[1]) == nil {
				stray = append(stray, c)
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

// remove takes the nodes, with their doc comments, out of src.
func remove(src []byte, fset *token.FileSet, nodes []ast.Node) []byte {
	slices.SortFunc(nodes, func(a, b ast.Node) int { return int(a.Pos() - b.Pos()) })
	var out []byte
	at := 0
	for _, n := range nodes {
		start := n.Pos()
		if doc := docOf(n); doc != nil {
			start = doc.Pos()
		}
		out = append(out, src[at:fset.Position(start).Offset]...)
		at = fset.Position(n.End()).Offset
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
