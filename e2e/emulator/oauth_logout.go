package emulator

import (
	"net/http"
	"slices"
)

// serveLogout ends the session of the cookie and goes to logout_uri or, with an authorization request in the query, to
// a new sign-in.
func serveLogout(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.http.URL.Query()
	client := c.findClient(q.Get("client_id"))
	if client == nil {
		c.errorPage(w, "Client does not exist")
		return
	}
	if uri := q.Get("logout_uri"); uri != "" {
		if !slices.Contains(client.LogoutURLs, uri) {
			c.errorPage(w, "invalid_request: "+uri+" is not a sign-out URL of the app client.")
			return
		}
		c.endWebSession(w, client.pool)
		seeOther(w, uri)
		return
	}
	if !q.Has("redirect_uri") {
		c.errorPage(w, "invalid_request: logout_uri or redirect_uri is missing.")
		return
	}
	if r, err := c.parseAuthRequest(q); err != nil {
		c.refuse(w, r, err)
		return
	}
	c.endWebSession(w, client.pool)
	seeOther(w, "/login?"+q.Encode())
}
