package core

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"time"

	"amplify-auth/core/origin"
	"amplify-auth/core/records"
	"amplify-auth/core/srp"
)

// Deps is what an Auth needs of the world around it.
type Deps struct {
	UserPool UserPool // nil without a user pool
	// IdentityPool is nil without an identity pool, TokenSource in a page without sources.
	IdentityPool IdentityPool
	TokenSource  TokenSource
	// ClientMetadata asks the page for that of a refresh; nil where it has none to give.
	ClientMetadata func(context.Context) (map[string]string, error)
	Storage        Storage // what survives the page, shared with other pages of the origin
	Session        Storage // what survives a reload of the page only
	Locks          Locks
	Network        Network
	Passkeys       Passkeys
	HTTP           HTTP
	// Navigation is nil outside a page.
	Navigation Navigation
	Random     io.Reader
	Exp        srp.Exp
	Now        func() time.Time // the local clock
	Emit       func(Event)      // called in order, must not block
	// Rehearse, if any, gets what a sign-in runs ready. It is called while nobody is
	// signed in and no sign-in goes on.
	Rehearse func()

	Issuer     string // what authenticator apps show; the page's host name
	DeviceName string // what the user's list of devices shows
}

// What all pages of the origin share.
type (
	Change  = origin.Change
	Storage = origin.Storage
	Locks   = origin.Locks
)

// What is stored, as core/records reads and writes it.
type (
	session             = records.Session
	device              = records.Device
	federation          = records.Federation
	identityCredentials = records.Credentials
	transaction         = records.Transaction

	AWSCredentials = records.AWSCredentials
	FederatedToken = records.FederatedToken
)

// records are those that all pages of the origin share, tab those of this tab alone.
func (a *Auth) records() records.Store { return records.Store{Storage: a.Storage, Layout: a.layout} }
func (a *Auth) tab() records.Store     { return records.Store{Storage: a.Session, Layout: a.layout} }

// Network tells whether the browser knows it is offline.
type Network interface {
	Online() bool
}

// Passkeys are navigator.credentials: options and credential are the JSON forms
// of WebAuthn Level 3 (PublicKeyCredentialCreationOptionsJSON and so on).
type Passkeys interface {
	// Create and Get take a CredentialMediationRequirement; empty is the browser's default.
	Create(ctx context.Context, options json.RawMessage, mediation string) (credential json.RawMessage, err error)
	Get(ctx context.Context, options json.RawMessage, mediation string) (credential json.RawMessage, err error)
	// Can reports a ClientCapability of the browser.
	Can(ctx context.Context, capability string) bool
	// Unknown tells the authenticators that the relying party does not know a credential
	// (any more): signalUnknownCredential, where the browser has it.
	Unknown(ctx context.Context, rpID, credentialID string)
}

// HTTP sends requests to the hosted UI's provider. Its errors are *Error or the
// context's.
type HTTP interface {
	Send(ctx context.Context, r HTTPRequest) (HTTPResponse, error)
}

// An HTTPRequest is a GET, or a POST of Form as application/x-www-form-urlencoded.
type HTTPRequest struct {
	URL  string
	Form url.Values
}

// An HTTPResponse has the Date header's time, zero where it cannot be seen.
type HTTPResponse struct {
	Status int
	Body   []byte
	Date   time.Time
}

// Navigation moves the windows of the browser.
type Navigation interface {
	// Page is the URL of the page, and whether it is shown inside a frame.
	Page() (url string, framed bool)
	// Leave goes to url. It returns nil when the user has come back to this very page.
	Leave(ctx context.Context, url string) error
	// Keeps reports whether Session will still have what it was given once the page
	// was left.
	Keeps(ctx context.Context) bool
	// Popup shows a URL in the window that the page has opened for it, and returns the
	// first URL that mine takes of those that the window comes back with. Its errors
	// are ErrPopupBlocked, ErrPopupClosed and the context's.
	Popup(ctx context.Context, p Popup, mine func(url string) bool) (string, error)
}

// A Popup is what a window of the hosted UI needs: its name, the state by which the
// page that it comes back to finds this one, and what it shows.
type Popup struct{ Window, State, URL string }

// An Event is told to the page.
type Event struct {
	Type   string
	Detail any // encodes as JSON
}

// UserPool is the part of the Amazon Cognito user pools API that works without
// AWS credentials. Every error is an *Error.
type UserPool interface {
	signInService
	sessionService
	signUpService
	passwordService
	attributeService
	mfaService
	deviceService
	passkeyService
	userSessionService
}
