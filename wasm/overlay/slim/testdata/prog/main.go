// Command prog leans on what the runtime reads from the pclntab: stack growth,
// garbage collection, goroutines, panics and inlined frames.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t == nil {
		return 0
	}
	return 1 + t.left.count() + t.right.count()
}

func deep(n int) int {
	var pad [64]byte
	if n == 0 {
		runtime.GC()
		return 0
	}
	return deep(n-1) + 1 + int(pad[n%64])
}

func recovered() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var m map[string]int
	m["x"] = 1
	return ""
}

func caller() (name string, file bool) {
	pc, f, _, _ := runtime.Caller(1)
	return runtime.FuncForPC(pc).Name(), strings.HasSuffix(f, "main.go")
}

func main() {
	results := make(chan int)
	for range 8 {
		go func() { results <- grow(12).count() + deep(10000) }()
	}
	sum := 0
	for range 8 {
		sum += <-results
		runtime.GC()
	}
	name, file := caller()
	fmt.Println(sum, recovered(), name)
	fmt.Println("file:", file)
	if len(os.Args) > 1 {
		fail(7, "on purpose")
	}
}

//go:noinline
func fail(n int, text string) { panic(text) }
