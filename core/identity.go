package core

import (
	"context"
	"errors"
	"strings"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/core/records"
)

// loadIdentity reads the identity and the credentials that are stored.
func (a *Auth) loadIdentity(ctx context.Context) (id records.OwnedIdentity, c *identityCredentials, err error) {
	id, c, err = a.records().IdentityAndCredentials(ctx)
	if c != nil && a.clock.known() {
		c.ClockDrift = a.clock.server().Sub(a.Now()).Milliseconds()
	}
	return id, c, err
}

// left is how long credentials serve: surely, until the service has told its time.
func (a *Auth) left(c *identityCredentials) time.Duration {
	if a.clock.known() {
		return c.Left(a.Now())
	}
	return c.Surely(a.Now())
}

// GetIdentityID returns the id of the signed-in user or of a guest in the identity
// pool. After a sign-in it is the user's from the start, never the guest's of before.
func (a *Auth) GetIdentityID(ctx context.Context) (string, error) {
	if a.IdentityPool == nil {
		return "", errNoIdentityPool
	}
	for range mostTries {
		id, err := a.identityID(ctx)
		if !errors.Is(err, errHolderChanged) {
			return id, err
		}
	}
	return "", errUnsettled
}

// identityID is GetIdentityID as long as whose it is does not change.
func (a *Auth) identityID(ctx context.Context) (string, error) {
	h, err := a.holder(ctx)
	if err != nil {
		return "", err
	}
	if id := h.identity; id.ID != "" && (id.Holder == h.name || id.Holder == "" && h.name == guestHolder) {
		return id.ID, nil
	}
	if h.name == guestHolder && h.identity.ID == "" {
		return a.newGuest(ctx, h)
	}
	// Only asking for credentials makes a guest's identity the user's.
	c, err := a.credentials(ctx, GetCredentialsInput{})
	if err != nil {
		return "", err
	}
	return c.IdentityID, nil
}

// newGuest gets an identity for a guest.
func (a *Auth) newGuest(ctx context.Context, h *holder) (id string, err error) {
	logins, err := a.logins(ctx, h, false)
	if err != nil {
		return "", err
	}
	err = a.withIdentityLock(ctx, func(ctx context.Context) error {
		now, err := a.holder(ctx)
		switch {
		case err != nil:
			return err
		case now.name != h.name:
			return errHolderChanged
		case now.identity.ID != "": // another page was first
			id = now.identity.ID
			return nil
		}
		if id, err = a.getID(ctx, logins); err != nil {
			return err
		}
		return a.store(ctx, func(ctx context.Context) error {
			if err := a.stillHolder(ctx, now); err != nil {
				return err
			}
			changes, err := a.records().IdentityChanges(records.OwnedIdentity{ID: id, Holder: h.name})
			if err != nil {
				return err
			}
			return a.Storage.Apply(ctx, changes)
		})
	})
	if err == nil && a.state.get().UserState == SignedOut {
		a.state.to(State{UserState: Guest}, false)
	}
	return id, err
}

func (a *Auth) getID(ctx context.Context, logins map[string]string) (string, error) {
	id, err := a.IdentityPool.GetID(ctx, logins)
	switch {
	case err != nil:
		return "", explained(err, "")
	case id == "":
		return "", errNoIdentityID
	}
	return id, nil
}

// obtain gets credentials for logins, starting from the identity id, which may be
// empty. An id that is gone, or that the logins do not open, gives way to a new
// one, once.
func (a *Auth) obtain(ctx context.Context, id string, logins map[string]string, customRoleARN string) (*identityCredentials, error) {
	_, developer := logins[contract.DeveloperProvider]
	if id == "" {
		if developer {
			return nil, errDeveloperIdentity
		}
		var err error
		if id, err = a.getID(ctx, logins); err != nil {
			return nil, err
		}
		return a.exchange(ctx, id, logins, customRoleARN)
	}
	c, err := a.exchange(ctx, id, logins, customRoleARN)
	if developer || !staleIdentity(err) {
		return c, err
	}
	return a.obtain(ctx, "", logins, customRoleARN)
}

// staleIdentity reports whether err may be about the identity rather than the logins.
func staleIdentity(err error) bool {
	return hasName(err, "ResourceNotFoundException", "ResourceConflictException", "ValidationException") ||
		hasName(err, "NotAuthorizedException") && AsError(err).Code == "notAuthorized"
}

// tokenRefused reports whether err is about a login's token.
func tokenRefused(err error) bool {
	if err == nil {
		return false
	}
	code := AsError(err).Code
	return code == "federatedTokenExpired" || code == "federatedTokenInvalid"
}

// exchange gets an identity's credentials by the enhanced flow, or the basic
// (classic) one where the configuration asks for it.
func (a *Auth) exchange(ctx context.Context, id string, logins map[string]string, customRoleARN string) (*identityCredentials, error) {
	c := &identityCredentials{IdentityID: id}
	identity := ""
	var err error
	if p := a.cfg.IdentityPool; !p.ClassicFlow {
		identity, c.AWSCredentials, err = a.IdentityPool.GetCredentials(ctx, id, logins, customRoleARN)
	} else {
		role := customRoleARN
		switch {
		case role != "":
		case len(logins) > 0:
			role = p.AuthRoleARN
		default:
			role = p.GuestRole
		}
		if role == "" {
			return nil, errNoGuestRole
		}
		var token string
		if identity, token, err = a.IdentityPool.GetOpenIDToken(ctx, id, logins); err == nil {
			c.AWSCredentials, err = a.IdentityPool.AssumeRole(ctx, role, token)
		}
	}
	if err != nil {
		return nil, explained(err, customRoleARN)
	}
	if identity != "" {
		c.IdentityID = identity
	}
	c.Issued = a.clock.server().UnixMilli()
	c.ClockDrift = a.clock.server().Sub(a.Now()).Milliseconds()
	return c, nil
}

// explained adds to a refusal what can be done about it.
func explained(err error, customRoleARN string) error {
	e := AsError(err)
	remedy := ""
	switch e.Code {
	case "guestAccessNotAllowed":
		remedy = "Sign a user in, or allow guest access in the identity pool."
	case "federatedTokenExpired":
		remedy = "Get a new token from the provider and call federatedSignIn with it."
	case "federatedTokenInvalid":
		remedy = "Pass a token that the provider has just issued."
		switch {
		case strings.Contains(e.Message, "claim: aud"), strings.Contains(e.Message, "OpenId"):
			remedy = "Pass the provider's ID token, not its access token."
		case strings.Contains(e.Message, "udience"):
			remedy = "Add the token's audience (aud) to the client ids of the provider in the identity pool or in IAM."
		case strings.Contains(e.Message, "providerName"):
			remedy = "providerName has to be the token's issuer (iss) without https://."
		}
	case "providerNotSupported":
		remedy = "Add the provider, or the user pool with this app client, to the identity providers of the identity pool."
	case "roleNotAllowed":
		remedy = "Choose one of the token's roles with customRoleARN, or change the role mapping of the identity pool."
	case "invalidIdentityPoolConfiguration":
		remedy = "Assign roles to the identity pool, and let their trust policies name it."
	case "accessDenied":
		remedy = "Let the trust policy of the role name this identity pool, and allow the basic (classic) flow in the pool."
	case "resourceNotFound":
		remedy = "Check the identity pool's id and region in the configuration."
	case "validation": // what this service calls a bad parameter
		c := *e
		c.Code = "invalidParameter"
		return &c
	case "notAuthorized":
		remedy = "Check the identity providers of the identity pool."
		if customRoleARN != "" {
			remedy = "customRoleARN has to be one of the roles in the token."
		}
	default:
		return err
	}
	c := *e
	c.Message += " " + remedy
	return &c
}
