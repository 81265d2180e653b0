package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// coverageDir is where COVERAGE keeps what an engine that was built for it has run; see jsbridge/coverage.go.
var coverageDir = os.Getenv("COVERAGE")

const coverageBinding = "tellCoverage"

// receiveCoverage lets a page or a worker tell what its engine has run.
func receiveCoverage(ctx context.Context) error {
	if coverageDir == "" {
		return nil
	}
	_, err := chromedp.Call(ctx, runtime.AddBinding, runtime.AddBindingParams{Name: coverageBinding})
	return err
}

// writeCoverage writes the files that go tool covdata reads: the later counters of a program take the place of the earlier.
func writeCoverage(payload string) error {
	var told struct {
		Run            int
		Meta, Counters []byte
	}
	if err := json.Unmarshal([]byte(payload), &told); err != nil {
		return err
	}
	const hashAt, hashEnd = 8, 24 // in the counters, behind magic and version
	if len(told.Counters) < hashEnd {
		return fmt.Errorf("%d bytes of counters", len(told.Counters))
	}
	hash := told.Counters[hashAt:hashEnd]
	if err := os.WriteFile(filepath.Join(coverageDir, fmt.Sprintf("covmeta.%x", hash)), told.Meta, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(coverageDir, fmt.Sprintf("covcounters.%x.%d.1", hash, told.Run)), told.Counters, 0o644)
}
