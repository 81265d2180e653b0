package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// weigh lists what the packages of a Go program weigh in a wasm file that was linked with its names. packages are their
// import paths. Code only: Go's data carries no names.
func weigh(file string, packages []string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := parseWasm(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(m.names) == 0 {
		return nil, fmt.Errorf("%s has no names; link it without -s", file)
	}
	of := newSymbols(packages)
	weights := map[string]int{"data: stack traces, types, strings, tables": m.data}
	total := m.data
	for i, n := range m.code {
		weights[partOf(of.pkg(m.names[m.imports+i]))] += n
		total += n
	}
	names := slices.SortedFunc(maps.Keys(weights), func(a, b string) int {
		return cmp.Or(weights[b]-weights[a], strings.Compare(a, b))
	})
	rows := [][]string{{"amplify-auth.wasm by part, bytes", "raw", "%"}}
	rest := 0
	for i, name := range names {
		if i < 30 {
			rows = append(rows, part(name, weights[name], total))
		} else {
			rest += weights[name]
		}
	}
	rows = append(rows, part("the rest", rest, total))
	return []byte(columns(rows)), nil
}

func part(name string, n, total int) []string {
	return []string{name, group(n), fmt.Sprintf("%.1f", 100*float64(n)/float64(total))}
}

// symbols finds the package of a symbol. The wasm linker writes every character of a symbol but letters, digits, _ and .
// as _, so that only the list of packages tells where the import path ends.
type symbols struct {
	packages map[string]string // import path by what it is in a symbol
	longest  int
}

var unnamed = regexp.MustCompile(`[^\w.]`)

func newSymbols(packages []string) symbols {
	s := symbols{packages: map[string]string{}}
	for _, p := range packages {
		dir, last := path.Split(p)
		symbol := unnamed.ReplaceAllString(dir+strings.ReplaceAll(last, ".", "%2e"), "_")
		s.packages[symbol] = p
		s.longest = max(s.longest, len(symbol))
	}
	return s
}

func (s symbols) pkg(symbol string) string {
	for _, prefix := range []string{"type_.eq.", "type_.hash."} { // made by the compiler for a type
		symbol = strings.TrimPrefix(symbol, prefix)
	}
	for n := min(s.longest, len(symbol)-1); n > 0; n-- {
		if symbol[n] == '.' && s.packages[symbol[:n]] != "" {
			return s.packages[symbol[:n]]
		}
	}
	return "runtime" // wasm_export_run, gcWriteBarrier
}

// The parts that are more than one package; the longest that fits counts.
var parts = []string{
	"amplify-auth/core", "amplify-auth/jsbridge",
	"github.com/aws/aws-sdk-go-v2", "github.com/aws/aws-sdk-go-v2/service/cognitoidentity", "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider",
	"github.com/aws/smithy-go", "github.com/golang-jwt/jwt", "github.com/boombuler/barcode",
	"runtime", "internal", "crypto", "crypto/tls", "crypto/x509", "encoding/json", "net", "net/http", "regexp", "reflect", "unicode", "vendor",
}

func partOf(pkg string) string {
	longest := ""
	for _, p := range parts {
		if (pkg == p || strings.HasPrefix(pkg, p+"/")) && len(p) > len(longest) {
			longest = p
		}
	}
	return cmp.Or(longest, pkg)
}

// A module is what is read of a wasm file. See WebAssembly Core Specification 2.0, 5.5 and 7.4.1.
type module struct {
	imports int            // imported functions; they come first in the index space
	code    []int          // size of each function's body
	data    int            // size of the data section
	names   map[int]string // of functions, by index
}

func parseWasm(data []byte) (m module, err error) {
	defer func() {
		if recover() != nil { // an index out of range
			err = errors.New("a truncated wasm file")
		}
	}()
	if string(data[:8]) != "\x00asm\x01\x00\x00\x00" {
		return m, errors.New("not a wasm file")
	}
	r := reader(data[8:])
	for len(r) > 0 {
		id := r[0]
		r = r[1:]
		section := r.bytes()
		switch id {
		case 0:
			if section.text() == "name" {
				m.names = section.functionNames()
			}
		case 2:
			m.imports = section.functionImports()
		case 10:
			for range section.uint() {
				m.code = append(m.code, len(section.bytes()))
			}
		case 11:
			m.data = len(section)
		}
	}
	return m, nil
}

type reader []byte

func (r *reader) uint() int {
	v, n := binary.Uvarint(*r) // LEB128 is the same coding
	*r = (*r)[n:]
	return int(v)
}

func (r *reader) bytes() reader {
	n := r.uint()
	b := (*r)[:n]
	*r = (*r)[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes()) }

func (r reader) functionNames() map[int]string {
	names := map[int]string{}
	for len(r) > 0 {
		id := r[0]
		r = r[1:]
		sub := r.bytes()
		if id != 1 {
			continue
		}
		for range sub.uint() {
			i := sub.uint()
			names[i] = sub.text()
		}
	}
	return names
}

// functionImports counts them; Go imports nothing else.
func (r reader) functionImports() int {
	n := r.uint()
	for range n {
		r.text()
		r.text()
		if r[0] != 0 {
			panic("an import that is no function")
		}
		r = r[1:]
		r.uint()
	}
	return n
}
