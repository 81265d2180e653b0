package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/origin/origintest"
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
		Storage:      storage, Session: newMemory(), Locks: origintest.New().Page(), Network: new(fakeNetwork),
		Now: func() time.Time { return now }, Emit: func(Event) {},
	})
	t.Cleanup(a.Close)
	data, err := json.Marshal(identityCredentials{
		AWSCredentials: AWSCredentials{AccessKeyID: accessKeyID, SecretAccessKey: secret, SessionToken: sessionToken, Expiration: now.Add(time.Hour).UnixMilli()},
		IdentityID:     "us-east-1:2", Holder: guestHolder,
	})
	if err != nil {
		t.Fatal(err)
	}
	storage.values[a.layout.IdentityKey] = "us-east-1:2"
	storage.values[a.layout.CredentialsKey()] = string(data)
	return a
}

type suiteRequest struct {
	Name, Method, Target string
	Headers              map[string]string
	SessionToken         string
	Unnormalized         bool // as S3's
	CanonicalPath        string
	SignedHeaders        string
	Signature            string
}

func readSuite(t testing.TB) (suite struct {
	AccessKeyID, SecretAccessKey, Date, Host, Region, Service string
	Requests                                                  []suiteRequest
}) {
	t.Helper()
	data, err := os.ReadFile("testdata/sigv4_suite.json")
	if err == nil {
		err = json.Unmarshal(data, &suite)
	}
	if err != nil || len(suite.Requests) == 0 {
		t.Fatal(err)
	}
	return suite
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// signatureOf is the signature of a request, and the headers that it covers.
func signatureOf(t *testing.T, a *Auth, in SignRequestInput) (signedHeaders, signature string) {
	t.Helper()
	out, err := a.SignRequest(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if out.Headers["Host"] != "" {
		t.Errorf("headers %v", out.Headers)
	}
	_, rest, _ := strings.Cut(out.Headers["Authorization"], "SignedHeaders=")
	signedHeaders, signature, _ = strings.Cut(rest, ", Signature=")
	return signedHeaders, signature
}

// Ensure that AWS's published test suite is met: in whole where paths are normalized, and in the path where they are not.
func TestPublishedSuite(t *testing.T) {
	suite := readSuite(t)
	for _, c := range suite.Requests {
		t.Run(c.Name, func(t *testing.T) {
			in := SignRequestInput{Method: c.Method, URL: "https://" + suite.Host + c.Target, Headers: c.Headers, PayloadHash: sha256Hex(""), Service: suite.Service, Region: suite.Region}
			if c.Unnormalized {
				in.Service = "s3"
				if r, err := in.request(); err != nil || r.URL.Opaque != "//"+suite.Host+c.CanonicalPath {
					t.Errorf("path %v, %v, want %s", r.URL, err, c.CanonicalPath)
				}
				return
			}
			headers, signature := signatureOf(t, signer(t, suite.Date, suite.AccessKeyID, suite.SecretAccessKey, c.SessionToken), in)
			if headers != c.SignedHeaders || signature != c.Signature {
				t.Errorf("got  %s %s\nwant %s %s", headers, signature, c.SignedHeaders, c.Signature)
			}
		})
	}
}

// Ensure that the examples of the Amazon S3 API reference are met: "Signature Calculations for the Authorization Header".
func TestPublishedS3Examples(t *testing.T) {
	type h = map[string]string
	for _, c := range []struct {
		method, target    string
		headers           h
		body              string
		signed, signature string
	}{
		{"GET", "/test.txt", h{"Range": "bytes=0-9"}, "", "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"PUT", "/test$file.text", h{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"}, "Welcome to Amazon S3.",
			"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{"GET", "/?lifecycle", nil, "", "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"GET", "/?prefix=J&max-keys=2", nil, "", "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		a := signer(t, "20130524T000000Z", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "")
		headers, signature := signatureOf(t, a, SignRequestInput{
			Method: c.method, URL: "https://examplebucket.s3.amazonaws.com" + c.target, Headers: c.headers, PayloadHash: sha256Hex(c.body), Service: "s3", Region: "us-east-1",
		})
		if headers != c.signed || signature != c.signature {
			t.Errorf("%s: got  %s %s\nwant %s %s", c.target, headers, signature, c.signed, c.signature)
		}
	}
}

// Ensure that what is signed of a path is the text that the browser sends.
func TestCanonicalPath(t *testing.T) {
	for _, c := range []struct{ text, want, s3 string }{
		{"/", "/", "/"},
		{"/users/ada%40example.com/", "/users/ada%40example.com/", "/users/ada%40example.com/"},
		{"/resolve/https%3A%2F%2Fexample.com", "/resolve/https%3A%2F%2Fexample.com", "/resolve/https%3A//example.com"},
		{"/%2F/", "/%2F/", "///"},
		{"/a%20(b)!'*/", "/a%20(b)!'*/", "/a%20%28b%29%21%27%2A/"},
		{"/a|b^c", "/a|b^c", "/a%7Cb%5Ec"},
		{"//a///b//", "/a/b/", "//a///b//"},
		{"/a%2f%2F/", "/a%2f%2F/", "/a///"},
		{"/100%", "/100%", ""},
	} {
		if got, err := (&SignRequestInput{Service: "execute-api"}).canonicalPath(c.text); got != c.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", c.text, got, err, c.want)
		}
		if got, err := (&SignRequestInput{Service: "s3"}).canonicalPath(c.text); got != c.s3 || (err != nil) != (c.s3 == "") {
			t.Errorf("%s for S3: %q, %v, want %q", c.text, got, err, c.s3)
		}
	}
}

// Ensure that the payload's hash is told where the service wants it or the page has begun to.
func TestContentHashHeader(t *testing.T) {
	a := signer(t, "20150830T123600Z", "KEY", "secret", "token")
	hash := sha256Hex("body")
	for _, c := range []struct{ service, given, want string }{
		{"s3", "", hash}, {"s3-object-lambda", "", hash}, {"aoss", "", hash}, {"execute-api", "", ""}, {"es", "", ""},
		{"es", sha256Hex("another"), hash}, {"s3", "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD"},
	} {
		in := SignRequestInput{Method: "POST", URL: "https://a.example/", PayloadHash: hash, Service: c.service, Region: "us-east-1"}
		if c.given != "" {
			in.Headers = map[string]string{"x-amz-content-sha256": c.given}
		}
		out, err := a.SignRequest(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Headers[contentHash]; got != c.want {
			t.Errorf("%s, given %q: %q, want %q", c.service, c.given, got, c.want)
		}
	}
}

// Ensure that any URL is signed or refused within few steps, and that a normalized path stays as it is.
func FuzzSignRequest(f *testing.F) {
	for _, c := range readSuite(f).Requests {
		f.Add("https://a.example" + c.Target)
	}
	for _, path := range []string{"/users/ada%40example.com/", "/resolve/https%3A%2F%2Fexample.com//", "/%2f/..//'(%)|^/", "?a;b=%zz#"} {
		f.Add("https://a.example" + path)
	}
	f.Fuzz(func(t *testing.T, address string) {
		endless := time.AfterFunc(10*time.Second, func() { panic("signing does not end: " + address) })
		defer endless.Stop()
		for _, service := range []string{"execute-api", "s3"} {
			in := SignRequestInput{Method: "GET", URL: address, PayloadHash: sha256Hex(""), Service: service, Region: "us-east-1"}
			r, err := in.request()
			if err != nil {
				continue
			}
			path := strings.TrimPrefix(r.URL.Opaque, "//"+r.URL.Host)
			if path[0] != '/' || len(path) > 3*len(address)+1 {
				t.Fatalf("%q becomes %q", address, path)
			}
			if again, err := in.canonicalPath(path); again != path || err != nil {
				t.Fatalf("%q becomes %q and then %q, %v", address, path, again, err)
			}
		}
	})
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
