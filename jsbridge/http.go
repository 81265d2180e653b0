//go:build js && wasm

package jsbridge

import (
	"context"
	"io"
	"net/http"
	"strings"

	"amplify-auth/core"
)

// Send makes a request that needs no preflight.
func (f Fetch) Send(ctx context.Context, r core.HTTPRequest) (core.HTTPResponse, error) {
	method, body := http.MethodGet, ""
	if r.Form != nil {
		method, body = http.MethodPost, r.Form.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, r.URL, strings.NewReader(body))
	if err != nil {
		return core.HTTPResponse{}, err
	}
	if r.Form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := f.Do(request)
	if err != nil {
		return core.HTTPResponse{}, err
	}
	out := core.HTTPResponse{Status: resp.StatusCode, Date: core.DateOf(resp.Header.Get)} // of another origin it is seldom shown
	out.Body, err = io.ReadAll(resp.Body)
	return out, err
}
