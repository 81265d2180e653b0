package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

var passkeyOperations = service{
	"StartWebAuthnRegistration":    op(startWebAuthnRegistration),
	"CompleteWebAuthnRegistration": op(completeWebAuthnRegistration),
	"ListWebAuthnCredentials":      op(listWebAuthnCredentials),
	"DeleteWebAuthnCredential":     op(deleteWebAuthnCredential),
}

// passkey is a registered WebAuthn credential.
type passkey struct {
	Credential webauthn.Credential
	RPID       string
	Attachment string
	Created    time.Time
}

func (k *passkey) id() string { return base64.RawURLEncoding.EncodeToString(k.Credential.ID) }

// passkeyCeremony is a registration or a sign-in between its options and the authenticator's answer.
type passkeyCeremony struct {
	Session webauthn.SessionData
	RPID    string
	Client  string // that began a registration
	Expires time.Time
}

// passkeyUser is a user as go-webauthn sees one: with the credentials of one relying party.
type passkeyUser struct {
	*user
	rpID string
}

func (u passkeyUser) WebAuthnID() []byte          { return []byte(u.Sub) }
func (u passkeyUser) WebAuthnName() string        { return u.Username }
func (u passkeyUser) WebAuthnDisplayName() string { return u.Username }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential {
	var all []webauthn.Credential
	for _, k := range u.Passkeys {
		if k.RPID == u.rpID {
			all = append(all, k.Credential)
		}
	}
	return all
}

// passkeyIsMFA reports whether a passkey with user verification counts as two factors.
func (p *userPool) passkeyIsMFA() bool {
	return p.MFA.WebAuthnConfiguration != nil && p.MFA.WebAuthnConfiguration.FactorConfiguration == "MULTI_FACTOR_WITH_USER_VERIFICATION"
}

// checkPasskeyMFA refuses to let a passkey stand for both factors where the real service does. settings are the other
// methods of the same request: one of them has to be turned on there, even if it is on already (two public
// projects saw so on AWS in October 2026, in these words). What a pool without MULTI_FACTOR_WITH_USER_VERIFICATION answers is not documented.
func (u *user) checkPasskeyMFA(settings map[string]*mfaPreference) error {
	other := false
	for _, s := range settings {
		other = other || s != nil && s.Enabled
	}
	switch {
	case !u.pool.passkeyIsMFA():
		return fail(invalidParameter, "WebAuthn MFA is not enabled for the user pool.")
	case !other:
		return fail(invalidParameter, "WebAuthn MFA requires enabling an additional MFA setting.")
	case len(u.Passkeys) == 0:
		return fail(invalidParameter, "User does not have applicable WebAuthn credentials to enable WebAuthn MFA.")
	}
	return nil
}

// passkeySuffices reports whether the user may sign in by a passkey alone: where a second factor is due, pool and user
// both have to count it as two.
func (u *user) passkeySuffices() bool {
	return !u.needsMFA() || u.pool.passkeyIsMFA() && u.WebAuthnMFA
}

func (p *userPool) allowsPasskeys() bool { return p.passkeyIsMFA() || p.passkeyFirst() }

// passkeyFirst reports whether a sign-in may begin with a passkey.
func (s *poolSettings) passkeyFirst() bool {
	return s.Policies != nil && s.Policies.SignInPolicy != nil && slices.Contains(s.Policies.SignInPolicy.AllowedFirstAuthFactors, "WEB_AUTHN")
}

// relyingParty is the RP ID of the pool: as configured, else the host of the page that asks (a local pool has no
// domain of its own to fall back to).
func (c *call) relyingParty(p *userPool) string {
	if w := p.MFA.WebAuthnConfiguration; w != nil && w.RelyingPartyId != "" {
		return w.RelyingPartyId
	}
	from := c.http.Header.Get("Origin")
	if from == "" {
		from = c.options.BaseURL
	}
	u, err := url.Parse(from)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// webAuthn sets the library up for one relying party and one origin.
func (p *userPool) webAuthn(rpID, origin string) (*webauthn.WebAuthn, error) {
	if err := protocol.ValidateRPID(rpID); err != nil {
		return nil, fail(webAuthnConfigMissing, "%q cannot be a passkey relying party ID: open the page at a host name (http://localhost for a local one), or set WebAuthnConfiguration.RelyingPartyId.", rpID)
	}
	verification := protocol.VerificationPreferred
	if w := p.MFA.WebAuthnConfiguration; w != nil && w.UserVerification == "required" {
		verification = protocol.VerificationRequired
	}
	return webauthn.New(&webauthn.Config{
		RPID: rpID, RPDisplayName: p.Name, RPOrigins: []string{origin}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: verification,
		},
	})
}

// allowedOrigin accepts https pages on the relying party's domain, and http ones where browsers hold them for secure.
func allowedOrigin(origin, rpID string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() != rpID && !strings.HasSuffix(u.Hostname(), "."+rpID) {
		return false
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost")
	return u.Scheme == "https" || u.Scheme == "http" && local
}

type startWebAuthnOutput struct {
	CredentialCreationOptions protocol.PublicKeyCredentialCreationOptions
}

func startWebAuthnRegistration(c *call, in *accessTokenInput) (*startWebAuthnOutput, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if !u.pool.allowsPasskeys() {
		return nil, fail(webAuthnNotEnabled, "Passkeys are not enabled for the user pool.")
	}
	rpID := c.relyingParty(u.pool)
	w, err := u.pool.webAuthn(rpID, "https://"+rpID)
	if err != nil {
		return nil, err
	}
	owner := passkeyUser{u, rpID}
	creation, session, err := w.BeginRegistration(owner, webauthn.WithExclusions(webauthn.Credentials(owner.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, err
	}
	u.Enrol = &passkeyCeremony{Session: *session, RPID: rpID, Client: token.text("client_id"), Expires: c.now.Add(5 * time.Minute)}
	return &startWebAuthnOutput{creation.Response}, nil
}

type completeWebAuthnInput struct {
	AccessToken string         `aws:"TokenModelType,required"`
	Credential  map[string]any `aws:",required"`
}

// maxPasskeys is Cognito's limit per user.
const maxPasskeys = 20

func completeWebAuthnRegistration(c *call, in *completeWebAuthnInput) (*empty, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	ceremony := u.Enrol
	switch {
	case !u.pool.allowsPasskeys():
		return nil, fail(webAuthnNotEnabled, "Passkeys are not enabled for the user pool.")
	case ceremony == nil || !c.now.Before(ceremony.Expires):
		return nil, fail(webAuthnChallengeNotFound, "No passkey registration is under way: call StartWebAuthnRegistration first.")
	case ceremony.Client != token.text("client_id"):
		return nil, fail(webAuthnClientMismatch, "The passkey registration was started by another app client.")
	case len(u.Passkeys) >= maxPasskeys:
		return nil, fail(limitExceeded, "A user can have up to %d passkeys.", maxPasskeys)
	}
	body, err := json.Marshal(in.Credential)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return nil, fail(invalidParameter, "Invalid passkey credential: %v", err)
	}
	client := parsed.Response.CollectedClientData
	hash := sha256.Sum256([]byte(ceremony.RPID))
	switch {
	case client.Challenge != ceremony.Session.Challenge:
		return nil, fail(webAuthnChallengeNotFound, "The passkey answers another challenge.")
	case !allowedOrigin(client.Origin, ceremony.RPID):
		return nil, fail(webAuthnOriginNotAllowed, "Origin %s is not allowed for the relying party %s.", client.Origin, ceremony.RPID)
	case !bytes.Equal(parsed.Response.AttestationObject.AuthData.RPIDHash, hash[:]):
		return nil, fail(webAuthnRelyingPartyMismatch, "The passkey is not for the relying party %s.", ceremony.RPID)
	}
	w, err := u.pool.webAuthn(ceremony.RPID, client.Origin)
	if err != nil {
		return nil, err
	}
	credential, err := w.CreateCredential(passkeyUser{u, ceremony.RPID}, ceremony.Session, parsed)
	if err != nil {
		return nil, fail(webAuthnNotSupported, "The passkey was refused: %v", err)
	}
	if slices.ContainsFunc(u.Passkeys, func(k *passkey) bool { return bytes.Equal(k.Credential.ID, credential.ID) }) {
		return nil, fail(invalidParameter, "The passkey is registered already.")
	}
	u.Enrol = nil
	u.Passkeys = append(u.Passkeys, &passkey{*credential, ceremony.RPID, string(parsed.AuthenticatorAttachment), c.now})
	return nil, nil
}

type listWebAuthnInput struct {
	AccessToken string `aws:"TokenModelType,required"`
	NextToken   string `aws:"PaginationKey"`
	MaxResults  *int   `aws:"WebAuthnCredentialsQueryLimitType"`
}

type passkeyDescription struct {
	CredentialId            string
	FriendlyCredentialName  string
	RelyingPartyId          string
	AuthenticatorAttachment string `json:",omitempty"`
	AuthenticatorTransports []protocol.AuthenticatorTransport
	CreatedAt               epoch
}

type listWebAuthnOutput struct {
	Credentials []passkeyDescription
	NextToken   string `json:",omitempty"`
}

func listWebAuthnCredentials(c *call, in *listWebAuthnInput) (*listWebAuthnOutput, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	some, next, err := page(u.Passkeys, in.MaxResults, 20, in.NextToken, (*passkey).id)
	if err != nil {
		return nil, err
	}
	out := &listWebAuthnOutput{Credentials: []passkeyDescription{}, NextToken: next}
	for _, k := range some {
		out.Credentials = append(out.Credentials, passkeyDescription{
			k.id(), "Passkey", k.RPID, k.Attachment, append([]protocol.AuthenticatorTransport{}, k.Credential.Transport...), seconds(k.Created),
		})
	}
	return out, nil
}

type deleteWebAuthnInput struct {
	AccessToken  string `aws:"TokenModelType,required"`
	CredentialId string `aws:"StringType,required"`
}

func deleteWebAuthnCredential(c *call, in *deleteWebAuthnInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(u.Passkeys, func(k *passkey) bool { return k.id() == in.CredentialId })
	if i < 0 {
		return nil, fail(resourceNotFound, "Passkey credential does not exist.")
	}
	u.Passkeys = slices.Delete(u.Passkeys, i, i+1)
	u.WebAuthnMFA = u.WebAuthnMFA && len(u.Passkeys) > 0
	return nil, nil
}

// issueWebAuthn asks for an assertion by one of the user's passkeys.
func issueWebAuthn(c *call, a *attempt, answer *authAnswer) error {
	if err := a.usable(c.now); err != nil {
		return err
	}
	p := a.client.pool
	rpID := c.relyingParty(p)
	w, err := p.webAuthn(rpID, "https://"+rpID)
	if err != nil {
		return err
	}
	var options []webauthn.LoginOption
	if a.user.needsMFA() { // then only its user verification makes it enough
		options = append(options, webauthn.WithUserVerification(protocol.VerificationRequired))
	}
	owner := passkeyUser{a.user, rpID}
	if len(owner.WebAuthnCredentials()) == 0 {
		return fail(invalidParameter, "The user has no passkey for %s.", rpID)
	}
	assertion, session, err := w.BeginLogin(owner, options...)
	if err != nil {
		return err
	}
	a.Passkey = &passkeyCeremony{Session: *session, RPID: rpID}
	answer.ChallengeParameters["CREDENTIAL_REQUEST_OPTIONS"] = jsonText(assertion.Response)
	answer.ChallengeParameters["USERNAME"] = a.ID
	return nil
}

func answerWebAuthn(c *call, a *attempt, responses map[string]string) error {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(responses["CREDENTIAL"]))
	if err != nil {
		return fail(invalidParameter, "Invalid passkey credential: %v", err)
	}
	origin := parsed.Response.CollectedClientData.Origin
	if !allowedOrigin(origin, a.Passkey.RPID) {
		return fail(notAuthorized, "Origin %s is not allowed for the relying party %s.", origin, a.Passkey.RPID)
	}
	w, err := a.client.pool.webAuthn(a.Passkey.RPID, origin)
	if err != nil {
		return err
	}
	used, err := w.ValidateLogin(passkeyUser{a.user, a.Passkey.RPID}, a.Passkey.Session, parsed)
	if err != nil || used.Authenticator.CloneWarning {
		return fail(notAuthorized, "The passkey was refused.")
	}
	for _, k := range a.user.Passkeys {
		if bytes.Equal(k.Credential.ID, used.ID) {
			k.Credential = *used
			a.Roaming = k.Attachment == string(protocol.CrossPlatform)
		}
	}
	a.First = "WEB_AUTHN"
	if parsed.Response.AuthenticatorData.Flags.HasUserVerified() && a.client.pool.passkeyIsMFA() && a.user.WebAuthnMFA {
		a.Second = "WEB_AUTHN"
	}
	return nil
}
