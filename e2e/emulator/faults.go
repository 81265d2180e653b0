package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault makes the next Count requests of an operation go wrong before the operation runs. A drop may also come
// after: that is kind "dropReply", when the operation has run and its answer is lost.
type Fault struct {
	Operation string `json:"operation"` // "InitiateAuth", "oauth2/token", …; "*" is every operation
	Kind      string `json:"kind"`      // one of faultKinds; none clears
	Region    string `json:"region"`    // primary or secondary; both if absent
	Count     int    `json:"count"`     // how many requests; 1 if absent, endless if negative
	DelayMs   int    `json:"delayMs"`   // the answer waits so long, whatever the kind
}

type faultKey struct{ operation, region string }

var faultKinds = []string{"status500", "throttle", "drop", "dropReply", "slow", "html", "wafBlock", "wafCaptcha", "none"}

// A web ACL's refusals, whatever its rule's action, reach an API caller as these words; the page's script earns a token
// that lets a request through (AWS WAF developer guide, "Intelligent threat JavaScript API").
var wafRefusals = map[string]string{
	"wafBlock":   "Request not allowed due to WAF block.",
	"wafCaptcha": "Request not allowed due to WAF captcha.",
}

const wafToken = "X-Aws-Waf-Token"

// InjectFault sets the fault of an operation; a later one of the same operation replaces it.
func (s *Server) InjectFault(f Fault) error {
	if !slices.Contains([]string{"", primaryRegion, secondaryRegion}, f.Region) {
		return fmt.Errorf("a fault's region is %s, %s or absent", primaryRegion, secondaryRegion)
	}
	if f.Operation == "" || !slices.Contains(faultKinds, f.Kind) || f.DelayMs < 0 {
		return fmt.Errorf("a fault needs an operation (or \"*\") and a kind of %s", strings.Join(faultKinds, ", "))
	}
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	switch {
	case f.Kind == "none":
		maps.DeleteFunc(s.control.faults, func(k faultKey, _ *Fault) bool {
			return (f.Operation == "*" || f.Operation == k.operation) && (f.Region == "" || f.Region == k.region)
		})
	default:
		if f.Count == 0 {
			f.Count = 1
		}
		if s.control.faults == nil {
			s.control.faults = map[faultKey]*Fault{}
		}
		s.control.faults[faultKey{f.Operation, f.Region}] = &f
	}
	return nil
}

// ClearFaults removes every fault.
func (s *Server) ClearFaults() { s.InjectFault(Fault{Operation: "*", Kind: "none"}) }

// HasFault reports whether the next call of the operation to the primary Region meets a fault.
func (s *Server) HasFault(operation string) bool {
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	for _, key := range faultKeys(operation, primaryRegion) {
		if s.control.faults[key] != nil {
			return true
		}
	}
	return false
}

// faultKeys are the faults that a call may meet, the closest first.
func faultKeys(operation, region string) []faultKey {
	return []faultKey{{operation, region}, {operation, ""}, {"*", region}, {"*", ""}}
}

// takeFault uses one of an operation's faults up. A web ACL's refusal does not meet a request that carries a token.
func (o *control) takeFault(operation, region string, pass bool) (Fault, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, key := range faultKeys(operation, region) {
		f := o.faults[key]
		if f == nil || pass && wafRefusals[f.Kind] != "" {
			continue
		}
		taken := *f
		if f.Count > 0 {
			if f.Count--; f.Count == 0 {
				delete(o.faults, key)
			}
		}
		return taken, true
	}
	return Fault{}, false
}

// fault applies the operation's fault, if there is one, and reports whether that already answered the request.
func (o *control) fault(c *call, w http.ResponseWriter) bool {
	f, ok := o.takeFault(c.operation, c.region, c.http.Header.Get(wafToken) != "")
	if !ok {
		return false
	}
	c.fault = f.Kind
	if f.DelayMs > 0 {
		timer := time.NewTimer(time.Duration(f.DelayMs) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			o.record(c, 0, "")
			panic(http.ErrAbortHandler)
		}
	}
	switch f.Kind {
	case "status500":
		o.record(c, http.StatusInternalServerError, string(internalError))
		c.writeRefusal(w, asException(fail(internalError, "Injected fault.")))
	case "throttle":
		o.record(c, http.StatusBadRequest, string(tooManyRequests))
		c.writeRefusal(w, asException(fail(tooManyRequests, "Rate exceeded")))
	case "wafBlock", "wafCaptcha":
		o.record(c, http.StatusForbidden, string(forbidden))
		c.writeRefusal(w, asException(fail(forbidden, "%s", wafRefusals[f.Kind])))
	case "html": // what a captive portal answers: only the content tells
		o.record(c, http.StatusOK, "")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><title>Welcome</title><p>Please sign in to this network.")
	case "drop":
		o.drop(c, w)
	default: // slow, dropReply
		return false
	}
	return true
}

// drop closes the connection without an answer. Browsers send a request again by themselves when a kept-alive
// connection closes without a byte, which would hide the fault: they get the beginning of an answer, one that no
// origin may read.
func (o *control) drop(c *call, w http.ResponseWriter) {
	o.record(c, 0, "")
	if c.http.Header.Get("Origin") != "" {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n{")
			conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
