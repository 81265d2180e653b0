package emulator

import "maps"

// The shapes of the identity pools service model (API version 2014-06-30) that inputs refer to. Ids of app clients may
// have hyphens here, as the seeded ones do, and names of user pools a port.
func init() {
	maps.Copy(limits, map[string]limit{
		"ARNString":                       {min: 20, max: 2048},
		"AccountId":                       {min: 1, max: 15, pattern: `\d+`},
		"AmbiguousRoleResolutionType":     {enum: []string{"AuthenticatedRole", "Deny"}},
		"ClaimName":                       {min: 1, max: 64, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`},
		"ClaimValue":                      {min: 1, max: 128},
		"CognitoIdentityProviderClientId": {min: 1, max: 128, pattern: `[\w_-]+`},
		"CognitoIdentityProviderName":     {min: 1, max: 128, pattern: `[\w._:/-]+`},
		"DeveloperProviderName":           {min: 1, max: 128, pattern: `[\w._-]+`},
		"DeveloperUserIdentifier":         {min: 1, max: 1024},
		"IdentityId":                      {min: 1, max: 55, pattern: `[\w-]+:[0-9a-f-]+`},
		"IdentityIdList":                  {min: 1, max: 60, elem: "IdentityId"},
		"IdentityPoolId":                  {min: 1, max: 55, pattern: `[\w-]+:[0-9a-f-]+`},
		"IdentityPoolName":                {min: 1, max: 128, pattern: `[\w\s+=,.@-]+`},
		"IdentityPoolTagsType":            {elem: "TagValueType"},
		"IdentityProviderId":              {min: 1, max: 128, pattern: `[\w.;_/-]+`},
		"IdentityProviderName":            {min: 1, max: 128},
		"IdentityProviderToken":           {min: 1, max: 50000, sensitive: true},
		"IdentityProviders":               {max: 10, elem: "IdentityProviderId"},
		"LoginsList":                      {elem: "IdentityProviderName"},
		"LoginsMap":                       {max: 10, sensitive: true, elem: "IdentityProviderToken"},
		"MappingRuleMatchType":            {enum: []string{"Equals", "Contains", "StartsWith", "NotEqual"}},
		"MappingRulesList":                {min: 1, max: 400},
		"OIDCProviderList":                {elem: "ARNString"},
		"PrincipalTags":                   {max: 50},
		"RoleMappingMap":                  {max: 10},
		"RoleMappingType":                 {enum: []string{"Token", "Rules"}},
		"RolesMap":                        {max: 2, elem: "ARNString"},
		"SAMLProviderList":                {elem: "ARNString"},
		"TokenDuration":                   {min: 1, max: 86400},
	})
}
