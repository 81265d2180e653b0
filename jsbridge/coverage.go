//go:build js && wasm && coverage

package jsbridge

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"runtime/coverage"
	"time"

	"github.com/hack-pad/safejs"
)

// An engine that is built with -cover and this tag, for the browser tests alone, tells the test what it has run: in a page there
// is no end of the program at which Go would write that to a file.
func init() { go tellCoverage(rand.Int32()) }

func tellCoverage(run int32) {
	for ; ; time.Sleep(100 * time.Millisecond) {
		meta, err := written(coverage.WriteMeta)
		counters, err2 := written(coverage.WriteCounters)
		if err != nil || err2 != nil { // Go counts from main on
			continue
		}
		text, err := json.Marshal(map[string]any{"run": run, "meta": meta, "counters": counters})
		if err != nil {
			panic(err)
		}
		_, _ = safejs.Global().Call("tellCoverage", string(text)) // e2e/browser listens, or somebody will later
	}
}

func written(write func(io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b)
	return b.Bytes(), err
}
