// Package core is AWSMobileClient's authentication for Amazon Cognito as plain
// Go: every rule about users, challenges, tokens and sessions is here, and
// nothing about browsers. What it needs of the world it asks for through the
// small interfaces of ports.go.
//
// # Files, in reading order
//
// What all of it stands on:
//
//	core.go          Auth: options, New, Close
//	ports.go         what an Auth needs of a page, and of Cognito
//	errors.go        the one error type, and Cognito's names in our codes
//	state.go         the six user states: one machine, its listeners
//	tokens.go        JSON Web Tokens, not verified
//	clock.go         the service's clock
//
// What is stored (how it is written, package records knows):
//
//	storing.go       whose session is stored: one page at a time; the locks' order
//	session.go       getTokens, and calls that need an access token
//
// A sign-in:
//
//	signin.go        signIn, its flows, a sign-in that goes on after a reload
//	attempt.go       one sign-in from its begin to its end
//	challenges.go    the table of challenges
//	challengeloop.go confirmSignIn; answers challenges until the user must be asked
//	beginsession.go  tokens become the session
//	entries.go       what people type, in the form that Cognito takes
//	stepup.go        stepUp: the same challenges while signed in
//	signup.go        sign-up and autoSignIn
//	password.go      forgotten and changed passwords
//
// A session's life:
//
//	refresh.go       one refresh for all callers and pages
//	single.go        work that is shared by those who ask for it meanwhile
//	backoff.go       after failures that say nothing about the session
//	rescue.go        tokens that came and could not be stored
//	wake.go          the early refresh, and pages that come back
//	signout.go       signOut, deleteUser, sessions that were ended elsewhere
//	regions.go       a replica in another Region
//
// The signed-in user's own:
//
//	attributes.go, mfa.go, passkeys.go, devices.go, usersessions.go
//	qr.go            the QR code of a TOTP secret
//
// The hosted UI and other providers:
//
//	hostedui.go      showSignIn and signOut with hostedUI
//	transactions.go  what is kept of a sign-in until its response
//	authresponse.go  handleAuthResponse
//	oauthtokens.go   the code becomes the session
//	provider.go      the OpenID provider: as configured, as discovered; its token endpoint
//	verify.go        what package oidc needs to verify its tokens
//
// AWS:
//
//	federation.go    federatedSignIn
//	saml.go          roles of a SAML assertion
//	identity.go      the identity id, and whose it is
//	credentials.go   AWS credentials
//	sigv4.go         signRequest
//
// # Goroutines
//
// A call runs in its caller's goroutine. Besides there are: the work of a single,
// which Close or interrupt ends and refreshTimeout bounds; what spawn runs, which
// nobody waits for: a key pair and a rehearsal while nobody is signed in, the clock's
// offset stored, a refresh on waking, the revocation of tokens that were replaced; and
// the early refresh's timer, which Close stops. Waits for a sign-in, for the network or
// for a window end with the call's context and with Close.
//
// # A token's way to storage
//
// Whatever can fail without the token is done before it is asked for: the device is
// read, keys and discovery are loaded. The answer's tokens are parsed and held against
// pool, client and user. Then store takes its turn, looks whether the session that
// they belong to is still there, and writes all of them at once; only then the state
// changes and events are told. What storage does not take is kept in memory (rescue.go)
// and its generation published, so that no page takes a spent refresh token for a
// session that is over.
package core
