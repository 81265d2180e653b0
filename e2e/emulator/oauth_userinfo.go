package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// serveUserInfo answers an access token of the OAuth endpoints with what its scopes show of the user.
func serveUserInfo(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	refuse := func(status int, code, description string) {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q, error_description=%q", code, description))
		writeOAuthError(w, status, code)
	}
	token, ok := strings.CutPrefix(c.http.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		refuse(http.StatusBadRequest, "invalid_request", "Bearer token is missing")
		return
	}
	t, err := c.parseToken(token, "access")
	switch {
	case err != nil || t.user == nil || t.grant == nil:
		refuse(http.StatusUnauthorized, "invalid_token", "Access token is expired, disabled, or deleted, or the user has globally signed out.")
		return
	case !t.grant.OAuth || !slices.Contains(t.scopes(), "openid"):
		refuse(http.StatusUnauthorized, "invalid_token", "Access token does not contain openid scope")
		return
	}
	info := map[string]any{"sub": t.user.Sub, "username": t.user.Username}
	for name, value := range t.user.Attributes { // email_verified is text here, unlike in the ID token
		if t.grant.client.reads(name) && scopeShows(t.scopes(), name) {
			info[name] = value
		}
	}
	if t.grant.Extra["identities"] != nil {
		info["identities"] = jsonText(t.grant.Extra["identities"])
	}
	writePlain(w, info)
}
