package contract

// IDKeys are the keys of one format for what names the storage: of the user pool,
// its app client and the identity pool.
type IDKeys [3]string

// The formats of a configuration in the order in which they are looked for, see
// core/config; of a file that fits two, the first counts.
var (
	OutputsIDs          = IDKeys{"user_pool_id", "user_pool_client_id", "identity_pool_id"}
	ExportsIDs          = IDKeys{"aws_user_pools_id", "aws_user_pools_web_client_id", "aws_cognito_identity_pool_id"}
	ResourcesIDs        = IDKeys{"userPoolId", "userPoolClientId", "identityPoolId"}
	AWSConfigurationIDs = IDKeys{"PoolId", "AppClientId", "PoolId"}
	OldConfigurationIDs = IDKeys{"CognitoUserPoolId", "CognitoUserPoolAppClientId", "PoolId"} // before 2018
)
