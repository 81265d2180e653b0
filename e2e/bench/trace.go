package main

import (
	"encoding/json"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e/browser"
)

// tasks is what the main thread of a page did between two performance marks.
type tasks struct {
	CPU     float64 // ms of CPU time
	Longest float64 // ms that the longest task took
}

type traceEvent struct {
	Name       string  `json:"name"`
	Phase      string  `json:"ph"`
	PID        int     `json:"pid"`
	TID        int     `json:"tid"`
	Start      float64 `json:"ts"`   // µs
	Duration   float64 `json:"dur"`  // µs
	ThreadTime float64 `json:"tdur"` // µs of CPU
}

// trace evaluates an expression in the page, awaits it and says what the main thread has done for it. The expression
// runs in a task of its own, so that nothing of the evaluation itself is counted.
func trace(s *scenario, tab *browser.Tab, expression string) tasks {
	ctx := tab.Context()
	_, err := chromedp.Call(ctx, tracing.Start, tracing.StartParams{
		TransferMode: tracing.StartTransferModeReturnAsStream,
		TraceConfig: &tracing.TraceConfig{
			IncludedCategories: []string{"blink.user_timing", "disabled-by-default-devtools.timeline"}, ExcludedCategories: []string{"*"},
		},
	})
	if err != nil {
		s.Fatalf("start the trace: %v", err)
	}
	tab.Run(`new Promise((resolve, reject) => setTimeout(async () => {
  performance.mark('bench:start');
  try { await (` + expression + `); performance.mark('bench:end'); setTimeout(resolve); } catch (error) { reject(error); }
}))`)
	complete := chromedp.Events(ctx, tracing.TracingComplete)
	if _, err := chromedp.Call(ctx, tracing.End, cdp.Empty{}); err != nil {
		s.Fatalf("end the trace: %v", err)
	}
	var stream io.StreamHandle
	for end, err := range complete {
		if err != nil {
			s.Fatalf("end the trace: %v", err)
		}
		stream = end.Stream
		break
	}
	var text []byte
	for {
		part, err := chromedp.Call(ctx, io.Read, io.ReadParams{Handle: stream})
		if err != nil {
			s.Fatalf("read the trace: %v", err)
		}
		text = append(text, part.Data...)
		if part.EOF {
			break
		}
	}
	chromedp.Call(ctx, io.Close, io.CloseParams{Handle: stream})
	var file struct{ TraceEvents []traceEvent }
	if err := json.Unmarshal(text, &file); err != nil {
		s.Fatalf("the trace: %v", err)
	}
	return between(s, file.TraceEvents)
}

func between(s *scenario, events []traceEvent) tasks {
	mark := func(name string) traceEvent {
		i := slices.IndexFunc(events, func(e traceEvent) bool { return e.Name == name })
		if i < 0 {
			s.Fatalf("the trace has no mark %s", name)
		}
		return events[i]
	}
	start, end := mark("bench:start"), mark("bench:end")
	var sum tasks
	for _, e := range events {
		if e.Phase != "X" || e.PID != start.PID || e.TID != start.TID || e.Name != "RunTask" {
			continue
		}
		if e.Start+e.Duration < start.Start || e.Start > end.Start {
			continue
		}
		sum.CPU += e.ThreadTime / 1000
		sum.Longest = max(sum.Longest, e.Duration/1000)
	}
	if sum.CPU == 0 {
		s.Fatalf("the trace has no tasks of the page, or no CPU time of them")
	}
	return sum
}
