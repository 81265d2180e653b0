package emulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// Records: rows as the data file has them, with the names of the rows that they point to, and how they are read back.
// A row whose client or pool is gone is left out.

type clientRecord struct {
	*poolClient
	PoolID string
}

func (pc *poolClient) record() any { return clientRecord{pc, pc.pool.ID} }

// userRef names a user, who may have been deleted since.
type userRef struct{ PoolID, Username, Sub string }

func refOf(u *user) *userRef {
	if u == nil {
		return nil
	}
	return &userRef{u.pool.ID, u.Username, u.Sub}
}

type attemptRecord struct {
	*attempt
	ClientID string
	User     *userRef `json:",omitempty"`
}

func (a *attempt) record() any { return attemptRecord{a, a.client.ID, refOf(a.user)} }

type grantRecord struct {
	*grant
	ClientID string
	User     *userRef
	Origin   *webRecord `json:",omitempty"`
}

func (g *grant) record() any { return grantRecord{g, g.client.ID, refOf(g.user), recordOf(g.origin)} }

type refreshRecord struct {
	*refreshToken
	Grant string
}

func (t *refreshToken) record() any { return refreshRecord{t, t.grant.EventID} }

type webRecord struct {
	*webSession
	ClientID string
	User     *userRef
}

func (web *webSession) record() any { return recordOf(web) }

func recordOf(web *webSession) *webRecord {
	if web == nil {
		return nil
	}
	return &webRecord{web, web.client.ID, refOf(web.user)}
}

func newWebRecord() *webRecord { return &webRecord{webSession: &webSession{}} }

type requestRecord struct {
	*authRequest
	ClientID string
}

func (r *authRequest) record() any { return requestRecord{r, r.client.ID} }

type codeRecord struct {
	requestRecord
	Expires time.Time
	Web     *webRecord
}

func (code *authCode) record() any {
	return codeRecord{requestRecord{code.authRequest, code.client.ID}, code.Expires, recordOf(code.web)}
}

type identityRecord struct {
	*identity
	PoolID string
}

func (i *identity) record() any { return identityRecord{i, i.pool.IdentityPoolId} }

// identityPoolRecord carries what DescribeIdentityPool does not show.
type identityPoolRecord struct {
	*identityPool
	Roles    map[string]string
	Mappings map[string]roleMapping
	Tags     map[string]principalTags
}

func (p *identityPool) record() any { return identityPoolRecord{p, p.roles, p.mappings, p.tags} }

// load fills the state from the data file: what is pointed to before what points to it.
func (s *Server) load() error {
	st := &s.state
	for _, step := range []func() error{
		func() error { return readRecords(s, st.pools, s.readPool) },
		s.loadUsers,
		func() error { return readRecords(s, st.clients, s.readClient) },
		func() error { return readRecords(s, st.oauth.sessions, s.readWeb) },
		func() error { return readRecords(s, st.grants, s.readGrant) },
		func() error { return readRecords(s, st.refresh, s.readRefresh) },
		func() error { return readRecords(s, st.sessions, s.readAttempt) },
		func() error { return readRecords(s, st.oauth.idp, s.readRequest) },
		func() error { return readRecords(s, st.oauth.codes, s.readCode) },
		func() error { return readRecords(s, st.federation.pools, s.readIdentityPool) },
		func() error { return readRecords(s, st.federation.identities, s.readIdentity) },
		func() error { return readRecords(s, st.lockouts, plain[lockout]) },
		func() error { return readRecords(s, st.federation.issuers, plain[localIssuer]) },
		func() error { return readRecords(s, st.federation.grants, plain[opaqueLogin]) },
		func() error { return readRecords(s, st.federation.credentials, plain[credentials]) },
		s.loadSpent,
		s.control.load,
	} {
		if err := step(); err != nil {
			return fmt.Errorf("reading the data file: %w", err)
		}
	}
	return nil
}

// readRecords reads a table, leaving out what decode gives no row for.
func readRecords[T any](s *Server, t *table[*T], decode func(text []byte) (*T, error)) error {
	return s.journal.each(t.name, t.prefix, func(key string, text []byte) error {
		row, err := decode(text)
		if row != nil && err == nil {
			t.rows[key] = row
		}
		return err
	})
}

// plain decodes a row that points to no other.
func plain[T any](text []byte) (*T, error) {
	row := new(T)
	return row, json.Unmarshal(text, row)
}

// found is a row that all its pointers were found for.
func found[T any](row *T, ok bool) *T {
	if ok {
		return row
	}
	return nil
}

func (s *Server) readPool(text []byte) (*userPool, error) {
	p, err := plain[userPool](text)
	p.users = newTable[*user](s.journal, "users", p.ID+"/")
	return p, err
}

func (s *Server) loadUsers() error {
	for _, p := range s.state.pools.rows {
		err := readRecords(s, p.users, func(text []byte) (*user, error) {
			u, err := plain[user](text)
			u.pool = p
			return u, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) loadSpent() error {
	return s.journal.each(s.state.spent.name, "", func(key string, text []byte) error {
		var until time.Time
		err := json.Unmarshal(text, &until)
		s.state.spent.rows[key] = until
		return err
	})
}

// resolve finds the user of a record. One who was deleted is not in the pool any more and stands for themselves.
func (s *Server) resolve(r *userRef) *user {
	if r == nil || s.state.pools.rows[r.PoolID] == nil {
		return nil
	}
	p := s.state.pools.rows[r.PoolID]
	if u := p.users.rows[p.canonical(r.Username)]; u != nil && u.Sub == r.Sub {
		return u
	}
	return &user{pool: p, Username: r.Username, Sub: r.Sub}
}

// resolveWeb finds the session of managed login of a record. One that has ended stands for itself.
func (s *Server) resolveWeb(r *webRecord) *webSession {
	if r == nil || r.webSession.ID == "" {
		return nil
	}
	if web := s.state.oauth.sessions.rows[r.webSession.ID]; web != nil {
		return web
	}
	r.user, r.client = s.resolve(r.User), s.state.clients.rows[r.ClientID]
	return found(r.webSession, r.user != nil && r.client != nil)
}

func (s *Server) readClient(text []byte) (*poolClient, error) {
	r := clientRecord{poolClient: &poolClient{}}
	err := json.Unmarshal(text, &r)
	r.pool = s.state.pools.rows[r.PoolID]
	return found(r.poolClient, r.pool != nil), err
}

func (s *Server) readGrant(text []byte) (*grant, error) {
	r := grantRecord{grant: &grant{}, Origin: newWebRecord()}
	err := json.Unmarshal(text, &r)
	r.client, r.user, r.origin = s.state.clients.rows[r.ClientID], s.resolve(r.User), s.resolveWeb(r.Origin)
	return found(r.grant, r.client != nil && r.user != nil), err
}

func (s *Server) readRefresh(text []byte) (*refreshToken, error) {
	r := refreshRecord{refreshToken: &refreshToken{}}
	err := json.Unmarshal(text, &r)
	r.grant = s.state.grants.rows[r.Grant]
	return found(r.refreshToken, r.grant != nil), err
}

func (s *Server) readAttempt(text []byte) (*attempt, error) {
	r := attemptRecord{attempt: &attempt{}}
	err := json.Unmarshal(text, &r)
	r.client, r.user = s.state.clients.rows[r.ClientID], s.resolve(r.User)
	return found(r.attempt, r.client != nil), err
}

func (s *Server) readWeb(text []byte) (*webSession, error) {
	r := newWebRecord()
	err := json.Unmarshal(text, r)
	r.user, r.client = s.resolve(r.User), s.state.clients.rows[r.ClientID]
	return found(r.webSession, r.user != nil && r.client != nil), err
}

func (s *Server) readRequest(text []byte) (*authRequest, error) {
	r := requestRecord{authRequest: &authRequest{}}
	err := json.Unmarshal(text, &r)
	r.client = s.state.clients.rows[r.ClientID]
	return found(r.authRequest, r.client != nil), err
}

func (s *Server) readCode(text []byte) (*authCode, error) {
	r := codeRecord{requestRecord: requestRecord{authRequest: &authRequest{}}, Web: newWebRecord()}
	err := json.Unmarshal(text, &r)
	r.client = s.state.clients.rows[r.ClientID]
	code := &authCode{r.authRequest, s.resolveWeb(r.Web), r.Expires}
	return found(code, code.client != nil && code.web != nil), err
}

func (s *Server) readIdentityPool(text []byte) (*identityPool, error) {
	r := identityPoolRecord{identityPool: &identityPool{}}
	err := json.Unmarshal(text, &r)
	r.roles, r.mappings, r.tags = r.Roles, r.Mappings, r.Tags
	return r.identityPool, err
}

func (s *Server) readIdentity(text []byte) (*identity, error) {
	r := identityRecord{identity: &identity{}}
	err := json.Unmarshal(text, &r)
	r.pool = s.state.federation.pools.rows[r.PoolID]
	return found(r.identity, r.pool != nil), err
}
