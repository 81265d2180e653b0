package emulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/document"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// authenticator is a security key in software: ES256, no attestation.
type authenticator struct {
	key    *ecdsa.PrivateKey
	id     []byte
	count  uint32
	origin string
}

func newAuthenticator(t *testing.T, origin string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &authenticator{key: key, id: id, origin: origin}
}

var b64url = base64.RawURLEncoding.EncodeToString

func (a *authenticator) clientData(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	return b
}

// authData is authenticator data (WebAuthn, 6.1), with the attested credential if it is a registration.
func (a *authenticator) authData(rpID string, flags byte, attested []byte) []byte {
	hash := sha256.Sum256([]byte(rpID))
	a.count++
	return slices.Concat(hash[:], []byte{flags}, binary.BigEndian.AppendUint32(nil, a.count), attested)
}

const present, verified, attestedData = 0x01, 0x04, 0x40

// cborBytes is a CBOR byte string of up to 65535 bytes.
func cborBytes(b []byte) []byte {
	return append([]byte{0x59, byte(len(b) >> 8), byte(len(b))}, b...)
}

func cborText(s string) []byte { return append([]byte{0x60 | byte(len(s))}, s...) }

// create answers navigator.credentials.create.
func (a *authenticator) create(options map[string]any, flags byte) map[string]any {
	rpID := options["rp"].(map[string]any)["id"].(string)
	x, y := make([]byte, 32), make([]byte, 32)
	a.key.X.FillBytes(x)
	a.key.Y.FillBytes(y)
	// COSE_Key {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
	cose := slices.Concat([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32}, x, []byte{0x22, 0x58, 32}, y)
	attested := slices.Concat(make([]byte, 16), []byte{0, byte(len(a.id))}, a.id, cose)
	data := a.authData(rpID, flags|attestedData, attested)
	object := slices.Concat([]byte{0xa3}, cborText("fmt"), cborText("none"), cborText("attStmt"), []byte{0xa0}, cborText("authData"), cborBytes(data))
	return map[string]any{
		"id": b64url(a.id), "rawId": b64url(a.id), "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{},
		"response": map[string]any{
			"clientDataJSON": b64url(a.clientData("webauthn.create", options["challenge"].(string))), "attestationObject": b64url(object), "transports": []string{"internal"},
		},
	}
}

// get answers navigator.credentials.get.
func (a *authenticator) get(t *testing.T, options string, flags byte) string {
	t.Helper()
	var o struct{ Challenge, RpID string }
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		t.Fatal(err)
	}
	data, client := a.authData(o.RpID, flags, nil), a.clientData("webauthn.get", o.Challenge)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(slices.Concat(data, hash[:]))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(map[string]any{
		"id": b64url(a.id), "rawId": b64url(a.id), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64url(client), "authenticatorData": b64url(data), "signature": b64url(signature)},
	})
	return string(b)
}

// asPage sends an Origin header with every request, as a page does.
func asPage(origin string) func(*cip.Options) {
	return func(o *cip.Options) {
		o.HTTPClient = pageClient(origin)
	}
}

type pageClient string

func (p pageClient) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("Origin", string(p))
	return plainClient{}.Do(r)
}

// register runs a registration and returns what completing it answers.
func (b *bed) register(access *string, a *authenticator, flags byte, change func(map[string]any)) error {
	b.Helper()
	out, err := b.StartWebAuthnRegistration(b.ctx, &cip.StartWebAuthnRegistrationInput{AccessToken: access}, asPage(a.origin))
	b.ok(err)
	var options map[string]any
	b.ok(out.CredentialCreationOptions.UnmarshalSmithyDocument(&options))
	credential := a.create(options, flags)
	if change != nil {
		change(credential)
	}
	_, err = b.CompleteWebAuthnRegistration(b.ctx, &cip.CompleteWebAuthnRegistrationInput{AccessToken: access, Credential: document.NewLazyDocument(credential)}, asPage(a.origin))
	return err
}

func TestPasskeys(t *testing.T) {
	b := choicePool(t)
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	const origin = "http://localhost:8080"
	key := newAuthenticator(t, origin)

	out, err := b.StartWebAuthnRegistration(b.ctx, &cip.StartWebAuthnRegistrationInput{AccessToken: access}, asPage(origin))
	b.ok(err)
	var options struct {
		Challenge              string
		Rp, User               map[string]any
		PubKeyCredParams       []any
		AuthenticatorSelection map[string]any
		ExcludeCredentials     []any
	}
	b.ok(out.CredentialCreationOptions.UnmarshalSmithyDocument(&options))
	if options.Rp["id"] != "localhost" || options.User["name"] != "anna" || options.AuthenticatorSelection["residentKey"] != "required" || len(options.PubKeyCredParams) == 0 || len(options.Challenge) < 20 {
		t.Fatalf("options %+v", options)
	}

	b.ok(b.register(access, key, present|verified, nil))
	b.fails(b.register(access, key, present|verified, nil), "InvalidParameterException") // twice the same
	list, err := b.ListWebAuthnCredentials(b.ctx, &cip.ListWebAuthnCredentialsInput{AccessToken: access})
	b.ok(err)
	if len(list.Credentials) != 1 {
		t.Fatalf("%d passkeys", len(list.Credentials))
	}
	if c := list.Credentials[0]; *c.CredentialId != b64url(key.id) || *c.RelyingPartyId != "localhost" || *c.AuthenticatorAttachment != "platform" || !slices.Equal(c.AuthenticatorTransports, []string{"internal"}) || c.CreatedAt == nil {
		t.Errorf("passkey %+v", c)
	}
	factors, err := b.GetUserAuthFactors(b.ctx, &cip.GetUserAuthFactorsInput{AccessToken: access})
	b.ok(err)
	if !slices.Contains(factors.ConfiguredUserAuthFactors, types.AuthFactorTypeWebAuthn) {
		t.Errorf("factors %v", factors.ConfiguredUserAuthFactors)
	}

	initiate := func(parameters ...string) *cip.InitiateAuthOutput {
		t.Helper()
		out, err := b.InitiateAuth(b.ctx, &cip.InitiateAuthInput{AuthFlow: "USER_AUTH", ClientId: &b.client, AuthParameters: inPairs(append(parameters, "USERNAME", "anna"))}, asPage(origin))
		b.ok(err)
		return out
	}
	t.Run("sign-in", func(t *testing.T) {
		out := initiate("PREFERRED_CHALLENGE", "WEB_AUTHN")
		if out.ChallengeName != "WEB_AUTHN" {
			t.Fatalf("asks %s", out.ChallengeName)
		}
		other := newAuthenticator(t, origin)
		other.id = key.id // the right credential id, another key
		request := out.ChallengeParameters["CREDENTIAL_REQUEST_OPTIONS"]
		_, err := b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", other.get(t, request, present))
		b.fails(err, "NotAuthorizedException: The passkey was refused.")
		_, err = b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", "{}")
		b.fails(err, "InvalidParameterException")
		away := *key
		away.origin = "https://evil.example"
		_, err = b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", away.get(t, request, present))
		b.fails(err, "NotAuthorizedException")
		done, err := b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", key.get(t, request, present))
		b.ok(err)
		if done.AuthenticationResult == nil {
			t.Fatal("no tokens")
		}
		// the same assertion answers no other challenge
		again := initiate("PREFERRED_CHALLENGE", "WEB_AUTHN")
		_, err = b.answer("WEB_AUTHN", again.Session, "USERNAME", "anna", "CREDENTIAL", key.get(t, request, present))
		b.fails(err, "NotAuthorizedException: The passkey was refused.")
	})
	t.Run("select and answer at once", func(t *testing.T) {
		out := initiate()
		if !slices.Contains(out.AvailableChallenges, types.ChallengeNameTypeWebAuthn) {
			t.Fatalf("available %v", out.AvailableChallenges)
		}
		done, err := b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "anna", "ANSWER", "WEB_AUTHN", "CREDENTIAL", key.get(t, out.ChallengeParameters["CREDENTIAL_REQUEST_OPTIONS"], present))
		b.ok(err)
		if done.AuthenticationResult == nil {
			t.Fatal("no tokens")
		}
	})
	t.Run("cloned key", func(t *testing.T) {
		out := initiate("PREFERRED_CHALLENGE", "WEB_AUTHN")
		clone := *key
		clone.count = 0
		_, err := b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", clone.get(t, out.ChallengeParameters["CREDENTIAL_REQUEST_OPTIONS"], present))
		b.fails(err, "NotAuthorizedException")
	})
	t.Run("refused registrations", func(t *testing.T) {
		response := func(field, value string) func(map[string]any) {
			return func(c map[string]any) { c["response"].(map[string]any)[field] = value }
		}
		another := newAuthenticator(t, origin)
		b.fails(b.register(access, another, present, response("clientDataJSON", b64url(another.clientData("webauthn.create", "xxxxxxxxxxxxxxxxxxxxxx")))), "WebAuthnChallengeNotFoundException")
		b.fails(b.register(access, another, present, response("attestationObject", "AAAA")), "InvalidParameterException")
		b.fails(b.register(access, another, 0, nil), "WebAuthnCredentialNotSupportedException") // user not present
		start, err := b.StartWebAuthnRegistration(b.ctx, &cip.StartWebAuthnRegistrationInput{AccessToken: access}, asPage(origin))
		b.ok(err)
		var options map[string]any
		b.ok(start.CredentialCreationOptions.UnmarshalSmithyDocument(&options))
		complete := func(credential map[string]any) error {
			_, err := b.CompleteWebAuthnRegistration(b.ctx, &cip.CompleteWebAuthnRegistrationInput{AccessToken: access, Credential: document.NewLazyDocument(credential)})
			return err
		}
		another.origin = "https://localhost.evil.example"
		b.fails(complete(another.create(options, present)), "WebAuthnOriginNotAllowedException")
		another.origin = origin
		options["rp"].(map[string]any)["id"] = "example.com"
		b.fails(complete(another.create(options, present)), "WebAuthnRelyingPartyMismatchException")
		options["rp"].(map[string]any)["id"] = "localhost"
		b.server.Advance(5 * time.Minute)
		b.fails(complete(another.create(options, present)), "WebAuthnChallengeNotFoundException")
		_, err = b.StartWebAuthnRegistration(b.ctx, &cip.StartWebAuthnRegistrationInput{AccessToken: access}, asPage("http://127.0.0.1:8080"))
		b.fails(err, "WebAuthnConfigurationMissingException")
	})
	_, err = b.DeleteWebAuthnCredential(b.ctx, &cip.DeleteWebAuthnCredentialInput{AccessToken: access, CredentialId: aws.String(b64url(key.id))})
	b.ok(err)
	_, err = b.DeleteWebAuthnCredential(b.ctx, &cip.DeleteWebAuthnCredentialInput{AccessToken: access, CredentialId: aws.String(b64url(key.id))})
	b.fails(err, "ResourceNotFoundException")

	plain := newPool(t, nil)
	plain.addUser("anna", goodPassword)
	_, err = plain.StartWebAuthnRegistration(b.ctx, &cip.StartWebAuthnRegistrationInput{AccessToken: plain.password("anna", goodPassword).AccessToken})
	b.fails(err, "WebAuthnNotEnabledException")
}

// Ensure that a passkey begins no sign-in of a pool that requires MFA, unless it counts as two factors.
func TestPasskeyFirstWithRequiredMFA(t *testing.T) {
	b := choicePool(t)
	require := func(w *types.WebAuthnConfigurationType) error {
		_, err := b.SetUserPoolMfaConfig(b.ctx, &cip.SetUserPoolMfaConfigInput{UserPoolId: &b.pool, MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: &types.SoftwareTokenMfaConfigType{Enabled: true}, WebAuthnConfiguration: w})
		return err
	}
	for _, w := range []*types.WebAuthnConfigurationType{nil, {UserVerification: "required"}, {FactorConfiguration: "SINGLE_FACTOR"}} {
		b.fails(require(w), "InvalidParameterException: Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed first auth factor")
	}
	b.ok(require(&types.WebAuthnConfigurationType{FactorConfiguration: "MULTI_FACTOR_WITH_USER_VERIFICATION"}))

	plain := mfaPool(t, "ON")
	_, err := plain.UpdateUserPool(plain.ctx, &cip.UpdateUserPoolInput{UserPoolId: &plain.pool, MfaConfiguration: "ON",
		Policies: &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"PASSWORD", "WEB_AUTHN"}}}})
	plain.fails(err, "InvalidParameterException: WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA.")
}

func TestPasskeyAsMFA(t *testing.T) {
	b := choicePool(t)
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	_, err := b.SetUserPoolMfaConfig(b.ctx, &cip.SetUserPoolMfaConfigInput{UserPoolId: &b.pool, MfaConfiguration: "ON", EmailMfaConfiguration: &types.EmailMfaConfigType{},
		WebAuthnConfiguration: &types.WebAuthnConfigurationType{RelyingPartyId: aws.String("app.example.com"), FactorConfiguration: "MULTI_FACTOR_WITH_USER_VERIFICATION", UserVerification: "required"}})
	b.ok(err)
	key := newAuthenticator(t, "https://app.example.com")
	prefer := func(email, passkey bool) error {
		in := &cip.SetUserMFAPreferenceInput{AccessToken: access, WebAuthnMfaSettings: &types.WebAuthnMfaSettingsType{Enabled: passkey}}
		if email {
			in.EmailMfaSettings = &types.EmailMfaSettingsType{Enabled: true}
		}
		_, err := b.SetUserMFAPreference(b.ctx, in)
		return err
	}
	b.fails(prefer(true, true), "InvalidParameterException: User does not have applicable WebAuthn credentials to enable WebAuthn MFA.")
	b.ok(b.register(access, key, present|verified, nil))
	_, err = b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", "WEB_AUTHN")
	b.fails(err, "NotAuthorizedException: Password Challenge is Required to SignIn")
	_, err = b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", "EMAIL_OTP")
	b.fails(err, "InvalidParameterException: Password Challenge is Required to SignIn")
	out, err := b.start("USER_AUTH", "USERNAME", "anna")
	b.ok(err)
	if slices.Contains(out.AvailableChallenges, "WEB_AUTHN") {
		t.Errorf("available without the user's flag: %v", out.AvailableChallenges)
	}
	b.ok(prefer(true, false))
	b.fails(prefer(false, true), "InvalidParameterException: WebAuthn MFA requires enabling an additional MFA setting.") // although e-mail is on
	b.ok(prefer(true, true))
	me, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: access})
	b.ok(err)
	if !slices.Equal(me.UserMFASettingList, []string{"EMAIL_OTP", "WEB_AUTHN_MFA"}) {
		t.Errorf("MFA %v", me.UserMFASettingList)
	}
	out, err = b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", "WEB_AUTHN")
	b.ok(err)
	if slices.Contains(out.AvailableChallenges, "EMAIL_OTP") || out.ChallengeName != "WEB_AUTHN" {
		t.Fatalf("%s %v", out.ChallengeName, out.AvailableChallenges)
	}
	options := out.ChallengeParameters["CREDENTIAL_REQUEST_OPTIONS"]
	if !strings.Contains(options, `"userVerification":"required"`) {
		t.Errorf("options %s", options)
	}
	_, err = b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", key.get(t, options, present))
	b.fails(err, "NotAuthorizedException") // without user verification
	done, err := b.answer("WEB_AUTHN", out.Session, "USERNAME", "anna", "CREDENTIAL", key.get(t, options, present|verified))
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Fatalf("asks %s", done.ChallengeName)
	}
}
