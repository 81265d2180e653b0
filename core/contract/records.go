package contract

// A Record is a value that is stored as a JSON object: its members with what a
// missing one counts as. Names are taken to the letter; a member of another type,
// or a number that is none of Whole's, makes all of it none of ours.
type Record map[string]any

// oauthSession is what every session of the hosted UI notes.
func oauthSession(more Record) Record {
	r := Record{"federationProviderName": "", "disableFederation": false, "identityProvider": "", "idpIdentifier": ""}
	for name, missing := range more {
		r[name] = missing
	}
	return r
}

// The records that loader and engine both read.
var (
	OAuthMetadata     = oauthSession(Record{"oauthSignIn": false})
	ExternalRecord    = oauthSession(Record{"username": "", "accessToken": "", "idToken": "", "refreshToken": "", "expiration": 0, "clockDrift": 0})
	FederationRecord  = Record{"provider": "", "token": "", "customRoleARN": "", "cognitoIdentityId": ""}
	CredentialsRecord = Record{
		"accessKeyId": "", "secretAccessKey": "", "sessionToken": "", "expiration": 0, "clockDrift": 0, "issued": 0, "identityId": "", "holder": "",
	}
)

// Drift is the member of a record that is a difference of two clocks; every other
// number is a time.
const Drift = "clockDrift"

// Whole reports whether v may be the number of a member: whole milliseconds.
func Whole(member string, v int64) bool {
	if member == Drift {
		return -MaxDrift < v && v < MaxDrift
	}
	return 0 <= v && v <= MaxExpiration
}
