package cognito

import "testing"

// The services of each partition have names of their own.
func TestEndpoints(t *testing.T) {
	for _, c := range []struct{ region, override, want string }{
		{"us-east-1", "", "https://cognito-idp.us-east-1.amazonaws.com"},
		{"cn-north-1", "", "https://cognito-idp.cn-north-1.amazonaws.com.cn"},
		{"eusc-de-east-1", "", "https://cognito-idp.eusc-de-east-1.amazonaws.eu"},
		{"us-east-1", "http://127.0.0.1:9229", "http://127.0.0.1:9229"},
	} {
		if got, err := endpoint("cognito-idp", c.region, c.override); err != nil || got.URI.String() != c.want {
			t.Errorf("%s: %s, %v", c.region, got.URI.String(), err)
		}
	}
}
