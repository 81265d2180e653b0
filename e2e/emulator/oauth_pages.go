package emulator

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
)

//go:embed oauth_pages.html
var pagesHTML string

var pages = template.Must(template.New("pages").Funcs(template.FuncMap{"label": attributeLabel, "mfa": mfaLabel}).Parse(pagesHTML))

// pagesCSS is the style of the pages; their policy allows this one by its hash.
//
//go:embed oauth_pages.css
var pagesCSS string

// view is what the pages show.
type view struct {
	Title, Lang    string
	Query          template.URL // of the authorization request
	CSRF           string
	Style          template.CSS
	Error, Message string

	Username  string
	Password  bool // the pool's own users may sign in
	Continue  string
	Providers []providerLink
	Provider  string // of the stand-in's page

	Session, Challenge, Answer string
	Destination                string
	Choices, Required          []string
	Secret                     string
}

type providerLink struct{ Label, URL, Name string }

// csrfCookie guards the forms: its value is in each of them as well.
const csrfCookie = "XSRF-TOKEN"

// render writes a page. It may be shown in no frame.
func (c *call) render(w http.ResponseWriter, status int, name string, v view) {
	if cookie, err := c.http.Cookie(csrfCookie); err == nil && cookie.Value != "" {
		v.CSRF = cookie.Value
	} else {
		v.CSRF = opaque(16)
		c.setCookie(w, csrfCookie, v.CSRF, 0)
	}
	if v.Lang == "" {
		v.Lang = "en"
	}
	v.Style = template.CSS(pagesCSS)
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, v); err != nil {
		panic(err)
	}
	sum := sha256.Sum256([]byte(pagesCSS))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	for key, value := range c.state.oauth.headers {
		h.Set(key, value)
	}
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// SetPageHeader adds a response header to every page of managed login, such as Cross-Origin-Opener-Policy.
func (s *Server) SetPageHeader(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.oauth.headers[name] = value
}

// errorPage is for what cannot be told to the client.
func (c *call) errorPage(w http.ResponseWriter, message string) {
	c.render(w, http.StatusBadRequest, "error", view{Title: "An error was encountered with the requested page", Error: message})
}

func attributeLabel(name string) string {
	text := strings.ReplaceAll(strings.TrimPrefix(name, "custom:"), "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

func mfaLabel(method string) string {
	return map[string]string{"SMS_MFA": "Text message", "SOFTWARE_TOKEN_MFA": "Authenticator app", "EMAIL_OTP": "E-mail"}[method]
}

// pageQuery is the query that a request's pages carry.
func (r *authRequest) pageQuery() template.URL { return template.URL(r.Query.Encode()) }
