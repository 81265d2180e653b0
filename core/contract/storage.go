package contract

// The layout of what is stored is that of Amplify JS v6, so that a session made by
// either library is read by the other. What Amplify has no place for is under
// OwnPrefix.
const (
	CognitoPrefix  = "CognitoIdentityServiceProvider." // and the app client's id, a dot, and a name below
	LastUser       = "LastAuthUser"
	IdentityPrefix = "com.amplify.Cognito." // and the identity pool's id
	IdentitySuffix = ".identityId"
	OwnPrefix      = "AmplifyAuth." // and the app client's id, else the identity pool's, a dot, and a name below

	ExternalSession = "session"     // of a provider other than the user pool
	Federation      = "federation"  // of federatedSignIn
	Credentials     = "credentials" // of AWS
	OAuth           = "oauth."      // and a state: a redirect under way
	Callback        = "callback"    // an authorization response that waits to be handled
)

// The fields of a user, behind the user's name: those of a session, and those of a
// device, which outlive a sign-out.
var (
	SessionFields = []string{"accessToken", "idToken", "refreshToken", "clockDrift", "signInDetails", "oauthMetadata"}
	DeviceFields  = []string{"deviceKey", "deviceGroupKey", "randomPasswordKey"}
)
