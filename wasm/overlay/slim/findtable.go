package main

import (
	"encoding/binary"
	"errors"
)

// Layout of runtime.moduledata and of runtime.findfuncbucket.
const (
	moduleFuncs = 8 + 5*24 // ftab, a slice
	moduleFind  = moduleFuncs + 24
	moduleMinPC = moduleFind + 8
	moduleMaxPC = moduleFind + 16
	bucketPCs   = 4096 // internal/abi.FuncTabBucketSize
	bucketSize  = 20
)

// dropFindTable empties the table by which runtime.findfunc finds a function's index, 320 bytes for each function. Zeros
// say that the search begins at the first function, so Go's own findfunc still finds every one; the overlay's looks
// elsewhere.
func dropFindTable(m image) error {
	header, err := findTable(m)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	address := uint64(m.base + len(m.mem) - len(header))
	functions := le.Uint64(header[headerFuncs:])
	for at := -m.base & 7; at+moduleMaxPC+8 <= len(m.mem); at += 8 {
		module := m.mem[at:]
		if le.Uint64(module) != address || le.Uint64(module[moduleFuncs+8:]) != functions+1 {
			continue
		}
		start, minPC, maxPC := le.Uint64(module[moduleFind:])-uint64(m.base), le.Uint64(module[moduleMinPC:]), le.Uint64(module[moduleMaxPC:])
		size := (maxPC - minPC + bucketPCs - 1) / bucketPCs * bucketSize
		if minPC >= maxPC || start >= uint64(len(m.mem)) || size > uint64(len(m.mem))-start {
			break
		}
		table := m.mem[start:][:size]
		for bucket := table; len(bucket) > 0; bucket = bucket[bucketSize:] {
			if uint64(le.Uint32(bucket)) >= functions {
				return errNoFindTable
			}
		}
		clear(table)
		return nil
	}
	return errNoFindTable
}

var errNoFindTable = errors.New("no table of runtime.findfunc as of Go 1.26; compare runtime.moduledata of this Go toolchain")
