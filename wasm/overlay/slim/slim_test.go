package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func buildProg(t *testing.T) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "prog.wasm")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", out, "./testdata/prog")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func dataOf(t *testing.T, module []byte) image {
	t.Helper()
	sections, err := readSections(module)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(sections, func(s section) bool { return s.id == dataSection })
	m, err := readData(sections[i].body)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestJoinKeepsMemory(t *testing.T) {
	module := buildProg(t)
	joined, err := slim(module, true)
	if err != nil {
		t.Fatal(err)
	}
	before, after := dataOf(t, module), dataOf(t, joined)
	was := slices.Clone(before.mem)
	if err := dropFindTable(before); err != nil {
		t.Fatal(err)
	}
	emptied := 0
	for i := range was {
		if was[i] != before.mem[i] {
			emptied++
		}
	}
	// Each function has sixteen entries of its index: one byte at least that is not zero, but for the first 256.
	if n := len(functions(t, after)); emptied < 16*n/2 {
		t.Errorf("%d bytes of the table of %d functions are gone", emptied, n)
	}
	if before.base != after.base || !bytes.Equal(before.mem, after.mem) {
		t.Error("joining the data segments changed the memory")
	}
	again, err := slim(joined, true)
	if err != nil || !bytes.Equal(again, joined) {
		t.Errorf("a second pass changed the module again (%v)", err)
	}
}

// functions lists, per function, what dropLines has to keep: its record without
// table offsets, its tables but for file and line, and its data but for the
// arguments' layout.
func functions(t *testing.T, m image) []string {
	t.Helper()
	le := binary.LittleEndian
	tab, err := findTable(m)
	if err != nil {
		t.Fatal(err)
	}
	pcs := tab[le.Uint64(tab[headerPCs:]):le.Uint64(tab[headerFunctions:])]
	funcs := tab[le.Uint64(tab[headerFunctions:]):]
	var all []string
	for i := range le.Uint64(tab[headerFuncs:]) {
		f := funcs[le.Uint32(funcs[8*i+4:]):]
		text := fmt.Sprintf("%x %x", f[:funcSP], f[funcStart+4:funcSize])
		n := int(le.Uint32(f[funcPCDatas:]))
		for _, field := range append([]int{funcSP}, offsets(n)...) {
			if at := le.Uint32(f[field:]); at != 0 {
				table, err := pcTable(pcs, at)
				if err != nil {
					t.Fatal(err)
				}
				text += fmt.Sprintf(" %x", table)
			}
		}
		for k := range int(f[funcDatas]) {
			if k != funcDataArgInfo && k != funcDataArgLiveInfo {
				text += fmt.Sprintf(" %x", f[funcSize+4*(n+k):][:4])
			}
		}
		all = append(all, text)
	}
	return all
}

func offsets(n int) []int {
	var all []int
	for k := range n {
		all = append(all, funcSize+4*k)
	}
	return all
}

func TestDropLinesKeepsTheRest(t *testing.T) {
	module := buildProg(t)
	short, err := slim(module, false)
	if err != nil {
		t.Fatal(err)
	}
	before, after := functions(t, dataOf(t, module)), functions(t, dataOf(t, short))
	if len(before) < 1000 || !slices.Equal(before, after) {
		t.Errorf("of %d functions, now %d, some changed more than their lines", len(before), len(after))
	}
}

func TestSlimProgramRuns(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("runs WebAssembly in node, which is not installed")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	module := buildProg(t)
	short, err := slim(module, false)
	if err != nil {
		t.Fatal(err)
	}
	run := func(module []byte, args ...string) string {
		path := filepath.Join(t.TempDir(), "prog.wasm")
		if err := os.WriteFile(path, module, 0o644); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.Command(node, append([]string{"--stack-size=65500", filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec_node.js"), path}, args...)...).CombinedOutput()
		return string(out)
	}
	want := strings.Replace(run(module), "file: true", "file: false", 1)
	if got := run(short); got != want || !strings.Contains(got, "assignment to entry in nil map main.main") {
		t.Errorf("got %q\nwant %q", got, want)
	}
	trace := run(short, "panic")
	for _, s := range []string{"panic: on purpose", "main.fail()\n\t?:0 +0x"} {
		if !strings.Contains(trace, s) {
			t.Errorf("a panic lacks %q:\n%s", s, trace)
		}
	}
}

func TestRefuses(t *testing.T) {
	// One data segment of 200 bytes at 0 that holds no pclntab.
	noTable := append([]byte(header+"\x0b\xcf\x01\x01\x00\x41\x00\x0b\xc8\x01"), bytes.Repeat([]byte{1}, 200)...)
	for _, c := range []struct {
		module []byte
		want   string
	}{
		{[]byte("<!doctype html>"), "not a WebAssembly module"},
		{[]byte(header + "\x0b\x05\x01"), "malformed"},
		{[]byte(header + "\x0b\x06\x01\x01\x41\x00\x0b\x00"), "does not write"},
		{noTable, "pclntab: no header"},
	} {
		if _, err := slim(c.module, false); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}
