//go:build js && wasm

package jsbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// Fetch is an HTTP client by the Fetch API. It sends no cookies and keeps nothing
// in the cache. Its errors are *core.Error or those of the request's context.
type Fetch struct{ Network core.Network }

// attemptTimeout bounds one request. A connection that died silently is given up
// while a person still waits.
const attemptTimeout = 15 * time.Second

// maxBody bounds an answer's body: nothing that is meant for this client comes near.
const maxBody = 4 << 20

func (f Fetch) Do(r *http.Request) (*http.Response, error) {
	if !f.Network.Online() {
		return nil, core.NetworkError("The browser is offline.", core.ErrOffline)
	}
	ctx, cancel := context.WithTimeout(r.Context(), attemptTimeout)
	defer cancel()
	awake, cancel := untilAwake(ctx)
	defer cancel()
	resp, err := fetch(awake, r)
	switch {
	case err == nil:
		return resp, nil
	case r.Context().Err() != nil:
		return nil, r.Context().Err()
	case ctx.Err() != nil:
		e := core.AsError(ctx.Err())
		e.Message = r.URL.Host + " did not answer in time."
		return nil, e
	}
	// The Fetch standard hides the reason from scripts.
	return nil, core.NetworkError(r.URL.Host+" could not be reached, or it does not allow this page's origin (CORS).", err)
}

// An answer may take afterSleep more where the page has slept, frozen or with its
// computer, and learns of the deadline late: by then it may have come, with tokens that
// nobody gets again.
const (
	late       = 100 * time.Millisecond
	afterSleep = 5 * time.Second
)

// untilAwake ends with ctx, and afterSleep later where that is late.
func untilAwake(ctx context.Context) (context.Context, context.CancelFunc) {
	awake, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if deadline, ok := ctx.Deadline(); ok && time.Since(deadline) > late {
			select {
			case <-time.After(afterSleep):
			case <-awake.Done():
			}
		}
		cancel()
	})
	return awake, func() {
		stop()
		cancel()
	}
}

func fetch(ctx context.Context, r *http.Request) (*http.Response, error) {
	aborter := must(global("AbortController").New())
	defer context.AfterFunc(ctx, func() { must(aborter.Call("abort")) })()
	headers := must(global("Headers").New())
	for name, values := range r.Header {
		for _, v := range values {
			if _, err := headers.Call("append", name, v); err != nil {
				return nil, err
			}
		}
	}
	options := map[string]any{
		"method": r.Method, "headers": headers, "signal": get(aborter, "signal"),
		"credentials": "omit", "cache": "no-store",
		"redirect": "error", // 307 and 308 would carry passwords and tokens elsewhere
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body.Close()
		if len(body) > 0 {
			options["body"] = bytesOf(body)
		}
	}
	started, err := safejs.Global().Call("fetch", r.URL.String(), object(options))
	if err != nil {
		return nil, err
	}
	resp, err := await(ctx, started)
	if err != nil {
		return nil, err
	}
	reading, err := resp.Call("arrayBuffer")
	if err != nil {
		return nil, err
	}
	buffer, err := await(ctx, reading)
	if err != nil {
		return nil, err
	}
	body, err := goBytes(buffer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: text(resp, "statusText"), StatusCode: must(get(resp, "status").Int()),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: headerOf(get(resp, "headers")), Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// headerOf reads all headers in one crossing.
func headerOf(headers safejs.Value) http.Header {
	list := must(global("Array").Call("from", headers))
	var pairs [][2]string
	if err := json.Unmarshal([]byte(must(must(global("JSON").Call("stringify", list)).String())), &pairs); err != nil {
		panic(err)
	}
	out := http.Header{}
	for _, p := range pairs {
		out.Add(p[0], p[1])
	}
	return out
}

// bytesOf makes a Uint8Array.
func bytesOf(b []byte) safejs.Value {
	v := must(global("Uint8Array").New(len(b)))
	must(safejs.CopyBytesToJS(v, b))
	return v
}

var errTooLarge = errors.New("the answer is too large")

// goBytes copies an ArrayBuffer.
func goBytes(buffer safejs.Value) ([]byte, error) {
	v := must(global("Uint8Array").New(buffer))
	n := must(v.Length())
	if n > maxBody {
		return nil, errTooLarge
	}
	b := make([]byte, n)
	must(safejs.CopyBytesToGo(b, v))
	return b, nil
}
