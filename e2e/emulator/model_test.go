package emulator

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// TestModel checks every operation's members against the types of the AWS SDK: names and kinds, both ways for inputs.
func TestModel(t *testing.T) {
	client := reflect.TypeFor[*cip.Client]()
	// Members that mean something to the real service only.
	ignored := []string{
		"AnalyticsMetadata", "ContextData", "UserContextData", "CustomDomainConfig", "AnalyticsConfiguration", "CustomSMSSender",
		"CustomEmailSender", "KMSKeyID", "InboundFederation", "KeyConfiguration", "IssuerConfiguration", "Routing",
	}
	for name, op := range services()["AWSCognitoIdentityProviderService"] {
		method, ok := client.MethodByName(name)
		if _, newer := userSessionOperations[name]; newer && !ok {
			continue // than the SDK; checked once that has it
		}
		if !ok {
			t.Errorf("%s is no operation of the SDK", name)
			continue
		}
		in, out := method.Type.In(2).Elem(), method.Type.Out(0).Elem()
		newer := []string{"AcrConfiguration", "AcrMapping"} // than the SDK
		compare(t, name, op.in, in, newer)
		compare(t, name+" (missing)", in, op.in, ignored)
		if op.out != reflect.TypeFor[empty]() {
			compare(t, name+" output", op.out, out, newer)
		}
	}
}

// shared are members that an operation has here because it shares a struct with another one.
var shared = map[string][]string{
	"AdminInitiateAuth":                  {"UserContextData"},
	"AdminRespondToAuthChallenge":        {"UserContextData"},
	"AdminRespondToAuthChallenge output": {"AvailableChallenges"},
	"RespondToAuthChallenge output":      {"AvailableChallenges"},
	"AdminGetDevice":                     {"DeviceRememberedStatus"},
	"AdminForgetDevice":                  {"DeviceRememberedStatus"},
	"DeleteUserPoolDomain":               {"ManagedLoginVersion", "CustomDomainConfig", "Routing"},
}

// compare checks that every exported member of a is one of b, of the same kind.
func compare(t *testing.T, path string, a, b reflect.Type, ignored []string) {
	for _, f := range reflect.VisibleFields(a) {
		if f.Anonymous || !f.IsExported() || slices.Contains(ignored, f.Name) || f.Name == "ResultMetadata" {
			continue
		}
		other, ok := b.FieldByName(f.Name)
		if !ok {
			if slices.Contains(shared[path], f.Name) {
				continue
			}
			t.Errorf("%s: no member %s", path, f.Name)
			continue
		}
		x, y := deref(f.Type), deref(other.Type)
		for x.Kind() == reflect.Slice && y.Kind() == reflect.Slice {
			x, y = deref(x.Elem()), deref(y.Elem())
		}
		switch {
		case x.Kind() == reflect.Struct && y.Kind() == reflect.Struct && y.String() != "time.Time" && x.String() != "time.Time":
			compare(t, path+"."+f.Name, x, y, ignored)
		case kindOf(x) != kindOf(y):
			t.Errorf("%s.%s: %s, the SDK has %s", path, f.Name, x, y)
		}
	}
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "integer"
	case reflect.Float64:
		return "time"
	case reflect.Struct, reflect.Interface, reflect.Map:
		if t.String() == "time.Time" {
			return "time"
		}
		return "object"
	}
	return t.Kind().String()
}

// TestLimits compiles every pattern and checks that every shape that a tag names is there.
func TestLimits(t *testing.T) {
	for name, l := range limits {
		if l.pattern != "" {
			matches(l.pattern, "x")
		}
		if l.elem != "" && limits[l.elem].elem == "" && reflect.DeepEqual(limits[l.elem], limit{}) && l.elem != "AttributeType" {
			t.Errorf("%s: no shape %s", name, l.elem)
		}
	}
	unlimited := []string{"BooleanType", "WrappedBooleanType", "ForceAliasCreation", "AttributeListType", "MFAOptionListType", ""}
	var walk func(reflect.Type)
	seen := map[reflect.Type]bool{}
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			shape, _, _ := strings.Cut(f.Tag.Get("aws"), ",")
			if _, ok := limits[shape]; !ok && !slices.Contains(unlimited, shape) {
				t.Errorf("%s.%s: no shape %s", typ, f.Name, shape)
			}
			walk(f.Type)
		}
	}
	for _, op := range services()["AWSCognitoIdentityProviderService"] {
		walk(op.in)
	}
}

// TestEveryChallengeIsKnown holds the table of challenges against the SDK's names.
func TestEveryChallengeIsKnown(t *testing.T) {
	names := limits["ChallengeNameType"].enum
	for name := range challenges {
		if !slices.Contains(names, name) {
			t.Errorf("ChallengeNameType in shapes.go lacks %s, which challenges.go knows", name)
		}
	}
	for _, name := range names {
		if _, ok := challenges[name]; !ok && name != "ADMIN_NO_SRP_AUTH" {
			t.Errorf("challenges.go lacks %s, which ChallengeNameType in shapes.go names", name)
		}
	}
	for _, name := range types.ChallengeNameType("").Values() {
		if _, ok := challenges[string(name)]; !ok && name != types.ChallengeNameTypeAdminNoSrpAuth { // which is a flow
			t.Errorf("challenges.go does not know %s", name)
		}
	}
}
