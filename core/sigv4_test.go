package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"amplify-auth/core/config"
)

// signer is a client whose stored credentials are those of AWS's examples.
func signer(t *testing.T, at, accessKeyID, secret, sessionToken string) *Auth {
	t.Helper()
	now, err := time.Parse("20060102T150405Z", at)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{IdentityPool: &config.IdentityPool{ID: "us-east-1:1", Region: "us-east-1", AllowGuest: true}}
	storage := newMemory()
	a := New(cfg, Options{}, Deps{
		IdentityPool: struct{ IdentityPool }{}, // never asked
		Storage:      storage, Session: newMemory(), Locks: newFakeLocks(), Network: new(fakeNetwork),
		Now: func() time.Time { return now }, Emit: func(Event) {},
	})
	t.Cleanup(a.Close)
	data, err := json.Marshal(identityCredentials{
		AWSCredentials: AWSCredentials{accessKeyID, secret, sessionToken, now.Add(time.Hour).UnixMilli()},
		IdentityID:     "us-east-1:2", Holder: guestHolder,
	})
	if err != nil {
		t.Fatal(err)
	}
	storage.values[a.keys.identity] = "us-east-1:2"
	storage.values[a.keys.credentials()] = string(data)
	return a
}

// The requests and signatures are those of the AWS Signature Version 4 test suite
// and of the Amazon S3 API reference, "Signature Calculations for the Authorization
// Header".
func TestPublishedSignatures(t *testing.T) {
	const suiteKey, suiteSecret = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	const s3Key, s3Secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	type h = map[string]string
	for _, c := range []struct {
		name, method, target string
		headers              h
		body                 string
		signed, signature    string
	}{
		{"get-vanilla", "GET", "/", nil, "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"post-vanilla", "POST", "/", nil, "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		{"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", nil, "", "host;x-amz-date", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
		{"get-slashes", "GET", "//example//", nil, "", "host;x-amz-date", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
		{"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", nil, "", "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		{"get-vanilla-query-order-value", "GET", "/?Param1=value2&Param1=value1", nil, "", "host;x-amz-date", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
		{"get-vanilla-utf8-query", "GET", "/?\u1234=bar", nil, "", "host;x-amz-date", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
		{"get-header-value-order", "GET", "/", h{"My-Header1": "value4,value1,value3,value2"}, "", "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
		{"get-header-value-trim", "GET", "/", h{"My-Header1": " value1", "My-Header2": `"a   b   c"`}, "", "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
		{"post-x-www-form-urlencoded", "POST", "/", h{"Content-Type": "application/x-www-form-urlencoded"}, "Param1=value1", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
		{"S3: GET Object", "GET", "/test.txt", h{"Range": "bytes=0-9"}, "", "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"S3: PUT Object", "PUT", "/test$file.text", h{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"}, "Welcome to Amazon S3.",
			"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{"S3: GET Bucket Lifecycle", "GET", "/?lifecycle", nil, "", "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"S3: List Objects", "GET", "/?prefix=J&max-keys=2", nil, "", "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
		{"session token", "GET", "/", nil, "", "host;x-amz-date;x-amz-security-token", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, host, service, key, secret, token := "20150830T123600Z", "example.amazonaws.com", "service", suiteKey, suiteSecret, ""
			if strings.HasPrefix(c.name, "S3") {
				at, host, service, key, secret = "20130524T000000Z", "examplebucket.s3.amazonaws.com", "s3", s3Key, s3Secret
			}
			if c.name == "session token" {
				token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
			}
			sum := sha256.Sum256([]byte(c.body))
			out, err := signer(t, at, key, secret, token).SignRequest(context.Background(), SignRequestInput{
				Method: c.method, URL: "https://" + host + c.target, Headers: c.headers, PayloadHash: hex.EncodeToString(sum[:]), Service: service, Region: "us-east-1",
			})
			if err != nil {
				t.Fatal(err)
			}
			want := "AWS4-HMAC-SHA256 Credential=" + key + "/" + at[:8] + "/us-east-1/" + service + "/aws4_request, SignedHeaders=" + c.signed + ", Signature=" + c.signature
			if got := out.Headers["Authorization"]; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if out.Headers["X-Amz-Date"] != at || out.Headers["X-Amz-Security-Token"] != token || out.Headers["Host"] != "" {
				t.Errorf("headers %v", out.Headers)
			}
			if _, ok := out.Headers["X-Amz-Content-Sha256"]; ok != (service == "s3") {
				t.Errorf("headers %v", out.Headers)
			}
			for name := range c.headers {
				if _, ok := out.Headers[name]; ok {
					t.Errorf("%s was given and comes back", name)
				}
			}
		})
	}
}

// A request that was signed before is signed anew, with nothing left of the old one.
func TestSignAgain(t *testing.T) {
	const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	in := SignRequestInput{Method: "GET", URL: "https://example.amazonaws.com/", PayloadHash: hash, Service: "service", Region: "us-east-1"}
	first, err := signer(t, "20150830T123600Z", "OLD", "old", "old").SignRequest(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	again := in
	again.Headers = map[string]string{}
	for name, v := range first.Headers {
		again.Headers[strings.ToLower(name)] = v
	}
	a := signer(t, "20150830T124000Z", "NEW", "new", "new")
	got, err := a.SignRequest(context.Background(), again)
	if err != nil {
		t.Fatal(err)
	}
	want, err := a.SignRequest(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got.Headers["Authorization"] != want.Headers["Authorization"] || got.Headers["X-Amz-Security-Token"] != "new" {
		t.Errorf("got %v, want %v", got.Headers, want.Headers)
	}
}
