package core

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

func TestSAMLRoles(t *testing.T) {
	const role, provider = "arn:aws:iam::123456789012:role/R", "arn:aws:iam::123456789012:saml-provider/P"
	pair := role + "," + provider
	attribute := func(name string, values ...string) string {
		text := `<saml2:Attribute Name="` + name + `" NameFormat="uri">`
		for _, v := range values {
			text += `<saml2:AttributeValue xsi:type="xs:string">` + v + "</saml2:AttributeValue>\n"
		}
		return text + `</saml2:Attribute>`
	}
	response := func(attributes ...string) string {
		return `<?xml version="1.0"?><saml2p:Response><saml2:Assertion>` + strings.Join(attributes, "") + `</saml2:Assertion></saml2p:Response>`
	}
	one := []samlRole{{role, provider}}
	for _, c := range []struct {
		name, xml string
		want      []samlRole
		ok        bool
	}{
		{"one", response(attribute(samlRoleAttribute, pair)), one, true},
		{"the other order", response(attribute(samlRoleAttribute, provider+","+role)), one, true},
		{"spaces", response(attribute(samlRoleAttribute, "\n  "+role+" , "+provider+"\n")), one, true},
		{"two", response(attribute(samlRoleAttribute, pair, role+"2,"+provider)), []samlRole{{role, provider}, {role + "2", provider}}, true},
		{"after RoleSessionName", response(attribute(samlRoleAttribute+"SessionName", pair), attribute(samlRoleAttribute, pair)), one, true},
		{"RoleSessionName alone", response(attribute(samlRoleAttribute+"SessionName", pair)), nil, true},
		{"another attribute behind", response(attribute(samlRoleAttribute, pair), attribute("x", role+"2,"+provider)), one, true},
		{"single quotes", strings.ReplaceAll(response(attribute(samlRoleAttribute, pair)), `"`, `'`), one, true},
		{"no prefix", strings.ReplaceAll(response(attribute(samlRoleAttribute, pair)), "saml2:", ""), one, true},
		{"no pair", response(attribute(samlRoleAttribute, role)), nil, true},
		{"no ARNs", response(attribute(samlRoleAttribute, "admin,idp")), nil, true},
		{"encrypted", `<Response><EncryptedAssertion/></Response>`, nil, true},
		{"an assertion alone", `<Assertion>` + attribute(samlRoleAttribute, pair) + `</Assertion>`, one, true},
		{"HTML", "<html>", nil, false},
		{"text", "token", nil, false},
		{"empty", "", nil, false},
	} {
		got, ok := samlRoles(base64.StdEncoding.EncodeToString([]byte(c.xml)))
		if ok != c.ok || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v %v", c.name, got, ok, c.want, c.ok)
		}
	}
	if _, ok := samlRoles("not base64!"); ok {
		t.Error("not base64: taken for SAML")
	}
}

// Whatever the assertion holds, a role is an ARN of a role.
func FuzzSAMLRoles(f *testing.F) {
	f.Add(`<Response><Attribute Name="` + samlRoleAttribute + `"><AttributeValue>arn:aws:iam::1:role/R,arn:aws:iam::1:saml-provider/P</AttributeValue></Attribute></Response>`)
	f.Add(`<Assertion ` + samlRoleAttribute + `" ><<>,,`)
	f.Fuzz(func(t *testing.T, xml string) {
		roles, _ := samlRoles(base64.StdEncoding.EncodeToString([]byte(xml)))
		for _, r := range roles {
			if !strings.Contains(r.role, ":role/") || !strings.Contains(r.provider, ":saml-provider/") {
				t.Errorf("%v", r)
			}
		}
	})
}

func TestProviderNames(t *testing.T) {
	for name, want := range map[string]string{
		"facebook": "graph.facebook.com", "Google": "accounts.google.com", "amazon": "www.amazon.com", "apple": "appleid.apple.com",
		"twitter": "api.twitter.com", "developer": "cognito-identity.amazonaws.com", "accounts.google.com": "accounts.google.com",
		"https://issuer.example/realm/": "issuer.example/realm", "arn:aws:iam::1:oidc-provider/issuer.example/realm": "issuer.example/realm",
		"arn:aws:iam::1:saml-provider/P": "arn:aws:iam::1:saml-provider/P",
	} {
		if got := providerName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if !sameProvider(name, want) {
			t.Errorf("%s is not %s", name, want)
		}
	}
	if !sameProvider("P", "arn:aws:iam::1:saml-provider/P") || sameProvider("P", "arn:aws:iam::1:saml-provider/PP") {
		t.Error("SAML providers by name")
	}
}
