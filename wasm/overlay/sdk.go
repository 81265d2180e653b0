package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

const services = "github.com/aws/aws-sdk-go-v2/service/"

// sdk leaves out what the SDK makes when a program starts, in functions that the linker cannot cut: the schemas of
// operations that the Go files in dir do not call, and the table of Regions, for which the engine has its own. It writes a go.mod for `go build -modfile`, in which
// a link stands for each service's module: an overlay may not replace a file in the module cache.
func (o overlay) sdk(root, dir string) error {
	operations, err := calledOperations(filepath.Join(root, dir))
	if err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	for service, names := range operations {
		module, err := download(root, service)
		if err != nil {
			return err
		}
		link := filepath.Join(o.dir, "sdk", path.Base(service))
		if err := symlink(module, link); err != nil {
			return err
		}
		for file, shorten := range map[string]func([]byte) ([]byte, error){
			"schemas/schemas.go":              func(src []byte) ([]byte, error) { return cutSchemas(src, names) },
			"internal/endpoints/endpoints.go": cutPartitions,
		} {
			src, err := os.ReadFile(filepath.Join(module, file))
			if err != nil {
				return err
			}
			if src, err = shorten(src); err != nil {
				return fmt.Errorf("%s/%s: %w", service, file, err)
			}
			short := filepath.Join(o.dir, path.Base(service), file)
			if err := writeFile(short, src); err != nil {
				return err
			}
			o.replace[filepath.Join(link, file)] = short
		}
		rel, err := filepath.Rel(root, link) // the module tells where its parts were found
		if err != nil {
			return err
		}
		mod = fmt.Appendf(mod, "\nreplace %s => ./%s\n", service, filepath.ToSlash(rel))
	}
	if err := writeFile(filepath.Join(o.dir, "go.mod"), mod); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(o.dir, "go.sum"), sum)
}

// download gives the directory of a module that go.mod names; on a new machine nothing has fetched it yet.
func download(root, module string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir = root
	out, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if decoded := json.Unmarshal(out, &answer); decoded != nil || answer.Dir == "" {
		return "", fmt.Errorf("go mod download %s: %s: %w", module, answer.Error, cmp.Or(err, decoded))
	}
	return answer.Dir, nil
}

// calledOperations gives, by service, the operations whose input the package in dir names.
func calledOperations(dir string) (map[string][]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	called := map[string][]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		imported := map[string]string{}
		for _, s := range file.Imports {
			if p := strings.Trim(s.Path.Value, `"`); strings.HasPrefix(p, services) && path.Dir(p)+"/" == services {
				imported[importName(s)] = p
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := s.X.(*ast.Ident); ok && imported[pkg.Name] != "" {
					if operation, ok := strings.CutSuffix(s.Sel.Name, "Input"); ok {
						called[imported[pkg.Name]] = append(called[imported[pkg.Name]], operation)
					}
				}
			}
			return true
		})
	}
	return called, nil
}

// cutSchemas leaves nil the schemas that neither these operations nor an error need.
func cutSchemas(src []byte, operations []string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var made []*ast.ValueSpec      // var X = smithy.NewSchema(…)
	var added []*ast.AssignStmt    // X_m = X.AddMember("m", Y)
	needs := map[string][]string{} // X: its Ys
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && len(v.Names) == 1 && len(v.Values) == 1 {
					made = append(made, v)
				}
			}
		case *ast.FuncDecl:
			if d.Name.Name != "init" {
				return nil, fmt.Errorf("schemas.go has a function %s; see how it is used and teach wasm/overlay/sdk.go", d.Name.Name)
			}
			for _, s := range d.Body.List {
				a, of, member := addMember(s)
				if a == nil {
					return nil, errors.New("init in schemas.go does more than AddMember; teach wasm/overlay/sdk.go")
				}
				added = append(added, a)
				needs[of] = append(needs[of], member)
			}
		}
	}

	kept := map[string]bool{}
	var keep func(name string)
	keep = func(name string) {
		if !kept[name] {
			kept[name] = true
			for _, n := range needs[name] {
				keep(n)
			}
		}
	}
	declared := map[string]bool{}
	for _, v := range made {
		name := v.Names[0].Name
		declared[name] = true
		if strings.HasSuffix(name, "Exception") || strings.HasSuffix(name, "Service") {
			keep(name)
		}
	}
	for _, operation := range operations {
		if !declared[operation] {
			return nil, fmt.Errorf("schemas.go has no operation %s; teach wasm/overlay/sdk.go", operation)
		}
		for _, suffix := range []string{"", "Request", "Response", "Input", "Output"} {
			keep(operation + suffix)
		}
	}

	var edits []edit
	for _, v := range made {
		if !kept[v.Names[0].Name] {
			edits = append(edits, edit{v, v.Names[0].Name + " *smithy.Schema"})
		}
	}
	for _, a := range added {
		if _, of, _ := addMember(a); !kept[of] {
			edits = append(edits, edit{node: a})
		}
	}
	return withoutUnused(apply(src, fset, edits))
}

// cutPartitions empties the table of Regions that a client without an endpoint resolver of its own would look into.
func cutPartitions(src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var edits []edit
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "defaultPartitions" {
			edits = append(edits, edit{v, "defaultPartitions endpoints.Partitions"})
		}
		return true
	})
	if len(edits) == 0 {
		return nil, errors.New("no defaultPartitions; teach wasm/overlay/sdk.go")
	}
	return withoutUnused(apply(src, fset, edits))
}

// addMember takes `X_m = X.AddMember("m", Y, …)` apart into itself, X and Y; Y is empty where another package has it.
func addMember(s ast.Stmt) (a *ast.AssignStmt, of, member string) {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 {
		return nil, "", ""
	}
	call, ok := a.Rhs[0].(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return nil, "", ""
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "AddMember" {
		return nil, "", ""
	}
	x, ok := f.X.(*ast.Ident)
	if !ok {
		return nil, "", ""
	}
	if y, ok := call.Args[1].(*ast.Ident); ok {
		member = y.Name
	}
	return a, x.Name, member
}
