// Package site serves the demo site: dist/ and web/demo at the root, the two configuration files that
// point at a local Cognito, the API of the shop, and the single-page app (web/demo/spa) on every other path.
package site

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"amplify-auth/web/docs"
)

// Options say what a Site serves.
type Options struct {
	Root    string // directory of the repository
	Dist    string // the build it serves; "" is dist/ of Root
	Origin  string // the site's own origin, such as http://localhost:8080
	Cognito Cognito
	// SignedBy tells by whose AWS credentials a request to the API is signed; nil leaves the API out.
	SignedBy func(*http.Request) (identityID string, err error)
	// CSP is the Content-Security-Policy of the HTML pages; "" is the strict one of CSP, "none" sends no header.
	CSP string
}

// Cognito is the local Cognito that the configuration files name.
type Cognito struct {
	URL            string // origin, such as http://127.0.0.1:9229
	UserPoolID     string
	ClientID       string
	IdentityPoolID string
	Replica        *Replica // the pool's second Region, if it has one
}

// Replica is the second Region of a user pool.
type Replica struct {
	Region   string `json:"region"`
	Endpoint string `json:"endpoint"` // origin
}

// Site is the demo site's http.Handler.
type Site struct {
	options Options
	dirs    []string

	mu    sync.Mutex
	pages map[string]page
}

// New makes the site of a repository; dist/ must have been built when a page asks for it, not before.
func New(o Options) *Site {
	if o.CSP == "" {
		o.CSP = CSP(o.Cognito.origins())
	}
	if o.Dist == "" {
		o.Dist = filepath.Join(o.Root, "dist")
	}
	return &Site{
		options: o,
		dirs:    []string{o.Dist, filepath.Join(o.Root, "web", "demo")},
		pages:   map[string]page{},
	}
}

// origins are those that pages talk to.
func (c Cognito) origins() string {
	if c.Replica == nil {
		return c.URL
	}
	return c.URL + " " + c.Replica.Endpoint
}

// CSP is the policy that the product promises to work under: no inline script or style, no eval but WebAssembly.
func CSP(cognitoURL string) string {
	return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self' " + cognitoURL + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// page is a document that a test adds.
type page struct {
	text, csp string
	headers   map[string]string
}

// Page serves text at a path: HTML, unless the path ends in another known type such as .js. A csp that is
// not empty takes the place of Options.CSP.
func (s *Site) Page(path, text, csp string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = page{text: text, csp: csp}
}

// PageHeader sets a response header of a page that Page has added.
func (s *Site) PageHeader(path, name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pages[path]
	p.headers = maps.Clone(p.headers)
	if p.headers == nil {
		p.headers = map[string]string{}
	}
	p.headers[name] = value
	s.pages[path] = p
}

// types are stated rather than asked of the operating system, whose table may say anything.
var types = map[string]string{
	".css":  "text/css; charset=utf-8",
	".gz":   "application/gzip",
	".html": "text/html; charset=utf-8",
	".ico":  "image/x-icon",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".map":  "application/json",
	".png":  "image/png",
	".svg":  "image/svg+xml",
	".ts":   "text/plain; charset=utf-8",
	".wasm": "application/wasm",
	".br":   "application/octet-stream",
}

// ServeHTTP answers GET and HEAD.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are served here", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	switch r.URL.Path {
	case "/favicon.ico": // browsers ask on their own; the app links its icon
		w.WriteHeader(http.StatusNoContent)
		return
	case "/awsconfiguration.json":
		writeJSON(w, s.options.AWSConfiguration())
		return
	case "/amplify_outputs.json":
		writeJSON(w, s.options.AmplifyOutputs())
		return
	case "/demo.json":
		writeJSON(w, map[string]any{"cognito": s.options.Cognito.URL, "replica": s.options.Cognito.Replica})
		return
	}
	if s.options.SignedBy != nil && s.serveAPI(w, r) {
		return
	}
	if s.servePage(w, r.URL.Path) || s.serveDocs(w, r.URL.Path) {
		return
	}
	clean := path.Clean("/" + r.URL.Path)
	for _, dir := range s.dirs {
		if clean != "/" && s.serveFile(w, r, filepath.Join(dir, filepath.FromSlash(clean))) {
			return
		}
	}
	// A missing script must not come as HTML; any other path is the single-page app's.
	if types[path.Ext(clean)] != "" && path.Ext(clean) != ".html" {
		http.NotFound(w, r)
		return
	}
	index := filepath.Join(s.options.Root, "web", "demo", "index.html")
	if clean != "/" {
		index = filepath.Join(s.options.Root, "web", "demo", "spa", "index.html")
	}
	if !s.serveFile(w, r, index) {
		http.NotFound(w, r)
	}
}

func (s *Site) servePage(w http.ResponseWriter, name string) bool {
	s.mu.Lock()
	p, ok := s.pages[name]
	s.mu.Unlock()
	if !ok {
		return false
	}
	kind := types[path.Ext(name)]
	if kind == "" {
		kind = types[".html"]
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	if kind == types[".html"] {
		s.setCSP(w, p.csp)
	}
	for name, value := range p.headers {
		w.Header().Set(name, value)
	}
	fmt.Fprint(w, p.text)
	return true
}

// serveDocs serves web/docs at /docs/.
func (s *Site) serveDocs(w http.ResponseWriter, path string) bool {
	name, ok := strings.CutPrefix(path, "/docs/")
	if name == "" {
		name = "README"
	}
	text, err := docs.Render(name)
	if !ok || err != nil {
		return false
	}
	w.Header().Set("Content-Type", types[".html"])
	w.Header().Set("Cache-Control", "no-cache")
	s.setCSP(w, "")
	w.Write(text)
	return true
}

func (s *Site) setCSP(w http.ResponseWriter, csp string) {
	if csp == "" {
		csp = s.options.CSP
	}
	if csp != "none" {
		w.Header().Set("Content-Security-Policy", csp)
	}
}

// encodings are the precompressed forms, the smallest first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// serveFile serves a regular file, or its precompressed neighbour when the client takes that.
func (s *Site) serveFile(w http.ResponseWriter, r *http.Request, name string) bool {
	plain, err := os.Stat(name)
	if err != nil || !plain.Mode().IsRegular() {
		return false
	}
	h := w.Header()
	kind := types[filepath.Ext(name)]
	if kind == "" {
		kind = "application/octet-stream"
	}
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	file := name
	for _, e := range encodings {
		if info, err := os.Stat(name + e.suffix); err == nil && !info.ModTime().Before(plain.ModTime()) && accepts(r, e.name) {
			file, plain = name+e.suffix, info
			h.Set("Content-Encoding", e.name)
			h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
			r.Header.Del("Range") // of the encoded bytes a range would be of no use
			break
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	if strings.HasPrefix(kind, "text/html") {
		s.setCSP(w, "")
	}
	// The names carry no version: the browser keeps the bytes (and V8 its compiled code) and asks each
	// time whether they are still the same. A URL with ?v= is one version for ever.
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Has("v") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", fmt.Sprintf(`"%x-%x%s"`, plain.ModTime().UnixNano(), plain.Size(), filepath.Ext(file)))
	http.ServeContent(w, r, "", plain.ModTime(), f)
	return true
}

// accepts reports whether Accept-Encoding names the encoding without a weight of zero.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}
