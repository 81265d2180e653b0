package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// Signed-in sessions: completing a sign-in, refreshing, revoking.

var sessionOperations = service{
	"GetTokensFromRefreshToken": op(getTokensFromRefreshToken),
	"RevokeToken":               op(revokeToken),
	"GlobalSignOut":             op(globalSignOut),
}

// issueTokens completes a sign-in.
func issueTokens(c *call, a *attempt) (*authAnswer, error) {
	newDevice, err := c.signIn(a)
	if err != nil {
		return nil, err
	}
	g := c.newGrant(a.client, a.user, adminScope)
	g.Device, g.AMR = a.Device, a.amr()
	if newDevice != nil {
		g.Device = newDevice.Key
	}
	result, err := c.mint(g, a.tokenSource(), a.Metadata)
	if err != nil {
		c.state.grants.remove(g.EventID)
		if newDevice != nil {
			a.user.forget(newDevice)
		}
		return nil, err
	}
	c.track(g)
	c.noteEvent(a.user, "Pass")
	result.RefreshToken = c.newRefreshToken(g)
	if newDevice != nil {
		result.NewDeviceMetadata = &newDeviceMetadata{newDevice.Key, newDevice.GroupKey}
	}
	return &authAnswer{ChallengeParameters: map[string]string{}, AuthenticationResult: result}, nil
}

// signIn is what a completed sign-in does besides tokens: the PostAuthentication trigger and device tracking.
func (c *call) signIn(a *attempt) (newDevice *device, err error) {
	tracking := a.user.pool.DeviceConfiguration != nil
	if !tracking {
		a.Device = ""
	}
	known := tracking && a.Device != ""
	if err := c.postAuthentication(a, tracking && !known); err != nil {
		return nil, err
	}
	switch {
	case known:
		if d := a.user.confirmed(a.Device); d != nil {
			d.LastUsed, d.IP = c.now, c.ip()
		}
	case tracking:
		newDevice = c.newDevice(a.user)
	}
	return newDevice, nil
}

// tokenSource is the triggerSource of the PreTokenGeneration trigger.
func (a *attempt) tokenSource() string {
	switch a.Challenge {
	case "NEW_PASSWORD_REQUIRED":
		return "TokenGeneration_NewPasswordChallenge"
	case "DEVICE_PASSWORD_VERIFIER":
		return "TokenGeneration_AuthenticateDevice"
	}
	return "TokenGeneration_Authentication"
}

// refreshToken is one of a grant's refresh tokens. Rotation retires it.
type refreshToken struct {
	grant   *grant
	Retired time.Time
}

// refreshKey is what the service keeps of a refresh token.
func refreshKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// newRefreshToken makes an opaque token in the looks of Cognito's: a JWE whose content nobody but the service reads.
func (c *call) newRefreshToken(g *grant) string {
	const header = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ" // {"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}
	token := header + "." + opaque(256) + "." + opaque(12) + "." + opaque(800) + "." + opaque(16)
	c.state.refresh.put(refreshKey(token), &refreshToken{grant: g})
	return token
}

// useRefreshToken checks a refresh token of a client and returns its grant. The user's DEVICE_KEY has to be that of
// the sign-in.
func (c *call) useRefreshToken(client *poolClient, token, device string) (*grant, error) {
	t := c.state.refresh.get(refreshKey(token))
	if t == nil || t.grant.client != client || t.grant.Device != "" && t.grant.Device != device {
		return nil, fail(notAuthorized, "Invalid Refresh Token")
	}
	g := t.grant
	u := g.user
	switch {
	case g.Revoked:
		return nil, fail(notAuthorized, "Refresh Token has been revoked")
	case !c.now.Before(g.Expires):
		return nil, fail(notAuthorized, "Refresh Token has expired")
	case u.pool.bySub(u.Sub) != u:
		return nil, fail(userNotFound, "User does not exist.")
	case !u.Enabled:
		return nil, fail(notAuthorized, "User is disabled.")
	case u.Status == "RESET_REQUIRED":
		return nil, fail(passwordResetRequired, "Password reset required for the user")
	case !t.Retired.IsZero():
		grace := time.Duration(0)
		if r := client.RefreshTokenRotation; r != nil {
			grace = time.Duration(r.RetryGracePeriodSeconds) * time.Second
		}
		if !c.now.Before(t.Retired.Add(grace)) {
			return nil, fail(refreshTokenReuse, "Refresh token has already been used.")
		}
	}
	return g, nil
}

// rotate retires a refresh token that was used, if the client rotates, and returns its successor.
func (c *call) rotate(client *poolClient, token string) string {
	if !client.rotates() {
		return ""
	}
	t := c.state.refresh.get(refreshKey(token))
	if t.Retired.IsZero() {
		t.Retired = c.now
	}
	return c.newRefreshToken(t.grant)
}

type getTokensInput struct {
	RefreshToken   string            `aws:"TokenModelType,required"`
	ClientId       string            `aws:"ClientIdType,required"`
	ClientSecret   string            `aws:"ClientSecretType"`
	DeviceKey      string            `aws:"DeviceKeyType"`
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

type getTokensOutput struct{ AuthenticationResult *authenticationResult }

func getTokensFromRefreshToken(c *call, in *getTokensInput) (*getTokensOutput, error) {
	client, err := c.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	if err := client.checkSecret(in.ClientSecret); err != nil {
		return nil, err
	}
	g, err := c.useRefreshToken(client, in.RefreshToken, in.DeviceKey)
	if err != nil {
		return nil, err
	}
	result, err := c.mint(g, "TokenGeneration_RefreshTokens", in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	// The state was unlocked while a trigger ran: another call may have used the token up.
	if _, err := c.useRefreshToken(client, in.RefreshToken, in.DeviceKey); err != nil {
		return nil, err
	}
	result.RefreshToken = c.rotate(client, in.RefreshToken)
	return &getTokensOutput{result}, nil
}

// checkSecret compares a client secret that came in the clear.
func (pc *poolClient) checkSecret(given string) error {
	switch {
	case pc.secret() == "" && given == "", slices.ContainsFunc(pc.Secrets, func(s clientSecret) bool { return equal(s.Value, given) }):
		return nil
	case pc.secret() == "":
		return fail(notAuthorized, "Client %s is not configured with a secret but ClientSecret was received", pc.ID)
	case given == "":
		return fail(notAuthorized, "Client %s is configured with secret but ClientSecret was not received", pc.ID)
	}
	return fail(notAuthorized, "Unable to verify secret for client %s", pc.ID)
}

// refreshTokenAuth is InitiateAuth with REFRESH_TOKEN_AUTH, which rotation rules out.
func refreshTokenAuth(c *call, client *poolClient, parameters, metadata map[string]string) (*authAnswer, error) {
	if client.rotates() || !client.allows("ALLOW_REFRESH_TOKEN_AUTH") {
		return nil, fail(invalidParameter, "REFRESH_TOKEN_AUTH flow not enabled for this client")
	}
	token := parameters["REFRESH_TOKEN"]
	if token == "" {
		return nil, fail(invalidParameter, "Missing required parameter REFRESH_TOKEN")
	}
	var names []string
	if t := c.state.refresh.get(refreshKey(token)); t != nil {
		names = []string{t.grant.user.Username, t.grant.user.Sub}
	}
	if err := client.checkSecretHash(parameters["SECRET_HASH"], names...); err != nil {
		return nil, err
	}
	g, err := c.useRefreshToken(client, token, parameters["DEVICE_KEY"])
	if err != nil {
		return nil, err
	}
	result, err := c.mint(g, "TokenGeneration_RefreshTokens", metadata)
	if err != nil {
		return nil, err
	}
	return &authAnswer{ChallengeParameters: map[string]string{}, AuthenticationResult: result}, nil
}

type revokeTokenInput struct {
	Token        string `aws:"TokenModelType,required"`
	ClientId     string `aws:"ClientIdType,required"`
	ClientSecret string `aws:"ClientSecretType"`
}

func revokeToken(c *call, in *revokeTokenInput) (*empty, error) {
	client, err := c.client(in.ClientId)
	if err != nil {
		return nil, fail(invalidParameter, "Invalid client id")
	}
	if client.checkSecret(in.ClientSecret) != nil {
		return nil, fail(unauthorized, "Invalid client secret")
	}
	if !client.revocable() {
		return nil, fail(unsupportedOperation, "Revoke token operation is not supported for this client")
	}
	return nil, c.revoke(client, in.Token)
}

// revoke ends the session of a refresh token, with all its access and ID tokens. An unknown token counts as revoked
// (RFC 7009, 2.2); one of another client, and any other kind of token, is refused.
func (c *call) revoke(client *poolClient, token string) error {
	if t := c.state.refresh.get(refreshKey(token)); t != nil {
		if t.grant.client != client {
			return fail(unauthorized, "Token was not issued to the client")
		}
		t.grant.Revoked = true
		c.state.grants.touch(t.grant.EventID)
		return nil
	}
	for _, use := range []string{"access", "id"} {
		if t, err := c.parseToken(token, use); err == nil && t != nil {
			return fail(unsupportedTokenType, "Unsupported token type")
		}
	}
	return nil
}

type accessTokenInput struct {
	AccessToken string `aws:"TokenModelType,required"`
}

func globalSignOut(c *call, in *accessTokenInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	c.signOutEverywhere(u)
	return nil, nil
}

func (c *call) signOutEverywhere(u *user) {
	for _, g := range c.state.grants.all() {
		if g.user == u {
			g.Revoked = true
			c.state.grants.touch(g.EventID)
		}
	}
}
