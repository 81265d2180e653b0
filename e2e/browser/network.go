package browser

import (
	"net/url"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
)

// Request is one request the page made, preflights included.
type Request struct {
	Method string
	URL    string
	Type   string // the browser's resource type: Document, Script, Fetch, Preflight ...
	Header map[string]string
	Status int    // 0 while there is no response
	Failed string // the browser's error text, such as net::ERR_FAILED
}

// Path is the path of the request's URL.
func (r Request) Path() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return u.Path
}

// Requests returns the requests since the tab was opened or ForgetRequests was called.
func (tab *Tab) Requests() []Request {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	list := make([]Request, len(tab.requests))
	for i, r := range tab.requests {
		list[i] = *r
	}
	return list
}

// ForgetRequests empties the list of Requests.
func (tab *Tab) ForgetRequests() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.requests = nil
	clear(tab.byID)
}

// Fetched reports whether the page has asked for the path, on any host and from the cache as well.
func (tab *Tab) Fetched(path string) bool {
	for _, r := range tab.Requests() {
		if r.Path() == path {
			return true
		}
	}
	return false
}

func (tab *Tab) onNetwork(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r := &Request{Method: e.Request.Method, URL: e.Request.URL, Type: string(e.Type), Header: map[string]string{}}
		for name, value := range e.Request.Headers {
			r.Header[name], _ = value.(string)
		}
		// A redirect reuses the id: the entry of the earlier hop stays in the list.
		tab.byID[e.RequestID] = r
		tab.requests = append(tab.requests, r)
	case *network.EventResponseReceived:
		if r := tab.byID[e.RequestID]; r != nil {
			r.Status = int(e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if r := tab.byID[e.RequestID]; r != nil {
			r.Failed = e.ErrorText
		}
	}
}

// Offline cuts the page off from the network (navigator.onLine becomes false and every request
// fails), or connects it again.
func (tab *Tab) Offline(offline bool) {
	tab.t.Helper()
	rule := &network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}},
	}
	err := tab.change(conditions{offline: rule}, func(c *conditions) { c.offline = rule })
	if err == nil {
		_, err = chromedp.Call(tab.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
		})
	}
	if err != nil {
		tab.t.Fatalf("browser: offline: %v", err)
	}
}

// Block makes every request to a matching URL fail; * stands for any text. Without patterns nothing
// is blocked any more.
func (tab *Tab) Block(patterns ...string) {
	tab.t.Helper()
	var block []*network.BlockPattern
	for _, p := range patterns {
		block = append(block, &network.BlockPattern{URLPattern: p, Block: true})
	}
	params := &network.SetBlockedURLsParams{URLPatterns: block}
	if err := tab.change(conditions{block: params}, func(c *conditions) { c.block = params }); err != nil {
		tab.t.Fatalf("browser: block: %v", err)
	}
}

// TrustAnyCertificate makes the tab take certificates that nobody vouches for.
func (tab *Tab) TrustAnyCertificate() {
	tab.t.Helper()
	command(tab, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
}
