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

// RegisterPasskey makes a passkey for the signed-in user.
func (a *Auth) RegisterPasskey(ctx context.Context) error {
	if _, err := a.session(ctx, GetTokensInput{}); err != nil {
		return err
	}
	if a.Passkeys == nil {
		return errPasskeys
	}
	options, err := withToken(ctx, a, func(token string) (json.RawMessage, error) {
		return a.UserPool.StartWebAuthnRegistration(ctx, token)
	})
	if err != nil {
		return err
	}
	credential, err := a.Passkeys.Create(ctx, options)
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
		return a.UserPool.ListWebAuthnCredentials(ctx, token, in.NextToken)
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
	return a.asUser(ctx, func(token string) error { return a.UserPool.DeleteWebAuthnCredential(ctx, token, in.CredentialID) })
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
	return e.because(cause)
}
