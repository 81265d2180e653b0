package core

import (
	"encoding/base64"
	"slices"
	"strings"
)

const (
	samlRoleAttribute = "https://aws.amazon.com/SAML/Attributes/Role"
	samlProviderARN   = ":saml-provider/"
)

// A samlRole is a role that an assertion offers, with the provider it is for.
type samlRole struct{ role, provider string }

// samlRoles reads the roles of a SAML response in base64. ok is false when token is
// none. It looks for no more than AWS's attribute, whose values are pairs of ARNs;
// an encrypted assertion shows none.
func samlRoles(token string) (roles []samlRole, ok bool) {
	xml, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return nil, false
	}
	doc := strings.TrimSpace(string(xml))
	if !strings.HasPrefix(doc, "<") || !strings.Contains(doc, "Response") && !strings.Contains(doc, "Assertion") {
		return nil, false
	}
	// The quote ends the name: RoleSessionName begins alike.
	_, attribute, found := strings.Cut(strings.ReplaceAll(doc, "'", `"`), samlRoleAttribute+`"`)
	if !found {
		return nil, true
	}
	attribute, _, _ = strings.Cut(attribute, "Attribute>")
	for text := range strings.SplitSeq(attribute, "<") {
		_, value, _ := strings.Cut(text, ">")
		one, other, _ := strings.Cut(strings.TrimSpace(value), ",")
		r := samlRole{strings.TrimSpace(one), strings.TrimSpace(other)}
		if strings.Contains(r.role, samlProviderARN) { // AWS takes them in either order
			r.role, r.provider = r.provider, r.role
		}
		if strings.Contains(r.role, ":role/") && strings.Contains(r.provider, samlProviderARN) {
			roles = append(roles, r)
		}
	}
	return roles, true
}

// checkSAML finds the provider's ARN, by which the identity pool knows it, and that
// one role can be chosen.
func checkSAML(f *federation, call, name string, roles []samlRole, isSAML bool) error {
	if !isSAML {
		return invalid(call + ": token must be a SAML response in base64, as the provider posts it.")
	}
	f.Provider = name
	if !strings.Contains(name, samlProviderARN) {
		i := slices.IndexFunc(roles, func(r samlRole) bool { return strings.HasSuffix(r.provider, samlProviderARN+name) })
		if i < 0 {
			return invalid(call + ": the assertion offers no role of the SAML provider " + name + ". Pass the provider's ARN as providerName.")
		}
		f.Provider = roles[i].provider
	}
	var own []string
	for _, r := range roles {
		if r.provider == f.Provider {
			own = append(own, r.role)
		}
	}
	switch {
	case len(own) > 1 && f.CustomRoleARN == "":
		return invalid(call + ": the assertion offers several roles. Pass one as customRoleARN: " + strings.Join(own, ", ") + ".")
	case len(own) > 0 && f.CustomRoleARN != "" && !slices.Contains(own, f.CustomRoleARN):
		return invalid(call + ": customRoleARN is not among the roles of the assertion: " + strings.Join(own, ", ") + ".")
	}
	return nil
}
