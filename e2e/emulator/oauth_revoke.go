package emulator

import "net/http"

// serveRevoke is RFC 7009 for refresh tokens.
func serveRevoke(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.oauthClient(w)
	if e, ok := err.(*oauthError); ok {
		status := http.StatusBadRequest
		if e.code == "invalid_client" {
			status = http.StatusUnauthorized
		}
		writeOAuthError(w, status, e.code)
		return
	}
	token := c.http.PostForm.Get("token")
	if token == "" || !client.revocable() {
		writeOAuthError(w, http.StatusBadRequest, "invalid_request")
		return
	}
	switch err := c.revoke(client, token); {
	case isKind(err, unsupportedTokenType):
		writeOAuthError(w, http.StatusBadRequest, "unsupported_token_type")
	case err != nil:
		writeOAuthError(w, http.StatusBadRequest, "invalid_request")
	}
}
