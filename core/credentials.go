package core

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"amplify-auth/core/contract"
	"amplify-auth/core/records"
)

// IdentityPool is the part of the Amazon Cognito identity pools API that works
// without AWS credentials, and of AWS STS. logins are tokens by their provider's
// name; none is a guest. Every error is an *Error.
type IdentityPool interface {
	GetID(ctx context.Context, logins map[string]string) (identityID string, err error)
	// GetCredentials is GetCredentialsForIdentity. The identity may be another one
	// than was asked for: the one that a guest's was merged into.
	GetCredentials(ctx context.Context, identityID string, logins map[string]string, customRoleARN string) (identity string, c AWSCredentials, err error)
	// GetOpenIDToken makes the web identity that AssumeRole takes.
	GetOpenIDToken(ctx context.Context, identityID string, logins map[string]string) (identity, token string, err error)
	// AssumeRole is AssumeRoleWithWebIdentity.
	AssumeRole(ctx context.Context, roleARN, token string) (AWSCredentials, error)
}

// GetCredentialsInput are the arguments of getAWSCredentials.
type GetCredentialsInput struct {
	ForceRefresh bool `json:"forceRefresh"`
}

// credentialsMargin is how long before their expiry credentials are renewed: an
// upload begun with them has time to end. AWSMobileClient's figure.
const credentialsMargin = contract.CredentialsMargin

// GetAWSCredentials returns the AWS credentials of the signed-in user, or of a
// guest: the stored ones while they are good, else new ones. When the user's
// session is over it waits for a new sign-in, as GetTokens does.
func (a *Auth) GetAWSCredentials(ctx context.Context, in GetCredentialsInput) (*AWSCredentials, error) {
	c, err := a.credentials(ctx, in)
	if err != nil {
		return nil, err
	}
	return &c.AWSCredentials, nil
}

// credentials is GetAWSCredentials with what belongs to them.
func (a *Auth) credentials(ctx context.Context, in GetCredentialsInput) (*identityCredentials, error) {
	if a.IdentityPool == nil {
		return nil, errNoIdentityPool
	}
	var first *holder // who it was before the wait for a sign-in
	over := func(err error) bool {
		return errors.Is(err, errSessionExpired) || errors.Is(err, errFederatedExpired) || a.waitsForNetwork(err) && first != nil && first.name != guestHolder
	}
	return untilSignedIn(ctx, a, over, func() (*identityCredentials, error) {
		h, err := a.holder(ctx)
		if err != nil {
			return nil, err
		}
		if first != nil && h.name != first.name {
			return nil, errOtherUser
		}
		c, err := a.credentialsOf(ctx, h, in.ForceRefresh, mostTries)
		if err != nil {
			if first == nil {
				first = h
			}
			return nil, err
		}
		// A provider's users are told apart by their identity.
		if first != nil && h.federation != nil && first.ownIdentity() != "" && c.IdentityID != first.ownIdentity() {
			return nil, errOtherUser
		}
		if h.federation != nil && a.state.get().invalid() { // it was for want of a network
			err = a.StorageChanged(ctx)
		}
		return c, err
	})
}

// credentialsTimeout bounds one fetch with all its attempts, and with the user whom a
// token source may have to ask.
const credentialsTimeout = 2 * tokenSourceTimeout

// credentialsOf returns the credentials of a holder, without waiting.
func (a *Auth) credentialsOf(ctx context.Context, h *holder, force bool, tries int) (*identityCredentials, error) {
	old := h.credentials
	if old != nil && !force && a.left(old) > credentialsMargin {
		return old, nil
	}
	tokens, err := a.logins(ctx, h, false)
	if err == nil {
		var c *identityCredentials
		c, err = a.fetching.share(ctx, a.done, h.name, func(ctx context.Context) (*identityCredentials, error) {
			ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
			defer cancel()
			return a.fetchCredentials(ctx, h, tokens)
		})
		if err == nil {
			return c, nil
		}
	}
	if errors.Is(err, errHolderChanged) {
		now, loadErr := a.holder(ctx)
		if loadErr != nil {
			return nil, loadErr
		}
		if h.name == guestHolder || now.name == h.name { // signed in meanwhile, or given a new token
			if tries == 1 {
				return nil, errUnsettled
			}
			return a.credentialsOf(ctx, now, force, tries-1)
		}
	}
	// Near their end, credentials are still better than a failing network.
	if old != nil && !force && AsError(err).Retryable && ctx.Err() == nil && old.Left(a.Now()) > contract.TokenMargin {
		return old, nil
	}
	return nil, err
}

// A holder is whose credentials are asked for: a user of the user pool or of the
// hosted UI, one whom federatedSignIn brought, or a guest.
type holder struct {
	name        string // tells holders apart, in storage too
	federation  *federation
	identity    records.OwnedIdentity
	credentials *identityCredentials // stored ones of this holder, if any
	news        news                 // as of then
}

const guestHolder = "guest"

// ownIdentity is the stored identity id if it is known to be this holder's.
func (h *holder) ownIdentity() string {
	if h.identity.Holder == h.name {
		return h.identity.ID
	}
	return ""
}

// startIdentity is the identity id to ask credentials for: their own, or a guest's,
// which then becomes theirs. That of another user would only be refused.
func (h *holder) startIdentity() string {
	if h.identity.Holder == h.name || h.identity.Holder == "" || h.identity.Holder == guestHolder {
		return h.identity.ID
	}
	return ""
}

// holder reads who it is now.
func (a *Auth) holder(ctx context.Context) (*holder, error) {
	news := a.news(ctx)
	s, err := a.loadSession(ctx)
	if err != nil {
		return nil, err
	}
	h := &holder{name: guestHolder, news: news}
	switch {
	case stateOf(s, a.Now()) != SignedOut:
		if !s.DisableFederation {
			h.name = "user " + s.Username
		}
	case s == nil:
		if h.federation, err = a.records().Federation(ctx); err != nil {
			return nil, err
		}
		if h.federation != nil {
			h.name = holderName(h.federation)
		}
	}
	h.identity, h.credentials, err = a.loadIdentity(ctx)
	if h.credentials != nil && h.credentials.Holder != h.name {
		h.credentials = nil
	}
	return h, err
}

// logins are the holder's tokens for the identity pool. renew asks for newer ones
// than those that the identity pool has just refused.
func (a *Auth) logins(ctx context.Context, h *holder, renew bool) (map[string]string, error) {
	switch {
	case h.name == guestHolder:
		if !a.cfg.IdentityPool.AllowGuest {
			return nil, errGuestsNotAllowed
		}
		return nil, nil
	case h.federation != nil:
		return map[string]string{h.federation.Provider: h.federation.Token}, nil
	}
	s, err := a.freshSession(ctx, GetTokensInput{ForceRefresh: renew})
	if err != nil {
		return nil, err
	}
	if s.ID == nil {
		return nil, errNoIDToken
	}
	provider := s.FederationProvider
	if provider == "" {
		_, provider, _ = strings.Cut(s.ID.Text("iss"), "://")
		provider = strings.TrimSuffix(provider, "/")
	}
	return map[string]string{provider: s.ID.Raw}, nil
}

// fetchCredentials gets new credentials and stores them. All pages of the origin
// take turns, and one that comes second finds the first one's.
func (a *Auth) fetchCredentials(ctx context.Context, h *holder, logins map[string]string) (*identityCredentials, error) {
	var out *identityCredentials
	err := a.withIdentityLock(ctx, func(ctx context.Context) error {
		now, mark, err := a.latestHolder(ctx, h, logins)
		if err != nil {
			return err
		}
		if now.name != h.name {
			return errHolderChanged
		}
		if c := now.credentials; c != nil && (h.credentials == nil || c.AccessKeyID != h.credentials.AccessKeyID) && c.Left(a.Now()) > credentialsMargin {
			out = c
			return nil
		}
		if now.federation != nil {
			if now.federation.Token == "" {
				return errFederatedExpired
			}
			if out, err = a.federatedCredentials(ctx, now); err == nil {
				a.Locks.Publish(ctx, a.credentialsLock(), credentialsGeneration(out, mark))
			}
			return err
		}
		c, err := a.obtain(ctx, now.startIdentity(), logins, "")
		if tokenRefused(err) && len(logins) > 0 {
			// The local clock, or what happened to the user meanwhile, misled us.
			if logins, err = a.logins(ctx, now, true); err == nil {
				c, err = a.obtain(ctx, now.startIdentity(), logins, "")
			}
		}
		if err != nil {
			return err
		}
		out = c
		if err := a.keepCredentials(ctx, now, c); err != nil {
			return err
		}
		a.Locks.Publish(ctx, a.credentialsLock(), credentialsGeneration(c, mark))
		return nil
	})
	if err == nil && h.name == guestHolder && a.state.get().UserState == SignedOut {
		a.state.to(State{UserState: Guest}, false)
	}
	return out, err
}

func (a *Auth) credentialsLock() string { return a.locks + "credentials" }

// withIdentityLock runs f while no other page changes the identity or its credentials.
func (a *Auth) withIdentityLock(ctx context.Context, f func(ctx context.Context) error) error {
	return a.Locks.With(ctx, a.credentialsLock(), lockWait, func(ctx context.Context, _ bool) error { return f(ctx) })
}

// credentialsGeneration orders credentials that were got by the same means.
func credentialsGeneration(c *identityCredentials, mark string) string {
	return fmt.Sprintf("%s %014d %s", mark, c.Expiration, c.AccessKeyID)
}

// latestHolder is holder for who has the lock: it waits until the credentials that
// another page has just stored can be read here. mark tells by which means h gets
// its credentials: a new sign-in or a newer token asks for new ones.
func (a *Auth) latestHolder(ctx context.Context, h *holder, logins map[string]string) (now *holder, mark string, err error) {
	sum := sha256.New()
	sum.Write([]byte(h.name))
	for provider, token := range logins {
		sum.Write([]byte(provider + token))
	}
	if len(logins) == 0 {
		sum.Write([]byte(h.identity.ID))
	}
	mark = base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12])
	err = a.whenStored(ctx, a.credentialsLock(), mark, func(newest string) (bool, error) {
		now, err = a.holder(ctx)
		return newest == "" || err == nil && (now.name != h.name || now.credentials != nil && credentialsGeneration(now.credentials, mark) >= newest), err
	})
	return now, mark, err
}

// keepCredentials stores credentials of h, unless h is no longer who is signed in.
func (a *Auth) keepCredentials(ctx context.Context, h *holder, c *identityCredentials, more ...Change) error {
	return a.store(ctx, func(ctx context.Context) error {
		if err := a.stillHolder(ctx, h); err != nil {
			return err
		}
		c.Holder = h.name
		changes, err := a.records().CredentialChanges(c)
		if err != nil {
			return err
		}
		return a.Storage.Apply(ctx, append(more, changes...))
	})
}

// stillHolder fails when h is no longer who is signed in.
func (a *Auth) stillHolder(ctx context.Context, h *holder) error {
	now, err := a.holder(ctx)
	if err != nil {
		return err
	}
	if now.name != h.name || now.news.since(h.news) != "" || h.federation != nil && now.federation.Token != h.federation.Token {
		return errHolderChanged
	}
	return nil
}
