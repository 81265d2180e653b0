package contract

// An AuthResponse is what handleAuthResponse does with one kind of page: an error of
// this code, or a result. TestAuthResponseTable in core goes through them.
type AuthResponse struct{ When, Code, Answer string }

// AuthResponses are all that can happen.
var AuthResponses = []AuthResponse{
	{"without a response of ours: no `code` or `error`, or a `state` that this tab has not sent", "", "`{ handled: false }`; the URL stays as it is"},
	{"with the response that this tab waits for", "", "`{ handled: true, userState: 'signedIn', returnTo }`"},
	{"with the same response once more, or by another client of the page, also one that was made after the first was closed", "", "the same as before, while that session lives"},
	{"with a response whose session is over by now", "responseUsed", ": sign in again"},
	{"after the user refused or cancelled at the provider", "userCancelledSignIn", ""},
	{"after `prompt: 'none'`, and the provider wants to see the user", "loginRequired", ""},
	{"after a Lambda trigger refused the user", "userLambdaValidation", "; the message is the trigger's own"},
	{"after the provider refused the client, its scopes or its flow", "invalidConfiguration", "; the message has the provider's words"},
	{"after another refusal, such as of an `identityProvider` that the app client lacks", "badRequest", "; the message has the provider's words"},
	{"after the provider failed (`server_error`, `temporarily_unavailable`)", "serviceUnavailable", ""},
	{"at another address than the redirect URI: the server adds a slash or `index.html`", "invalidConfiguration", "; the message names both addresses and the remedy"},
	{"more than an hour after the sign-in was begun, or after the clock was set", "signInExpired", ": sign in again"},
	{"with a code that the provider does not take any more (`invalid_grant`)", "badRequest", ": sign in again"},
	{"with a response that another provider made (`iss`), or tokens that do not verify: signature, issuer, audience, times, nonce, `at_hash`, `auth_time` against `maxAge`", "securityFailed", "; the message says which"},
	{"and no id token came although `openid` was asked for", "idTokenNotIssued", ""},
	{"and the token endpoint cannot be reached", "networkError", ", retryable: the response is kept, call again"},
}
