package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Layout of runtime.pclntab, as runtime.pcHeader and runtime._func describe it.
// Its magic number changes with the layout.
const (
	magic = 0xfffffff1 // since Go 1.20

	headerSize      = 72
	headerFuncs     = 8  // number of functions
	headerCUs       = 40 // offset of the table of compilation units' files
	headerPCs       = 56 // offset of the table of tables by program counter
	headerFunctions = 64 // offset of the table of functions

	funcSize    = 44
	funcSP      = 16 // offset of the stack depth's table in the table of tables
	funcFile    = 20
	funcLine    = 24
	funcPCDatas = 28 // how many offsets of other tables follow the function
	funcCU      = 32
	funcStart   = 36 // line of the func keyword
	funcDatas   = 43 // how many offsets of function data follow those

	// Of internal/abi: what a stack trace says about arguments.
	funcDataArgInfo     = 5
	funcDataArgLiveInfo = 6
	noFuncData          = 1<<32 - 1
)

// dropLines empties the tables that map program counters to files and lines.
// Offset 0 is "no table" to the runtime, which then reports the position "?:0".
// It also unlinks the descriptions of arguments, which a stack trace prints.
func dropLines(m image) error {
	tab, err := findTable(m)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	cus, pcs := le.Uint64(tab[headerCUs:]), le.Uint64(tab[headerPCs:])
	functions := tab[le.Uint64(tab[headerFunctions:]):]
	old := tab[pcs:le.Uint64(tab[headerFunctions:])]

	kept := []byte{0} // offset 0 is no table
	offsets := map[string]uint32{}
	keep := func(field []byte) error {
		at := le.Uint32(field)
		if at == 0 {
			return nil
		}
		table, err := pcTable(old, at)
		if err != nil {
			return err
		}
		offset, ok := offsets[string(table)]
		if !ok {
			offset = uint32(len(kept))
			offsets[string(table)] = offset
			kept = append(kept, table...)
		}
		le.PutUint32(field, offset)
		return nil
	}
	for i := range le.Uint64(tab[headerFuncs:]) {
		at := uint64(le.Uint32(functions[8*i+4:]))
		if at+funcSize > uint64(len(functions)) {
			return fmt.Errorf("pclntab: function %d is outside", i)
		}
		f := functions[at:]
		if err := keep(f[funcSP:]); err != nil {
			return err
		}
		for _, field := range []int{funcFile, funcLine, funcCU, funcStart} {
			le.PutUint32(f[field:], 0)
		}
		pcdatas := int(le.Uint32(f[funcPCDatas:]))
		for k := range pcdatas {
			if err := keep(f[funcSize+4*k:]); err != nil {
				return err
			}
		}
		for k := funcDataArgInfo; k <= funcDataArgLiveInfo && k < int(f[funcDatas]); k++ {
			le.PutUint32(f[funcSize+4*(pcdatas+k):], noFuncData)
		}
	}
	clear(old[copy(old, kept):])
	clear(tab[cus:pcs]) // names of compilation units' files
	return nil
}

// findTable returns the memory from the pclntab's header on.
func findTable(m image) ([]byte, error) {
	le := binary.LittleEndian
	const pointer = 8
	var found []byte
	for at := -m.base & (pointer - 1); at+headerSize < len(m.mem); at += pointer {
		tab := m.mem[at:]
		// After the magic number: padding, smallest instruction, pointer size.
		if le.Uint32(tab) != magic || [4]byte(tab[4:]) != [4]byte{0, 0, 1, pointer} {
			continue
		}
		cus, pcs, functions := le.Uint64(tab[headerCUs:]), le.Uint64(tab[headerPCs:]), le.Uint64(tab[headerFunctions:])
		size := functions + 8*le.Uint64(tab[headerFuncs:])
		if cus > pcs || pcs > functions || functions > size || size > uint64(len(tab)) {
			continue
		}
		if found != nil {
			return nil, errors.New("pclntab: more than one header")
		}
		found = tab
	}
	if found == nil {
		return nil, errors.New("pclntab: no header as of Go 1.20 to 1.26; compare runtime.pcHeader of this Go toolchain, or keep the tables with -lines")
	}
	return found, nil
}

// pcTable returns the table at offset at: pairs of a value step and a program
// counter step, up to a value step of 0 that is not the first.
func pcTable(tables []byte, at uint32) ([]byte, error) {
	r := reader{tables[min(int(at), len(tables)):]}
	size := len(r.rest)
	for first := true; ; first = false {
		step := r.unsigned()
		if r.rest == nil {
			return nil, errors.New("pclntab: a table by program counter has no end")
		}
		if step == 0 && !first {
			return tables[at : int(at)+size-len(r.rest)], nil
		}
		r.unsigned()
	}
}
