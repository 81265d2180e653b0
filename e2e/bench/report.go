package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// The products, in the order of the columns.
const (
	ours          = "amplify-auth"
	amplify       = "aws-amplify"
	authenticator = "Authenticator"
	identityJS    = "identity-js"
	bare          = "no library" // what the browser itself takes, so the floor for all of them
	onPage        = "worker: false"
	compiling     = "compiling" // no library, and a worker that compiles the engine and no more: the floor for ours
)

var products = []string{ours, amplify, authenticator, identityJS, bare, compiling, onPage}

// report is the outcome, as the table shows it and dist/bench.json holds it.
type report struct {
	Browser string `json:"browser"`
	CPUs    int    `json:"cpus"`
	Time    string `json:"time"`
	Runs    int    `json:"runs"`
	Rows    []*row `json:"rows"`
}

// row is one thing that was measured.
type row struct {
	Section string               `json:"section"`
	Name    string               `json:"name"`
	Unit    string               `json:"unit"`
	Samples map[string][]float64 `json:"samples"` // of each product
	Median  map[string]float64   `json:"median"`
	Against string               `json:"against,omitempty"` // the product that the ratio and the goal compare with
	Ratio   *float64             `json:"ratio,omitempty"`   // ours / Against
	Calls   map[string][]string  `json:"calls,omitempty"`   // the operations of a count of requests
	Goal    string               `json:"goal,omitempty"`
	Met     *bool                `json:"met,omitempty"`
}

// add makes the row of a measurement; against may be empty.
func (r *report) add(section, name, unit, against string, samples map[string][]float64) *row {
	w := &row{Section: section, Name: name, Unit: unit, Samples: samples, Median: map[string]float64{}, Against: against}
	for product, values := range samples {
		w.Median[product] = median(values)
	}
	if base, ok := w.Median[against]; ok && base > 0 {
		ratio := w.Median[ours] / base
		w.Ratio = &ratio
	}
	r.Rows = append(r.Rows, w)
	return w
}

// atMost sets the goal that the ratio be at most this.
func (w *row) atMost(ratio float64) {
	w.Goal = fmt.Sprintf("ratio <= %g", ratio)
	met := w.Ratio != nil && *w.Ratio <= ratio
	w.Met = &met
}

// below sets the goal that our own median be at most this.
func (w *row) below(most float64) {
	w.Goal = fmt.Sprintf("<= %g %s", most, w.Unit)
	met := w.Median[ours] <= most
	w.Met = &met
}

// notMore sets the goal that ours be no more than the other's.
func (w *row) notMore() {
	w.Goal = "not more"
	met := w.Median[ours] <= w.Median[w.Against]
	w.Met = &met
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (r *report) write(name string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o666)
}

// String is the table.
func (r *report) String() string {
	head := append(append([]string{""}, products...), "ratio", "goal", "")
	lines := [][]string{head}
	section := ""
	for _, w := range r.Rows {
		if w.Section != section {
			section = w.Section
			lines = append(lines, nil, []string{strings.ToUpper(section)})
		}
		line := []string{w.Name + ", " + w.Unit}
		for _, product := range products {
			cell := "-"
			if value, ok := w.Median[product]; ok {
				cell = number(value, w.Unit)
			}
			line = append(line, cell)
		}
		ratio, met := "", ""
		if w.Ratio != nil {
			ratio = fmt.Sprintf("%.2f", *w.Ratio)
		}
		if w.Met != nil {
			met = map[bool]string{true: "met", false: "MISSED"}[*w.Met]
		}
		lines = append(lines, append(line, ratio, w.Goal, met))
	}
	widths := make([]int, len(head))
	for _, line := range lines {
		if len(line) > 1 { // a section's title may hang over
			for i, cell := range line {
				widths[i] = max(widths[i], len(cell))
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d CPUs; medians of %d cold runs; ratio: %s to %s (first usable input: to %s)\n\n",
		r.Browser, r.CPUs, r.Runs, ours, amplify, authenticator)
	for _, line := range lines {
		var out strings.Builder
		for i, cell := range line {
			if i == 0 || i > len(products)+1 {
				fmt.Fprintf(&out, "%-*s  ", widths[i], cell)
			} else {
				fmt.Fprintf(&out, "%*s  ", widths[i], cell)
			}
		}
		b.WriteString(strings.TrimRight(out.String(), " ") + "\n")
	}
	return b.String()
}

// number writes counts whole and times with the digits that mean something.
func number(value float64, unit string) string {
	switch {
	case unit == "bytes":
		text := fmt.Sprintf("%.0f", value)
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
		return text
	case unit == "requests":
		return fmt.Sprintf("%.0f", value)
	case value < 10:
		return fmt.Sprintf("%.2f", value)
	case value < 100:
		return fmt.Sprintf("%.1f", value)
	}
	return fmt.Sprintf("%.0f", value)
}
