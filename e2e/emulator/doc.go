// Package emulator is the local Cognito: user pools, identity pools and STS behind the wire protocols of the
// real services (AWS JSON 1.1 and the query protocol on POST /, issuers with keys and discovery), so that the AWS SDKs,
// aws-amplify and amazon-cognito-identity-js drive it unchanged. It is for tests and demos on one machine: it takes any signature on admin operations.
//
// # For tests
//
//	cognito, err := emulator.Start(emulator.Options{}) // seeded, on a free port of 127.0.0.1
//	defer cognito.Close()
//	cognito.URL()                                      // endpoint of the services, base of the issuers
//
// [New] makes an empty server as an http.Handler and [Server.Seed] fills the fixtures in (SeedPoolID, SeedClientID, …).
// [Server.Advance] moves its clock, [Server.Outbox] has the codes that it "sent", [Server.InjectFault] makes calls
// fail, [Server.Calls] lists them, [Server.RotateKeys] and [Server.SignToken] are for tests of token checks, and [TOTP]
// computes the code of an authenticator app. The same is there for other processes as HTTP endpoints:
//
//	GET    /_emulator/outbox?username=U  [{to, medium, code, purpose, at}], newest first
//	POST   /_emulator/clock              {"advanceSeconds": N}
//	POST   /_emulator/faults             {"operation": "InitiateAuth", "kind": "status500", "count": N, "delayMs": M, "region": "primary"}
//	                                     kinds: status500, throttle, drop, dropReply, slow, html, none, and wafBlock and
//	                                     wafCaptcha, which spare requests with an x-aws-waf-token; "*" is every operation
//	POST   /_emulator/limits             {"rates": true, "lockout": true}: those of a real account; what is absent stays as it is
//	GET    /_emulator/calls              [{operation, at, status, error, fault}]; DELETE empties the list
//	POST   /_emulator/tokens             {"provider": "accounts.google.com", "subject": "alice", …} as [TokenRequest]
//	ANY    /_emulator/echo, and below it checks Signature Version 4 as AWS does and says who signed ([Echo])
//
//	GET    /_emulator/resources_config.json, amplify_outputs.json and awsconfiguration.json?client=ID: what to put into an app
//
// [Open] keeps everything in a file, [Server.SeedJSON] makes pools of one's own; README.md has both, and the table of
// operations.
//
// A message's purpose is the suffix of Cognito's CustomMessage trigger source: SignUp, ResendCode, ForgotPassword,
// Authentication, UpdateUserAttribute, VerifyUserAttribute, AdminCreateUser.
//
// # A second Region
//
// [Server.StartReplica] (the command: -replica ADDR) serves the same pools as a secondary Region does that they are
// replicated to: sign-in by all but software tokens, refresh and reading, and OperationNotEnabledException for the rest. A fault
// {"operation": "*", "kind": "drop", "count": -1, "region": "primary"} takes one Region down, "none" brings it back.
//
// # Identity pools
//
// Logins are verified for real: those of the pools here by their keys, those of Google, Apple, Facebook, Amazon, Twitter,
// OpenID and SAML providers by stand-ins ([Server.MintToken]), OpenID providers on loopback by their own published keys.
// Roles need no IAM: the trust policies are taken to be those that the console writes.
//
// # Lambda triggers
//
// The values of LambdaConfig may be http:// URLs on loopback. Each is called by POST with the trigger's event as JSON
// and answers 200 with the event, its response filled in. Any other status makes the trigger fail, with the message of
// {"errorMessage": "…"} or the text of the body.
//
// # How it is laid out
//
// One file per flow; each adds its operations to the table of services (registry.go) or its paths to the table of
// routes (server.go). A handler gets a [call] with the state locked, and its input already validated against the limits
// of the service model (validate.go, shapes.go). Sign-ins run through one engine (signin.go, signin_sessions.go) with a table of
// challenges (challenges.go); the pages of managed login set attempt.Hosted to get the user instead of tokens. Sessions become tokens in tokens.go
// (newGrant, mint, parseToken, signedIn) and live in sessions.go (newRefreshToken, useRefreshToken, rotate, revoke).
package emulator
