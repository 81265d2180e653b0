package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// Which IAM role an identity gets.

type roleMapping struct {
	Type                    string              `aws:"RoleMappingType,required"`
	AmbiguousRoleResolution string              `json:",omitempty" aws:"AmbiguousRoleResolutionType"`
	RulesConfiguration      *rulesConfiguration `json:",omitempty"`
}

type rulesConfiguration struct {
	Rules []mappingRule `aws:"MappingRulesList,required"`
}

type mappingRule struct {
	Claim     string `aws:"ClaimName,required"`
	MatchType string `aws:"MappingRuleMatchType,required"`
	Value     string `aws:"ClaimValue,required"`
	RoleARN   string `aws:"ARNString,required"`
}

func (r *mappingRule) matches(claims map[string]any) bool {
	v, ok := claims[r.Claim]
	if !ok {
		return false
	}
	text := fmt.Sprint(v)
	if list, ok := v.([]any); ok {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = fmt.Sprint(e)
		}
		text = strings.Join(parts, ",")
	}
	switch r.MatchType {
	case "Equals":
		return text == r.Value
	case "NotEqual":
		return text != r.Value
	case "StartsWith":
		return strings.HasPrefix(text, r.Value)
	}
	return strings.Contains(text, r.Value)
}

// role chooses the role for credentials. custom is CustomRoleArn.
func (p *identityPool) role(logins []login, custom string) (string, error) {
	unset := fail(invalidIdentityPool, "Invalid identity pool configuration. Check assigned IAM roles for this pool.")
	if len(logins) == 0 {
		if p.roles["unauthenticated"] == "" {
			return "", unset
		}
		return p.roles["unauthenticated"], nil
	}
	for _, l := range logins {
		if custom != "" && slices.Contains(l.roles, custom) {
			return custom, nil
		}
	}
	if custom != "" {
		return "", fail(notAuthorized, "The role %s is not among the roles in the token.", custom)
	}
	for _, l := range logins {
		role, found, err := p.mapped(l)
		if found || err != nil {
			return role, err
		}
		if l.saml && len(l.roles) > 1 {
			return "", fail(notAuthorized, "The ambiguous role mapping rules denied this request.")
		}
	}
	if p.roles["authenticated"] == "" {
		return "", unset
	}
	return p.roles["authenticated"], nil
}

// mapped applies the pool's role mapping for the provider of a login, if there is one.
func (p *identityPool) mapped(l login) (role string, found bool, err error) {
	m, ok := p.mappings[l.provider]
	if l.client != "" { // a user pool's mapping is that of one app client
		m, ok = p.mappings[l.provider+":"+l.client]
	}
	if !ok {
		return "", false, nil
	}
	switch m.Type {
	case "Token":
		switch {
		case l.preferred != "":
			return l.preferred, true, nil
		case len(l.roles) == 1:
			return l.roles[0], true, nil
		}
	case "Rules":
		for _, r := range m.RulesConfiguration.Rules {
			if r.matches(l.claims) {
				return r.RoleARN, true, nil
			}
		}
	}
	if m.AmbiguousRoleResolution == "Deny" {
		return "", false, fail(notAuthorized, "The ambiguous role mapping rules denied this request.")
	}
	return p.roles["authenticated"], p.roles["authenticated"] != "", nil
}
