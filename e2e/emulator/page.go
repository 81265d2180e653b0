package emulator

import (
	"cmp"
	"embed"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The page at /_emulator/ that a developer looks at while testing an app: messages with their codes, calls, pools and
// users, clock, faults and limits, live.

//go:embed page.html page.css page.js
var pageFiles embed.FS

// What the page shows at most.
const (
	shownMessages = 50
	shownCalls    = 100
	shownUsers    = 100 // of each pool
)

type pageState struct {
	URL           string     `json:"url"`
	Now           time.Time  `json:"now"`
	OffsetSeconds float64    `json:"offsetSeconds"`
	Messages      []Message  `json:"messages"` // newest first, as the calls
	Calls         []Call     `json:"calls"`
	Faults        []Fault    `json:"faults"`
	Kinds         []string   `json:"kinds"` // of faults
	Limits        Limits     `json:"limits"`
	Pools         []pagePool `json:"pools"`
}

type pagePool struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Clients []string   `json:"clients"`
	Users   []pageUser `json:"users"`
	Total   int        `json:"total"`
}

type pageUser struct {
	Username string   `json:"username"`
	Email    string   `json:"email"`
	Phone    string   `json:"phone"`
	Status   string   `json:"status"`
	Enabled  bool     `json:"enabled"`
	MFA      []string `json:"mfa"`
	TOTP     string   `json:"totp,omitempty"` // the code to type now, of the authenticator app in use or being set up
}

func (s *Server) pageRoutes(mux *http.ServeMux) {
	for path, file := range map[string]string{"GET /_emulator/{$}": "page.html", "GET /_emulator/page.css": "page.css", "GET /_emulator/page.js": "page.js"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Cache-Control", "no-cache")
			h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
			h.Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, r, pageFiles, file)
		})
	}
	mux.HandleFunc("GET /_emulator/state", func(w http.ResponseWriter, r *http.Request) { writePlain(w, s.pageState()) })
}

func (s *Server) pageState() pageState {
	st := s.control.pageState()
	st.URL, st.Now, st.Limits, st.Pools = s.options.BaseURL, s.Now(), s.rates.limits(), []pagePool{}
	s.mu.Lock()
	defer s.mu.Unlock()
	setups := map[*user]*totp{} // in sign-ins
	for _, a := range s.state.sessions.all() {
		if a.Setup != nil && st.Now.Before(a.Expires) {
			setups[a.user] = a.Setup
		}
	}
	for _, id := range slices.Sorted(s.state.pools.keys()) {
		st.Pools = append(st.Pools, s.state.pools.rows[id].page(st.Now, setups))
	}
	for _, id := range slices.Sorted(s.state.clients.keys()) {
		i := slices.IndexFunc(st.Pools, func(p pagePool) bool { return p.ID == s.state.clients.rows[id].pool.ID })
		st.Pools[i].Clients = append(st.Pools[i].Clients, id)
	}
	return st
}

func (p *userPool) page(now time.Time, setups map[*user]*totp) pagePool {
	shown := pagePool{ID: p.ID, Name: p.Name, Clients: []string{}, Users: []pageUser{}, Total: p.users.len()}
	for _, key := range slices.Sorted(p.users.keys()) {
		if len(shown.Users) == shownUsers {
			break
		}
		u := p.users.rows[key]
		code := ""
		if token := cmp.Or(setups[u], u.TOTPSetup, u.TOTP); token != nil {
			code = token.next(now)
		}
		shown.Users = append(shown.Users, pageUser{
			u.Username, u.Attributes["email"], u.Attributes["phone_number"], u.Status, u.Enabled, append([]string{}, u.mfaState().UserMFASettingList...), code,
		})
	}
	return shown
}

func (o *control) pageState() pageState {
	o.mu.Lock()
	defer o.mu.Unlock()
	st := pageState{OffsetSeconds: o.offset.Seconds(), Messages: []Message{}, Calls: []Call{}, Faults: []Fault{}, Kinds: faultKinds[:len(faultKinds)-1]}
	for _, e := range slices.Backward(o.outbox[max(0, len(o.outbox)-shownMessages):]) {
		st.Messages = append(st.Messages, e.Message)
	}
	for _, call := range slices.Backward(o.calls[max(0, len(o.calls)-shownCalls):]) {
		st.Calls = append(st.Calls, call)
	}
	for _, f := range o.faults {
		st.Faults = append(st.Faults, *f)
	}
	slices.SortFunc(st.Faults, func(a, b Fault) int { return strings.Compare(a.Operation+a.Region, b.Operation+b.Region) })
	return st
}
