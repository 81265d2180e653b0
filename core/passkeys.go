package core

import (
	"context"
	"encoding/json"
)

// passkeyService registers WebAuthn credentials.
type passkeyService interface {
	// StartWebAuthnRegistration returns PublicKeyCredentialCreationOptionsJSON.
	StartWebAuthnRegistration(ctx context.Context, accessToken string) (json.RawMessage, error)
	CompleteWebAuthnRegistration(ctx context.Context, accessToken string, credential json.RawMessage) error
	ListWebAuthnCredentials(ctx context.Context, accessToken, nextToken string) (*PasskeyList, error)
	DeleteWebAuthnCredential(ctx context.Context, accessToken, credentialID string) error
}

// A Passkey is a registered WebAuthn credential. CreatedAt is in milliseconds
// since 1970.
type Passkey struct {
	CredentialID            string   `json:"credentialId"`
	FriendlyCredentialName  string   `json:"friendlyCredentialName"`
	RelyingPartyID          string   `json:"relyingPartyId"`
	AuthenticatorAttachment string   `json:"authenticatorAttachment,omitempty"`
	AuthenticatorTransports []string `json:"authenticatorTransports"`
	CreatedAt               int64    `json:"createdAt"`
}

// A PasskeyList is one page of passkeys.
type PasskeyList struct {
	Credentials []Passkey `json:"credentials"`
	NextToken   string    `json:"nextToken,omitempty"`
}

// RegisterPasskeyInput are the arguments of registerPasskey.
type RegisterPasskeyInput struct {
	// Mediation "conditional" lets the browser make the passkey without a dialog, where
	// its password manager has just filled in the user's password.
	Mediation string `json:"mediation"`
}

// RegisterPasskey makes a passkey for the signed-in user.
func (a *Auth) RegisterPasskey(ctx context.Context, in RegisterPasskeyInput) error {
	if in.Mediation != "" && in.Mediation != "conditional" {
		return invalid("registerPasskey: mediation must be conditional, or left out.")
	}
	if _, err := a.session(ctx, GetTokensInput{}); err != nil {
		return err
	}
	if a.Passkeys == nil || in.Mediation != "" && !a.Passkeys.Can(ctx, "conditionalCreate") {
		return errPasskeys
	}
	options, err := withToken(ctx, a, func(token string) (json.RawMessage, error) {
		return a.UserPool.StartWebAuthnRegistration(ctx, token)
	})
	if err != nil {
		return err
	}
	credential, err := a.Passkeys.Create(ctx, options, in.Mediation)
	if err != nil {
		return err
	}
	return a.asUser(ctx, func(token string) error {
		err := a.UserPool.CompleteWebAuthnRegistration(ctx, token, credential)
		if err == nil {
			a.preferPasskey(ctx, token)
		}
		return err
	})
}

// ListPasskeysInput are the arguments of listPasskeys.
type ListPasskeysInput struct {
	NextToken string `json:"nextToken"`
}

// ListPasskeys returns a page of the signed-in user's passkeys.
func (a *Auth) ListPasskeys(ctx context.Context, in ListPasskeysInput) (*PasskeyList, error) {
	return withToken(ctx, a, func(token string) (*PasskeyList, error) {
		list, err := a.UserPool.ListWebAuthnCredentials(ctx, token, in.NextToken)
		if err == nil {
			for _, c := range list.Credentials {
				a.relyingParties.Store(c.CredentialID, c.RelyingPartyID)
			}
		}
		return list, err
	})
}

// DeletePasskeyInput are the arguments of deletePasskey.
type DeletePasskeyInput struct {
	CredentialID string `json:"credentialId"`
}

// DeletePasskey removes a passkey from the user's account.
func (a *Auth) DeletePasskey(ctx context.Context, in DeletePasskeyInput) error {
	if in.CredentialID == "" {
		return invalid("deletePasskey: credentialId is empty.")
	}
	err := a.asUser(ctx, func(token string) error { return a.UserPool.DeleteWebAuthnCredential(ctx, token, in.CredentialID) })
	if err == nil && a.Passkeys != nil {
		rpID, ok := a.relyingParties.Load(in.CredentialID)
		if !ok {
			rpID = a.Issuer // the page's host name, which it is by default
		}
		a.Passkeys.Unknown(ctx, rpID.(string), in.CredentialID)
	}
	return err
}

// unlistedPasskey returns the passkey of an answer that the options of its challenge do
// not name. One that they name the service knows, whatever it refuses.
func unlistedPasskey(options, credential string) (rpID, id string) {
	var asked struct {
		RPID  string                `json:"rpId"`
		Allow []struct{ ID string } `json:"allowCredentials"`
	}
	var given struct{ ID string }
	if json.Unmarshal([]byte(options), &asked) != nil || json.Unmarshal([]byte(credential), &given) != nil {
		return "", ""
	}
	for _, c := range asked.Allow {
		if c.ID == given.ID {
			return "", ""
		}
	}
	return asked.RPID, given.ID
}

// passkeyRefused tells the authenticators of a passkey that the service refused and
// does not know: the user is not to be offered it again.
func (a *Auth) passkeyRefused(ctx context.Context, ch challenge, answers map[string]string, err error) {
	if answers["CREDENTIAL"] == "" || AsError(err).Code != "notAuthorized" {
		return
	}
	if rpID, id := unlistedPasskey(ch.Params["CREDENTIAL_REQUEST_OPTIONS"], answers["CREDENTIAL"]); id != "" && rpID != "" {
		a.Passkeys.Unknown(ctx, rpID, id)
	}
}

// PasskeyError makes the error of a failed WebAuthn ceremony by the name of the
// DOMException: Web Authentication Level 3, sections 5.1.3 and 5.1.4.
func PasskeyError(exception string, cause error) *Error {
	e := newError("passkeyFailed", "The passkey could not be used. Try again, or use another way to sign in.")
	switch exception {
	case "NotAllowedError":
		e = newError("passkeyCancelled", "The passkey dialog was cancelled, timed out or found no passkey.")
	case "InvalidStateError":
		e = newError("passkeyAlreadyExists", "This device already has a passkey for this account.")
	case "SecurityError":
		e = newError("relyingPartyMismatch", "The page's domain is not the relying party of the user pool's passkeys.")
	case "NotSupportedError":
		e = errPasskeys
	}
	return e.Because(cause)
}
