package emulator

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	ci "github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// partial says what of an operation is missing.
var partial = map[string]string{
	"AdminListUserAuthEvents":            "sign-ins only, each without risk",
	"AdminUpdateAuthEventFeedback":       "stored and given back",
	"CreateManagedLoginBranding":         "stored and given back; the pages do not change",
	"CreateTerms":                        "stored and given back; the pages do not show them",
	"CreateUserPoolReplica":              "ready at once, without lag",
	"CreateUserPoolDomain":               "the domain is this server's origin, whatever its name",
	"CreateIdentityProvider":             "sign-in is at a stand-in of the provider",
	"GetPrincipalTagAttributeMap":        "stored and given back; nothing reads the tags",
	"MergeDeveloperIdentities":           "one identifier is left",
	"SetPrincipalTagAttributeMap":        "stored and given back; nothing reads the tags",
	"UpdateAuthEventFeedback":            "no message carries a feedback token",
	"UpdateIdentityProvider":             "sign-in is at a stand-in of the provider",
	"UpdateManagedLoginBranding":         "stored and given back; the pages do not change",
	"UpdateTerms":                        "stored and given back; the pages do not show them",
	"UpdateUserPoolDomain":               "nothing fails over: there are no health checks",
	"GetOpenIdTokenForDeveloperIdentity": "PrincipalTags are not used",
}

var update = flag.Bool("update", false, "write the table of operations into README.md")

// TestOperationsTable keeps README.md's table of operations that of the registry, with every operation that the AWS SDK
// knows: go test ./e2e/emulator -run OperationsTable -update.
func TestOperationsTable(t *testing.T) {
	var b strings.Builder
	left := map[string]bool{}
	for name := range partial {
		left[name] = true
	}
	for _, api := range []struct {
		title, prefix string
		client        reflect.Type
	}{
		{"User pools (`cognito-idp`)", "AWSCognitoIdentityProviderService", reflect.TypeFor[*cip.Client]()},
		{"Identity pools (`cognito-identity`)", "AWSCognitoIdentityService", reflect.TypeFor[*ci.Client]()},
	} {
		operations := services()[api.prefix]
		names := []string{}
		for name := range operations {
			names = append(names, name)
		}
		for i := range api.client.NumMethod() {
			if m := api.client.Method(i); m.Type.NumIn() == 4 && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
		slices.Sort(names)
		fmt.Fprintf(&b, "\n### %s: %d of %d\n\n| operation | |\n|---|---|\n", api.title, len(operations), len(names))
		for _, name := range names {
			_, have := operations[name]
			state := "real"
			switch {
			case !have:
				state = "not"
			case partial[name] != "":
				state = "partial: " + partial[name]
				delete(left, name)
			}
			fmt.Fprintf(&b, "| %s | %s |\n", name, state)
		}
	}
	for name := range left {
		t.Errorf("%s is called partial and is not there", name)
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- operations -->\n", "<!-- /operations -->"
	head, rest, ok1 := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("README.md has no place for the table")
	}
	want := head + begin + b.String() + "\n" + end + tail
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatal("the table in README.md is not that of the registry: go test ./e2e/emulator -run OperationsTable -update")
	}
	if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
