package emulator

import "time"

// Sessions of sign-ins under way.

// sessionLength is about that of Cognito's; the model allows 20 to 2048 characters.
const sessionLength = 800

// keep stores an attempt under a new Session.
func (c *call) keep(a *attempt) string {
	if c.state.sessions.len()+c.state.spent.len() >= c.state.pruneAt {
		c.pruneSessions()
	}
	session := "AYABe" + opaque(600)[:sessionLength-5]
	c.state.sessions.put(session, a)
	return session
}

// pruneSessions forgets Sessions that ended an hour ago; until then they tell why they are refused.
func (c *call) pruneSessions() {
	for session, a := range c.state.sessions.all() {
		if !c.now.Before(a.Expires.Add(time.Hour)) {
			c.state.sessions.remove(session)
		}
	}
	for session, until := range c.state.spent.all() {
		if !c.now.Before(until) {
			c.state.spent.remove(session)
		}
	}
	c.state.pruneAt = 2*(c.state.sessions.len()+c.state.spent.len()) + 1000
}

// spend uses a Session up.
func (c *call) spend(session string) {
	c.state.sessions.remove(session)
	c.state.spent.put(session, c.now.Add(time.Hour))
}

// session finds the attempt of a Session.
func (c *call) session(session string, client *poolClient) (*attempt, error) {
	if session == "" {
		return nil, fail(invalidParameter, "Missing required parameter Session")
	}
	a := c.state.sessions.get(session)
	switch {
	case !c.state.spent.get(session).IsZero():
		return nil, fail(notAuthorized, "Invalid session for the user, session can only be used once.")
	case a == nil || client != nil && a.client != client:
		return nil, fail(notAuthorized, "Invalid session for the user.")
	case !c.now.Before(a.Expires):
		return nil, fail(notAuthorized, "Invalid session for the user, session is expired.")
	}
	if a.user != nil {
		a.user.touch()
	}
	return a, nil
}
