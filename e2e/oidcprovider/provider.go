// Package oidcprovider is an OpenID provider that is no Amazon Cognito: a stand-in for Auth0, with its paths and its
// ways, on top of a library that is not ours (github.com/zitadel/oidc).
package oidcprovider

import (
	"crypto/rand"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// Options describe the provider and its one client, which is public.
type Options struct {
	ClientID     string
	RedirectURIs []string
	LogoutURIs   []string
	// Opaque makes access tokens that only the provider can read, as Auth0 does without an audience.
	Opaque bool
	// Lifetime is that of access and ID tokens; an hour if 0.
	Lifetime time.Duration
}

// Server is a running provider.
type Server struct {
	options Options
	issuer  string
	storage *storage
	op      *op.Provider
	http    *http.Server

	mu    sync.Mutex
	calls []string // paths, with the grant type of token requests
}

// Start serves a provider on a free port of 127.0.0.1 until Close.
func Start(o Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if o.Lifetime == 0 {
		o.Lifetime = time.Hour
	}
	s := &Server{options: o, issuer: "http://" + listener.Addr().String() + "/"} // Auth0's issuers end in a slash
	if s.storage, err = newStorage(o); err != nil {
		return nil, err
	}
	config := &op.Config{CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true, SupportedScopes: []string{"openid", "profile", "email", "offline_access"}}
	rand.Read(config.CryptoKey[:])
	s.op, err = op.NewProvider(config, s.storage, op.StaticIssuer(s.issuer), op.WithAllowInsecure(),
		op.WithCustomEndpoints(op.NewEndpoint("authorize"), op.NewEndpoint("oauth/token"), op.NewEndpoint("userinfo"),
			op.NewEndpoint("oauth/revoke"), op.NewEndpoint("oidc/logout"), op.NewEndpoint(".well-known/jwks.json")))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", s.login)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("GET /v2/logout", s.logout)
	mux.Handle("/", s.op)
	s.http = &http.Server{Handler: s.record(mux), ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(listener)
	return s, nil
}

// URL is the origin of the provider. Its issuer has a slash more.
func (s *Server) URL() string { return s.issuer[:len(s.issuer)-1] }

// Close stops the provider.
func (s *Server) Close() error { return s.http.Close() }

// RevokeAll ends every session: no refresh token is taken any more.
func (s *Server) RevokeAll() {
	s.storage.mu.Lock()
	defer s.storage.mu.Unlock()
	clear(s.storage.refresh)
}

// Calls lists the paths that were asked, in order; those of the token endpoint with the grant type.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := r.URL.Path
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			if err := r.ParseForm(); err == nil && r.PostForm.Has("grant_type") {
				call += " " + r.PostForm.Get("grant_type")
				s.storage.seen(r.PostForm)
			}
		}
		if r.Method != http.MethodOptions {
			s.mu.Lock()
			s.calls = append(s.calls, call)
			s.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

var loginPage = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Log in</title>
<main>
<h1>Log in</h1>
<p>This page stands in for an OpenID provider. Whoever you name is logged in.</p>
<form method="post" action="/login?id={{.ID}}">
<label>E-mail <input name="email" type="email" value="{{.Hint}}" autocomplete="email" autofocus></label>
<button>Log in</button>
<button name="cancel" value="1" formnovalidate>Cancel</button>
</form>
</main>
`))

const cookie = "session"

// login asks who the user is, unless the browser's cookie says so.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("id")
	request := s.storage.request(id)
	if request == nil {
		http.Error(w, "This log-in is over. Start again.", http.StatusBadRequest)
		return
	}
	if c, err := r.Cookie(cookie); err == nil && c.Value != "" && !slices.Contains(request.Prompt, "login") {
		if email := s.storage.session(c.Value); email != "" {
			s.finish(w, r, id, email)
			return
		}
	}
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("X-Frame-Options", "DENY")
		loginPage.Execute(w, map[string]string{"ID": id, "Hint": request.LoginHint})
		return
	}
	email := r.PostFormValue("email")
	switch {
	case r.PostForm.Has("cancel"):
		q := url.Values{"error": {"access_denied"}, "error_description": {"The user went away"}, "state": {request.State}}
		http.Redirect(w, r, request.RedirectURI+"?"+q.Encode(), http.StatusSeeOther)
	case email == "":
		http.Redirect(w, r, "/login?id="+url.QueryEscape(id), http.StatusSeeOther)
	default:
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.storage.newSession(email), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		s.finish(w, r, id, email)
	}
}

func (s *Server) finish(w http.ResponseWriter, r *http.Request, id, email string) {
	s.storage.loggedIn(id, email)
	http.Redirect(w, r, op.AuthCallbackURL(s.op)(op.ContextWithIssuer(r.Context(), s.issuer), id), http.StatusSeeOther)
}

// logout is Auth0's: client_id and returnTo, which has to be registered.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != s.options.ClientID || !slices.Contains(s.options.LogoutURIs, q.Get("returnTo")) {
		http.Error(w, "The returnTo querystring parameter is not one of the allowed logout URLs.", http.StatusBadRequest)
		return
	}
	if c, err := r.Cookie(cookie); err == nil {
		s.storage.endSession(c.Value)
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1})
	http.Redirect(w, r, q.Get("returnTo"), http.StatusFound)
}
