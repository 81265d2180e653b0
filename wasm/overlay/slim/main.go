// Command slim rewrites a Go WebAssembly module so that it compresses better.
// What the program does stays the same.
//
//	go run ./wasm/overlay/slim [-lines] in.wasm out.wasm
//
// It joins the data segments: Go's linker cuts the data at every eight zero
// bytes, up to 100000 segments, and an offset and a length for each cost more
// after compression than the zeros themselves.
//
// It empties the table that leads from a program counter to its function, which the
// overlay's runtime does without: see findtable.go.
//
// It drops the file and line tables and the layout of arguments, unless -lines
// is given: a Go stack trace then has function names and offsets but "?:0" for
// each position and no argument values. Nothing else in the runtime reads them.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	lines := flag.Bool("lines", false, "keep what stack traces need to show positions and arguments")
	flag.Parse()
	if flag.NArg() != 2 {
		fail(fmt.Errorf("usage: slim [-lines] in.wasm out.wasm"))
	}
	in, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		fail(err)
	}
	out, err := slim(in, *lines)
	if err != nil {
		fail(fmt.Errorf("%s: %w", flag.Arg(0), err))
	}
	if err := os.WriteFile(flag.Arg(1), out, 0o644); err != nil {
		fail(err)
	}
}

// slim returns the module with joined data segments, without the runtime's table
// of program counters and, unless lines is set, without line tables.
func slim(module []byte, lines bool) ([]byte, error) {
	sections, err := readSections(module)
	if err != nil {
		return nil, err
	}
	for i, s := range sections {
		if s.id != dataSection {
			continue
		}
		data, err := readData(s.body)
		if err != nil {
			return nil, err
		}
		if err := dropFindTable(data); err != nil {
			return nil, err
		}
		if !lines {
			if err := dropLines(data); err != nil {
				return nil, err
			}
		}
		sections[i].body = data.encode()
	}
	return writeSections(sections), nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "slim:", err)
	os.Exit(1)
}
