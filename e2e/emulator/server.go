package emulator

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options configure a Server. The zero value is usable.
type Options struct {
	// BaseURL is the origin that clients reach the server at, without a trailing slash. Tokens are issued by
	// BaseURL + "/" + pool id. Start fills it in; http://127.0.0.1:9229 otherwise.
	BaseURL string
	// CallbackOrigin is the origin of the demo site; the seeded clients allow its /callback and /signed-out.
	// http://localhost:8080 if empty.
	CallbackOrigin string
	// Now is the clock that Advance moves; time.Now if nil.
	Now func() time.Time
	// Data is the file that keeps everything over restarts (Open); in memory only if empty.
	Data string
	// Limits of a real account that are on from the start (SetLimits).
	Limits Limits
	// Logf receives one line per failed Lambda trigger call and per internal error; nothing is logged if nil.
	Logf func(format string, args ...any)
}

// Server is the local Cognito: an http.Handler with all its state in memory, and in a file if it has one.
type Server struct {
	options Options
	handler http.Handler
	http    *http.Server // only of a server made by Start

	control control // clock, faults, calls, outbox: has its own lock

	services map[string]service // by the prefix of X-Amz-Target

	rates   rates
	journal *journal // nil: in memory only

	mu    sync.Mutex // guards everything below
	state state
}

// New returns an empty server in memory, whatever Options.Data says. See Seed for fixtures and Start for a listening one.
func New(options Options) *Server { return newServer(options, nil) }

// Open returns a server with the state of the file Options.Data, which is made if there is none, until Close.
func Open(options Options) (*Server, error) {
	if options.Data == "" {
		return New(options), nil
	}
	j, err := openJournal(options.Data)
	if err != nil {
		return nil, err
	}
	s := newServer(options, j)
	if err := s.load(); err != nil {
		j.close()
		return nil, err
	}
	return s, nil
}

func newServer(options Options, j *journal) *Server {
	options.BaseURL = strings.TrimSuffix(options.BaseURL, "/")
	if options.BaseURL == "" {
		options.BaseURL = "http://127.0.0.1:9229"
	}
	if options.CallbackOrigin == "" {
		options.CallbackOrigin = "http://localhost:8080"
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logf == nil {
		options.Logf = func(string, ...any) {}
	}
	s := &Server{options: options, services: services(), journal: j, state: newState(j), control: control{journal: j}, rates: rates{on: options.Limits}}
	mux := http.NewServeMux()
	s.routes(mux)
	s.handler = s.cors(s.echo(mux))
	return s
}

// Start seeds a new server and serves it on a free port of 127.0.0.1 until Close.
func Start(options Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if options.BaseURL == "" {
		options.BaseURL = "http://" + listener.Addr().String()
	}
	s, err := Open(options)
	if err == nil {
		err = s.Seed()
	}
	if err != nil {
		listener.Close()
		return nil, err
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(listener)
	return s, nil
}

// URL is the origin of the server, without a trailing slash.
func (s *Server) URL() string { return s.options.BaseURL }

// Close stops a server that Start made, and lets the data file go.
func (s *Server) Close() error {
	var err error
	if s.http != nil {
		err = s.http.Close()
	}
	return errors.Join(err, s.commit(), s.journal.close())
}

// routes is the table of everything that is served. Each HTTP route carries the operation name that faults and
// calls know it by; the operations of POST / bring their own (registry.go).
func (s *Server) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /{$}", s.serveRPC)
	s.controlRoutes(mux)
	s.issuerRoutes(mux)
	s.appConfigRoutes(mux)
	s.pageRoutes(mux)
	for _, routes := range [][]route{
		discoveryRoutes, oauthRoutes,
	} {
		for _, r := range routes {
			mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) {
				s.serveRoute(w, req, r)
			})
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "The local Cognito serves nothing at "+r.Method+" "+r.URL.Path, http.StatusNotFound)
	})
}

// route is a path of the user-pool domain or of an issuer.
type route struct {
	pattern   string // as http.ServeMux takes it
	operation string // as faults and calls name it
	serve     func(*call, http.ResponseWriter)
}

func (s *Server) serveRoute(w http.ResponseWriter, req *http.Request, r route) {
	c := s.newCall(req, r.operation)
	out := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	if s.control.fault(c, out) {
		return
	}
	if c.secondary() && slices.Contains(primaryPages, r.operation) {
		c.errorPage(out, asException(errReadOnly()).message)
		s.control.record(c, out.status, string(operationNotEnabled))
		return
	}
	if c.fault == "dropReply" {
		r.serve(c, httptest.NewRecorder())
		s.control.drop(c, w)
		return
	}
	r.serve(c, out)
	s.control.record(c, out.status, "")
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// ServeHTTP serves the three AWS services on POST /, the user-pool domain, issuers and the control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			s.options.Logf("panic in %s %s: %v", r.Method, r.URL.Path, p)
			http.Error(w, fmt.Sprint("the local Cognito failed: ", p), http.StatusInternalServerError)
		}
	}()
	// Clients learn their clock skew from Date, so it follows the movable clock.
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("x-amzn-RequestId", uuid())
	if s.journal == nil {
		s.handler.ServeHTTP(w, r)
		return
	}
	held := &heldResponse{ResponseWriter: w}
	s.handler.ServeHTTP(held, r)
	held.release(s.commit())
}

// heldResponse keeps an answer back until what it acknowledges is on the disk.
type heldResponse struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *heldResponse) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *heldResponse) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(b)
}

func (h *heldResponse) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// release sends the answer. Without one, the connection was taken over.
func (h *heldResponse) release(err error) {
	switch {
	case err != nil:
		http.Error(h.ResponseWriter, "the local Cognito failed: "+err.Error(), http.StatusInternalServerError)
	case h.status != 0:
		h.ResponseWriter.WriteHeader(h.status)
		h.ResponseWriter.Write(h.body.Bytes())
	}
}

// cors answers preflights, and opens the answers to any origin, as the real endpoints do. The local faults and
// control endpoints are open alike, so that pages under test reach them.
func (s *Server) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if r.Header.Get("Origin") != "" {
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date")
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
			h.Set("Access-Control-Allow-Headers", headers)
		}
		method := "POST"
		if r.URL.Path != "/" {
			method = "GET, HEAD, POST, PUT, PATCH, DELETE"
		}
		h.Set("Access-Control-Allow-Methods", method)
		h.Set("Access-Control-Max-Age", "172800")
		h.Set("Content-Length", "0")
	})
}

// call is one request in service: what every handler gets.
type call struct {
	*Server
	ctx       context.Context
	http      *http.Request
	operation string
	region    string    // primary or secondary (replicas.go)
	now       time.Time // the movable clock, read once
	fault     string    // the injected fault, if any
}

func (s *Server) newCall(r *http.Request, operation string) *call {
	return &call{Server: s, ctx: r.Context(), http: r, operation: operation, region: regionOf(r), now: s.Now()}
}

// uuid returns a random UUID (RFC 9562, version 4).
func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	return formatUUID(b)
}

func formatUUID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
