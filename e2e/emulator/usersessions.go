package emulator

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The sessions of a user as they and administrators see them (since November 2026; shapes and rules: types of
// @aws-sdk/client-cognito-identity-provider 3.1169, which the SDK for Go does not have yet).

var userSessionOperations = service{
	"SetUserPoolSessionConfiguration":       op(setUserPoolSessionConfiguration),
	"GetUserPoolSessionConfiguration":       op(getUserPoolSessionConfiguration),
	"SetUserPoolClientSessionConfiguration": op(setUserPoolClientSessionConfiguration),
	"GetUserPoolClientSessionConfiguration": op(getUserPoolClientSessionConfiguration),
	"ListUserSessions":                      op(listUserSessions),
	"RevokeUserSession":                     op(revokeUserSession),
	"AdminListUserSessions":                 op(adminListUserSessions),
	"AdminRevokeUserSession":                op(adminRevokeUserSession),
}

// trackedSession is what a pool that tracks sessions remembers of one: a grant with a refresh token (tkn…) or the
// cookie of managed login (sso…).
type trackedSession struct {
	ID              string
	Created, Active time.Time
	Device, IP      string // of the latest activity
}

const (
	defaultMaxSessions = 20
	defaultSSOMinutes  = 60
	trackedSSOLife     = 90 * 24 * time.Hour // the longest that a client may set
)

func (c *call) newTracked(prefix string) *trackedSession {
	s := &trackedSession{ID: prefix + randomText(25, "abcdefghijklmnopqrstuvwxyz0123456789"), Created: c.now}
	s.touch(c)
	return s
}

// touch notes activity. Sessions that are not tracked have nothing to note it in.
func (s *trackedSession) touch(c *call) {
	if s != nil {
		s.Active, s.Device, s.IP = c.now, deviceOf(c.http.UserAgent()), c.ip()
	}
}

// track makes a grant that gets a refresh token a session of its user. Those least recently used make room for it.
func (c *call) track(g *grant) {
	p := g.user.pool
	if p.Sessions.UserSessionTracking != "ENABLED" {
		return
	}
	open := c.tokenSessions(g.user)
	slices.SortFunc(open, func(a, b *grant) int { return a.Tracked.Active.Compare(b.Tracked.Active) })
	for ; len(open) >= p.Sessions.TokenSession.MaxPerUser; open = open[1:] {
		open[0].Revoked = true
	}
	g.Tracked = c.newTracked("tkn")
}

func (c *call) tokenSessions(u *user) (open []*grant) {
	for _, g := range c.state.grants.all() {
		if g.user == u && g.Tracked != nil && !g.Revoked && c.now.Before(g.Expires) {
			c.state.grants.touch(g.EventID)
			open = append(open, g)
		}
	}
	return open
}

type tokenSessionRules struct {
	MaxPerUser int `aws:"MaxTokenSessionsType,required"`
}

type sessionRules struct {
	UserSessionTracking string             `aws:"FeatureType,required"`
	TokenSession        *tokenSessionRules `aws:",required"`
}

type poolSessionConfiguration struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	sessionRules
}

func setUserPoolSessionConfiguration(c *call, in *poolSessionConfiguration) (*poolSessionConfiguration, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if err := p.needsTier("Session management"); err != nil {
		return nil, err
	}
	p.Sessions = in.sessionRules
	return in, nil
}

func getUserPoolSessionConfiguration(c *call, in *poolInput) (*poolSessionConfiguration, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	return &poolSessionConfiguration{p.ID, p.Sessions}, nil
}

// needsTier refuses what the feature plan Lite has not.
func (p *userPool) needsTier(feature string) error {
	if p.UserPoolTier == "LITE" {
		return fail(featureUnavailable, "%s is not available in the feature plan of the user pool.", feature)
	}
	return nil
}

type ssoSessionRules struct {
	MaxValidityMinutes int `aws:"SSOSessionMinutesType,required"`
}

type clientSessionConfiguration struct {
	UserPoolId string           `aws:"UserPoolIdType,required"`
	ClientId   string           `aws:"ClientIdType,required"`
	SSOSession *ssoSessionRules `aws:",required"`
}

func setUserPoolClientSessionConfiguration(c *call, in *clientSessionConfiguration) (*clientSessionConfiguration, error) {
	if err := c.clientOf(in.ClientId, in.UserPoolId); err != nil {
		return nil, err
	}
	client := c.findClient(in.ClientId)
	if err := client.pool.needsTier("Session management"); err != nil {
		return nil, err
	}
	client.SSOSession = in.SSOSession
	return in, nil
}

type poolClientInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	ClientId   string `aws:"ClientIdType,required"`
}

func getUserPoolClientSessionConfiguration(c *call, in *poolClientInput) (*clientSessionConfiguration, error) {
	if err := c.clientOf(in.ClientId, in.UserPoolId); err != nil {
		return nil, err
	}
	rules := c.findClient(in.ClientId).SSOSession
	return &clientSessionConfiguration{in.UserPoolId, in.ClientId, cmp.Or(rules, &ssoSessionRules{defaultSSOMinutes})}, nil
}

// reuse reports whether a client may still answer from managed login's session, counted from the authentication. Its
// own setting is dormant while the pool tracks no sessions.
func (web *webSession) reuse(client *poolClient, now time.Time) bool {
	life := webSessionLife
	if web.Tracked != nil && client.SSOSession != nil {
		life = time.Duration(client.SSOSession.MaxValidityMinutes) * time.Minute
	}
	return now.Before(web.AuthTime.Add(life))
}

type sessionLocation struct {
	City    string `json:",omitempty"`
	Country string
}

type sessionDescription struct {
	SessionId        string
	SessionType      string
	ClientId         string `json:",omitempty"`
	CreateDate       epoch
	LastActiveDate   epoch
	DeviceType       string
	LastIPAddress    string
	LastLocation     sessionLocation
	OriginSessionId  string `json:",omitempty"`
	IsCurrentSession bool
}

type listUserSessionsInput struct {
	AccessToken string `aws:"TokenModelType,required"`
	NextToken   string `aws:"PaginationKey"`
}

type listUserSessionsOutput struct {
	Sessions  []sessionDescription
	NextToken string `json:",omitempty"`
}

// sessionsPerPage is not documented; the administrator's list has all of a user's on one page.
const sessionsPerPage = 60

func listUserSessions(c *call, in *listUserSessionsInput) (*listUserSessionsOutput, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if err := u.pool.tracksSessions(); err != nil {
		return nil, err
	}
	some, next, err := page(c.describeSessions(u, token.grant), nil, sessionsPerPage, in.NextToken, func(s sessionDescription) string { return s.SessionId })
	return &listUserSessionsOutput{some, next}, err
}

// tracksSessions refuses where the pool tracks none. Which of the documented exceptions that is, is not documented.
func (p *userPool) tracksSessions() error {
	if p.Sessions.UserSessionTracking != "ENABLED" {
		return fail(operationNotEnabled, "Session tracking is not enabled for the user pool.")
	}
	return nil
}

// describeSessions lists a user's sessions, oldest first.
func (c *call) describeSessions(u *user, current *grant) []sessionDescription {
	all := []sessionDescription{}
	describe := func(s *trackedSession, kind string, client *poolClient) *sessionDescription {
		d := sessionDescription{SessionId: s.ID, SessionType: kind, CreateDate: seconds(s.Created), LastActiveDate: seconds(s.Active),
			DeviceType: s.Device, LastIPAddress: s.IP, LastLocation: sessionLocation{Country: "unknown"}} // as where the address tells none (API reference, SessionLocationType)
		if client != nil {
			d.ClientId = client.ID
		}
		all = append(all, d)
		return &all[len(all)-1]
	}
	for _, g := range c.tokenSessions(u) {
		d := describe(g.Tracked, "TOKEN", g.client)
		d.OriginSessionId, d.IsCurrentSession = g.origin.sessionID(), g == current
	}
	for _, web := range c.state.oauth.sessions.all() {
		if web.user == u && web.Tracked != nil && c.now.Before(web.Expires) {
			describe(web.Tracked, "SSO", web.client)
		}
	}
	slices.SortFunc(all, func(a, b sessionDescription) int {
		return cmp.Or(cmp.Compare(a.CreateDate, b.CreateDate), strings.Compare(a.SessionId, b.SessionId))
	})
	return all
}

func (web *webSession) sessionID() string {
	if web == nil || web.Tracked == nil {
		return ""
	}
	return web.Tracked.ID
}

type revokeUserSessionInput struct {
	AccessToken              string `aws:"TokenModelType,required"`
	SessionId                string `aws:"UserSessionIdType,required"`
	RevokeAssociatedSessions string `aws:"RevokeAssociatedSessionsType"`
}

func revokeUserSession(c *call, in *revokeUserSessionInput) (*empty, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if err := u.pool.tracksSessions(); err != nil {
		return nil, err
	}
	if g := token.grant; g != nil && g.Tracked != nil && g.Tracked.ID == in.SessionId {
		return nil, fail(invalidParameter, "The current session cannot be revoked.")
	}
	return nil, c.revokeSession(u, in.SessionId, in.RevokeAssociatedSessions == "LINKED")
}

// revokeSession ends a session and, if linked, a token session's SSO session or an SSO session's token sessions.
func (c *call) revokeSession(u *user, id string, linked bool) error {
	found := false
	for _, g := range c.tokenSessions(u) {
		switch {
		case g.Tracked.ID == id:
			found, g.Revoked = true, true
			if linked {
				c.forgetWebSession(g.origin)
			}
		case linked && g.origin.sessionID() == id:
			g.Revoked = true
		}
	}
	for _, web := range c.state.oauth.sessions.all() {
		if web.user == u && web.sessionID() == id {
			found = true
			c.forgetWebSession(web)
		}
	}
	if !found {
		return fail(resourceNotFound, "Session does not exist.")
	}
	return nil
}

func (c *call) forgetWebSession(web *webSession) {
	if web != nil {
		c.state.oauth.sessions.remove(web.ID)
	}
}

type adminListUserSessionsInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	Username   string `aws:"UsernameType,required"`
	NextToken  string `aws:"PaginationKey"`
}

// mostListed is the length of the administrator's one page.
const mostListed = 125

func adminListUserSessions(c *call, in *adminListUserSessionsInput) (*listUserSessionsOutput, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if err := p.tracksSessions(); err != nil {
		return nil, err
	}
	all := c.describeSessions(u, nil)
	return &listUserSessionsOutput{Sessions: all[:min(len(all), mostListed)]}, nil
}

type adminRevokeUserSessionInput struct {
	UserPoolId               string `aws:"UserPoolIdType,required"`
	Username                 string `aws:"UsernameType,required"`
	SessionId                string `aws:"UserSessionIdType,required"`
	RevokeAssociatedSessions string `aws:"RevokeAssociatedSessionsType"`
}

func adminRevokeUserSession(c *call, in *adminRevokeUserSessionInput) (*empty, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if err := p.tracksSessions(); err != nil {
		return nil, err
	}
	return nil, c.revokeSession(u, in.SessionId, in.RevokeAssociatedSessions == "LINKED")
}

// Browsers and systems in a User-Agent header, the telling ones first: Edge says Chrome too, and Android Linux.
var (
	browserMarks = []agentMark{{"Edge", `Edg\w*/(\d+)`}, {"Opera", `OPR/(\d+)`}, {"Firefox", `(?:Firefox|FxiOS)/(\d+)`}, {"Chrome", `(?:Chrome|CriOS)/(\d+)`}, {"Safari", `Version/([\d.]+).*Safari`}}
	systemMarks  = []agentMark{{"iOS", `(?:iPhone|CPU) OS ([\d_]+)`}, {"Android", `Android ([\d.]+)`}, {"Windows", `Windows NT (\d+)`}, {"macOS", `Mac OS X ([\d_]+)`}, {"Linux", `Linux()`}}
)

type agentMark struct{ name, pattern string }

// deviceOf describes a User-Agent the way the service does: "Chrome 125 / macOS 15.0", or unknown.
func deviceOf(agent string) string {
	var parts []string
	for _, marks := range [][]agentMark{browserMarks, systemMarks} {
		for _, m := range marks {
			if found := regexp.MustCompile(m.pattern).FindStringSubmatch(agent); found != nil {
				parts = append(parts, strings.TrimSpace(m.name+" "+strings.ReplaceAll(found[1], "_", ".")))
				break
			}
		}
	}
	if len(parts) == 0 {
		return "unknown"
	}
	return strings.Join(parts, " / ")
}
