package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A size is the weight of one file in bytes.
type size struct {
	name              string
	raw, gzip, brotli int
}

// table lists the files and what a page that uses the module and the widget loads of them.
func table(sizes []size) string {
	sum := size{name: "sum for a page with amplify-sign-in.js"}
	languages := size{name: "locales, one loaded by a page"}
	rows := [][]string{{"bytes", "raw", "gzip", "brotli"}}
	add := func(s size) { rows = append(rows, []string{s.name, group(s.raw), group(s.gzip), group(s.brotli)}) }
	for _, s := range sizes {
		switch {
		case strings.HasPrefix(s.name, "locales/"):
			languages.plus(s)
			continue
		case slices.Contains([]string{"amplify-auth.js", "amplify-auth.worker.js", "amplify-auth.wasm", "amplify-sign-in.js"}, s.name):
			sum.plus(s)
		}
		add(s)
	}
	if languages.raw > 0 {
		add(languages)
	}
	add(sum)
	return columns(rows)
}

func (s *size) plus(t size) {
	s.raw += t.raw
	s.gzip += t.gzip
	s.brotli += t.brotli
}

// columns aligns the first column left and the others right.
func columns(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "%-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(&b, "  %*s", widths[i+1], cell)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// group writes 1234567 as 1,234,567.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// A limit is the most that a file may weigh; a form that has none is free. Raw bytes count where CloudFront compresses: it
// takes no file of 10,000,000 or more.
type limit struct{ Raw, Brotli int }

// checkBudget compares the files in dir with the most that each may weigh.
func checkBudget(budget, dir string) error {
	text, err := os.ReadFile(budget)
	if err != nil {
		return err
	}
	var most map[string]limit
	if err := json.Unmarshal(text, &most); err != nil {
		return fmt.Errorf("%s: %w", budget, err)
	}
	var over []string
	for _, name := range slices.Sorted(maps.Keys(most)) {
		for _, form := range []struct {
			name, suffix string
			most         int
		}{{"raw", "", most[name].Raw}, {"in brotli", ".br", most[name].Brotli}} {
			if form.most == 0 {
				continue
			}
			info, err := os.Stat(filepath.Join(dir, name+form.suffix))
			if err != nil {
				return fmt.Errorf("%s has a budget: %w", name, err)
			}
			if n := int(info.Size()); n > form.most {
				over = append(over, fmt.Sprintf("over budget: %s has %s bytes %s, %s more than the %s of %s",
					name, group(n), form.name, group(n-form.most), group(form.most), budget))
			}
		}
	}
	if over != nil {
		return fmt.Errorf("%s", strings.Join(over, "\n"))
	}
	return nil
}
