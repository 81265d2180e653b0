package webdriver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"amplify-auth/e2e/browser"
)

// ErrNoWebKit says in one line what a machine without WebKit's driver needs.
var ErrNoWebKit = errors.New("no WebKitWebDriver and Xvfb found: install them (Debian: apt-get install webkit2gtk-driver xvfb)")

// InstallWebKit installs Debian's packages when they are missing and the process may do so.
func InstallWebKit() error {
	missing := func() error {
		_, driverErr := exec.LookPath("WebKitWebDriver")
		_, screenErr := exec.LookPath("Xvfb")
		if driverErr != nil || screenErr != nil {
			return ErrNoWebKit
		}
		return nil
	}
	if missing() == nil {
		return nil
	}
	if err := browser.Install(ErrNoWebKit, "webkit2gtk-driver", "xvfb"); err != nil {
		return err
	}
	return missing()
}

// webkit is a window of WebKitGTK's MiniBrowser, which WebKitWebDriver drives: the commands of W3C WebDriver 1.
type webkit struct {
	session *session
	handle  string
}

// session is what the windows share. Commands go to the window that is the current one.
type session struct {
	url     string // with its id
	current string
	known   map[string]bool // handles
}

// StartWebKit starts MiniBrowser on a screen that nobody sees. Its storage is new and ends with it.
func StartWebKit(t browser.T) *Page {
	t.Helper()
	p := &Page{t: t}
	display, err := screen(t)
	p.must(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	driver := exec.Command("WebKitWebDriver", "--port="+port)
	driver.Env = append(os.Environ(), "DISPLAY="+display, "GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1")
	p.must(driver.Start())
	t.Cleanup(func() {
		driver.Process.Kill()
		driver.Wait()
	})

	base := "http://127.0.0.1:" + port
	if !poll(func() bool { return send(http.MethodGet, base+"/status", nil, nil) == nil }) {
		t.Fatalf("webdriver: WebKitWebDriver does not answer after %v", browser.Patience)
	}
	var made struct{ SessionID string }
	p.must(send(http.MethodPost, base+"/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{}}}, &made))
	s := &session{url: base + "/session/" + made.SessionID}
	t.Cleanup(func() { send(http.MethodDelete, s.url, nil, nil) })
	p.must(send(http.MethodGet, s.url+"/window", nil, &s.current))
	s.known = map[string]bool{s.current: true}
	p.d = &webkit{s, s.current}
	return p
}

// screen starts an X server without a screen, and returns its display.
func screen(t browser.T) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{w}
	err = server.Start()
	w.Close()
	if err != nil {
		return "", err
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	number, err := io.ReadAll(io.LimitReader(r, 16)) // Xvfb closes it
	if err != nil || len(number) == 0 {
		return "", errors.Join(errors.New("start Xvfb: it names no display"), err)
	}
	return ":" + strings.TrimSpace(string(number)), nil
}

var client = http.Client{Timeout: 2 * browser.Patience}

// send runs a command; out takes the value of the answer.
func send(method, url string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, url, answer.Value)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, out)
}

func (w *webkit) send(method, command string, in, out any) error {
	if w.session.current != w.handle {
		if err := send(http.MethodPost, w.session.url+"/window", map[string]any{"handle": w.handle}, nil); err != nil {
			return err
		}
		w.session.current = w.handle
	}
	return send(method, w.session.url+command, in, out)
}

func (w *webkit) Open(url string) error {
	return w.send(http.MethodPost, "/url", map[string]any{"url": url}, nil)
}

func (w *webkit) Reload() error {
	return w.send(http.MethodPost, "/refresh", map[string]any{}, nil)
}

func (w *webkit) Front() error {
	return w.send(http.MethodGet, "/window", nil, nil)
}

func (w *webkit) Another() (driver, error) {
	var made struct{ Handle string }
	if err := w.send(http.MethodPost, "/window/new", map[string]any{"type": "window"}, &made); err != nil {
		return nil, err
	}
	w.session.known[made.Handle] = true
	return &webkit{w.session, made.Handle}, nil
}

func (w *webkit) Opened() (driver, error) {
	var handles []string
	if err := w.send(http.MethodGet, "/window/handles", nil, &handles); err != nil {
		return nil, err
	}
	for _, handle := range handles {
		if !w.session.known[handle] {
			w.session.known[handle] = true
			return &webkit{w.session, handle}, nil
		}
	}
	return nil, nil
}

func (w *webkit) Evaluate(expression string) (string, error) {
	var got struct{ Value, Error string }
	err := w.send(http.MethodPost, "/execute/async", map[string]any{"args": []any{}, "script": `const done = arguments[0];
(async () => ` + asJSON(expression) + `)().then((value) => done({ value }), (error) => done({ error: String(error) }));`}, &got)
	if err == nil && got.Error != "" {
		err = errors.New(got.Error)
	}
	return got.Value, err
}

type action = map[string]any

func (w *webkit) perform(source action) error {
	return w.send(http.MethodPost, "/actions", action{"actions": []action{source}}, nil)
}

func (w *webkit) Click(x, y float64) error {
	return w.perform(action{"type": "pointer", "id": "mouse", "parameters": action{"pointerType": "mouse"}, "actions": []action{
		{"type": "pointerMove", "x": int(x), "y": int(y), "duration": 0}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0},
	}})
}

func (w *webkit) Type(text string) error {
	var keys []action
	for _, key := range text {
		keys = append(keys, action{"type": "keyDown", "value": string(key)}, action{"type": "keyUp", "value": string(key)})
	}
	return w.perform(action{"type": "key", "id": "keyboard", "actions": keys})
}
