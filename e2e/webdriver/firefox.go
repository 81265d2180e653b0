package webdriver

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"amplify-auth/e2e/browser"
)

// ErrNoFirefox says in one line what a machine without Firefox needs.
var ErrNoFirefox = errors.New("no Firefox found: install it (Debian: apt-get install firefox-esr)")

// FindFirefox returns the path of Firefox, and installs Debian's package first when there is none and the process may do so.
func FindFirefox() (string, error) {
	find := func() (string, error) {
		for _, name := range []string{"firefox-esr", "firefox"} {
			if path, err := exec.LookPath(name); err == nil {
				return path, nil
			}
		}
		return "", ErrNoFirefox
	}
	if path, err := find(); err == nil {
		return path, nil
	}
	if err := browser.Install(ErrNoFirefox, "firefox-esr"); err != nil {
		return "", err
	}
	return find()
}

// bridge is a program that drives a browser: it reads commands and writes answers, each a line of JSON.
type bridge struct {
	in  io.Writer
	out chan string // closed when the program has ended
}

// window is one of a bridge's.
type window struct {
	bridge *bridge
	number int
}

// StartBridge starts a program that drives a browser by other means. Commands are
//
//	{"do": "open" | "reload" | "evaluate" | "click" | "type" | "another" | "front" | "opened", "window": 0, "url", "expression", "x", "y", "text"}
//
// and answers {"value": ...} or {"error": "why"}; the value of "another" is the number of a window, so is that of "opened",
// or null. The program ends when its input does.
func StartBridge(t browser.T, program *exec.Cmd) *Page {
	t.Helper()
	p := &Page{t: t}
	in, err := program.StdinPipe()
	p.must(err)
	out, err := program.StdoutPipe()
	p.must(err)
	program.Stderr = os.Stderr
	p.must(program.Start())
	b := &bridge{in, make(chan string)}
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			b.out <- lines.Text()
		}
		close(b.out)
	}()
	t.Cleanup(func() {
		in.Close() // it closes its browser and ends
		late := time.AfterFunc(browser.Patience, func() { program.Process.Kill() })
		defer late.Stop()
		for range b.out {
		}
		program.Wait()
	})
	p.d = &window{bridge: b}
	return p
}

func (w *window) ask(command map[string]any) (json.RawMessage, error) {
	command["window"] = w.number
	text, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(w.bridge.in, "%s\n", text); err != nil {
		return nil, err
	}
	select {
	case line, ok := <-w.bridge.out:
		if !ok {
			return nil, fmt.Errorf("the program has ended before it answered %s", text)
		}
		var answer struct {
			Value json.RawMessage
			Error string
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		if answer.Error != "" {
			return nil, errors.New(answer.Error)
		}
		return answer.Value, nil
	case <-time.After(2 * browser.Patience):
		return nil, fmt.Errorf("no answer to %s after %v", text, 2*browser.Patience)
	}
}

func (w *window) do(command map[string]any) error {
	_, err := w.ask(command)
	return err
}

func (w *window) Open(url string) error { return w.do(map[string]any{"do": "open", "url": url}) }
func (w *window) Reload() error         { return w.do(map[string]any{"do": "reload"}) }
func (w *window) Front() error          { return w.do(map[string]any{"do": "front"}) }
func (w *window) Type(text string) error {
	return w.do(map[string]any{"do": "type", "text": text})
}
func (w *window) Click(x, y float64) error {
	return w.do(map[string]any{"do": "click", "x": x, "y": y})
}

func (w *window) Evaluate(expression string) (text string, err error) {
	value, err := w.ask(map[string]any{"do": "evaluate", "expression": asJSON(expression)})
	if err != nil {
		return "", err
	}
	return text, json.Unmarshal(value, &text)
}

func (w *window) Another() (driver, error) { return w.newer("another") }
func (w *window) Opened() (driver, error)  { return w.newer("opened") }

func (w *window) newer(command string) (driver, error) {
	value, err := w.ask(map[string]any{"do": command})
	if err != nil {
		return nil, err
	}
	var number *int
	if err := json.Unmarshal(value, &number); err != nil || number == nil {
		return nil, err
	}
	return &window{w.bridge, *number}, nil
}
