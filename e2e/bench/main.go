// Command bench compares this module with aws-amplify, Amplify UI's Authenticator and amazon-cognito-identity-js, side by
// side in one Chromium against the local Cognito: weight, times, CPU and requests. make bench runs it. It prints a table
// and writes dist/bench.json; nothing here is a test, no figure makes it fail.
//
// BENCH_RUNS sets how many cold runs (each in a new browser profile) a median is made of. Arguments name the sections to
// run (weight, loading, main-thread, signing-in, stored-session, requests); without any, all.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/peers"
)

func main() {
	err := run()
	browser.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what the measurements share.
type bench struct {
	runs  int
	built *bundles
}

func run() error {
	root, err := e2e.Root()
	if err != nil {
		return fmt.Errorf("run it inside the repository: %w", err)
	}
	runs := 9
	if text := os.Getenv("BENCH_RUNS"); text != "" {
		if runs, err = strconv.Atoi(text); err != nil || runs < 1 {
			return fmt.Errorf("BENCH_RUNS=%s: want a number of runs", text)
		}
	}
	packages, err := peers.Install(root, filepath.Join(root, "e2e", "bench"))
	if err != nil {
		return err
	}
	b := &bench{runs: runs}
	if b.built, err = build(packages, filepath.Join(root, "dist")); err != nil {
		return err
	}

	version, err := browserVersion()
	if err != nil {
		return err
	}
	r := &report{Browser: version, Runs: runs, CPUs: runtime.NumCPU(), Time: time.Now().UTC().Format(time.RFC3339)}
	sections := []struct {
		title   string
		measure func(*scenario, *report)
	}{
		{"weight", b.weight},
		{"loading", b.loading},
		{"main-thread", b.mainThread},
		{"signing-in", b.signingIn},
		{"stored-session", b.storedSession},
		{"requests", b.requests},
	}
	for _, section := range sections {
		if only := os.Args[1:]; len(only) > 0 && !slices.Contains(only, section.title) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s\n", section.title)
		if err := during(section.title, func(s *scenario) { section.measure(s, r) }); err != nil {
			return err
		}
	}
	fmt.Print(r)
	if len(os.Args) > 1 {
		return nil
	}
	return r.write(filepath.Join(root, "dist", "bench.json"))
}

// browserVersion is the product name of the Chromium that measures, such as Chrome/156.0.8078.79.
func browserVersion() (string, error) {
	var product string
	err := during("browser", func(s *scenario) {
		version, err := chromedp.CallBrowser(browser.NewTab(s).Context(), protocol.GetVersion, cdp.Empty{})
		if err != nil {
			s.Fatalf("%v", err)
		}
		product = version.Product
	})
	return product, err
}
