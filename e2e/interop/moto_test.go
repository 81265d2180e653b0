package interop

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"amplify-auth/core"
	"amplify-auth/e2e/engine"
)

// moto is https://github.com/getmoto/moto as a server: identity pools, STS and S3 that were not written here. It checks
// signatures by botocore.
type moto struct {
	t   *testing.T
	url string
}

func startMoto(t *testing.T) *moto {
	t.Helper()
	if out, err := exec.Command("python3", "-c", "import moto.server").CombinedOutput(); err != nil {
		t.Skipf("needs Python with moto: pip install 'moto[server]' (%v) %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	var log bytes.Buffer
	server := exec.Command("python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	m := &moto{t, fmt.Sprintf("http://127.0.0.1:%d", port)}
	t.Cleanup(func() {
		server.Process.Kill()
		if t.Failed() {
			t.Logf("moto: %s", &log)
		}
	})
	for deadline := time.After(time.Minute); ; {
		if resp, err := http.Get(m.url + "/moto-api/data.json"); err == nil {
			resp.Body.Close()
			return m
		}
		select {
		case err := <-ended:
			t.Fatalf("moto ended: %v %s", err, &log)
		case <-deadline:
			t.Fatalf("moto does not answer: %s", &log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (m *moto) send(r *http.Request) (int, []byte) {
	m.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return resp.StatusCode, body
}

// json runs an operation of a JSON service.
func (m *moto) json(target string, in map[string]any) (out map[string]any) {
	m.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		m.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", m.url+"/", bytes.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	status, answer := m.send(r)
	if status != http.StatusOK || json.Unmarshal(answer, &out) != nil {
		m.t.Fatalf("%s: %d %s", target, status, answer)
	}
	return out
}

// administer runs a request that is signed by a stranger, which moto takes until enforce.
func (m *moto) administer(method, path, service, body string) {
	m.t.Helper()
	r, err := http.NewRequest(method, m.url+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	if service != "s3" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(r.Context(), aws.Credentials{AccessKeyID: "AKIAADMIN", SecretAccessKey: "x"}, r, hex.EncodeToString(sum[:]), service, "us-east-1", time.Now()); err != nil {
		m.t.Fatal(err)
	}
	if status, answer := m.send(r); status != http.StatusOK {
		m.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
}

// enforce makes moto check signatures and permissions from now on.
func (m *moto) enforce() {
	m.t.Helper()
	r, err := http.NewRequest("POST", m.url+"/moto-api/reset-auth", strings.NewReader("0"))
	if err != nil {
		m.t.Fatal(err)
	}
	if status, answer := m.send(r); status != http.StatusOK {
		m.t.Fatalf("reset-auth: %d %s", status, answer)
	}
}

// signed sends what signRequest of a page has signed. change may spoil it.
func (m *moto) signed(p *engine.Page, method, path, service, body string, change func(*http.Request)) (int, []byte) {
	m.t.Helper()
	sum := sha256.Sum256([]byte(body))
	out := p.Must("signRequest", map[string]any{
		"method": method, "url": m.url + path, "service": service, "region": "us-east-1", "payloadHash": hex.EncodeToString(sum[:]),
	})
	r, err := http.NewRequest(method, m.url+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	for name, v := range out["headers"].(map[string]any) {
		r.Header.Set(name, v.(string))
	}
	if change != nil {
		change(r)
	}
	return m.send(r)
}

func TestMoto(t *testing.T) {
	m := startMoto(t)
	e := engine.Start(t)
	pool := m.json("AWSCognitoIdentityProviderService.CreateUserPool", map[string]any{"PoolName": "test"})["UserPool"].(map[string]any)["Id"].(string)
	client := m.json("AWSCognitoIdentityProviderService.CreateUserPoolClient", map[string]any{"UserPoolId": pool, "ClientName": "test",
		"ExplicitAuthFlows": []string{"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}})["UserPoolClient"].(map[string]any)["ClientId"].(string)
	m.json("AWSCognitoIdentityProviderService.AdminCreateUser", map[string]any{"UserPoolId": pool, "Username": "ada", "MessageAction": "SUPPRESS"})
	m.json("AWSCognitoIdentityProviderService.AdminSetUserPassword", map[string]any{"UserPoolId": pool, "Username": "ada", "Password": "Passw0rd!", "Permanent": true})
	identityPool := m.json("AWSCognitoIdentityService.CreateIdentityPool", map[string]any{"IdentityPoolName": "test", "AllowUnauthenticatedIdentities": true,
		"SupportedLoginProviders": map[string]any{"graph.facebook.com": "app"}})["IdentityPoolId"].(string)
	config := func(more string) string {
		return fmt.Sprintf(`{"CognitoUserPool": {"Default": {"PoolId": %q, "AppClientId": %q, "Endpoint": %[3]q}},
			"CredentialsProvider": {"CognitoIdentity": {"Default": {"PoolId": %[4]q, "Endpoint": %[3]q %[5]s}}}}`, pool, client, m.url, identityPool, more)
	}
	good := func(t *testing.T, out map[string]any) {
		t.Helper()
		left := time.Until(time.UnixMilli(int64(out["expiration"].(float64))))
		if out["accessKeyId"] == "" || out["secretAccessKey"] == "" || out["sessionToken"] == "" || left <= 0 || left > 24*time.Hour {
			t.Errorf("%v, good for %v", out, left)
		}
	}

	t.Run("guest", func(t *testing.T) {
		p := e.NewPage(e.Parse(config("")), core.Options{}, nil)
		good(t, p.Must("getAWSCredentials", nil))
		if id := p.Must("getIdentityId", nil)["result"].(string); !strings.HasPrefix(id, "us-east-1:") {
			t.Errorf("identity %q", id)
		}
		p.Must("signOut", nil)
	})
	t.Run("user", func(t *testing.T) {
		p := e.NewPage(e.Parse(config("")), core.Options{}, nil)
		p.Must("signIn", map[string]any{"username": "ada", "password": "Passw0rd!", "authFlow": "USER_PASSWORD_AUTH"})
		good(t, p.Must("getAWSCredentials", nil))
		p.Must("signOut", map[string]any{"invalidateTokens": false})
	})
	t.Run("federated", func(t *testing.T) {
		p := e.NewPage(e.Parse(config("")), core.Options{}, nil)
		p.Must("federatedSignIn", map[string]any{"providerName": "facebook", "token": "EAAtoken"})
		good(t, p.Must("getAWSCredentials", nil))
		p.Must("signOut", nil)
	})

	// The classic flow's role is one of IAM, so that moto knows what it may do.
	form := func(pairs ...string) string {
		v := url.Values{"Version": {"2010-05-08"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	m.administer("POST", "/", "iam", form("Action", "CreateRole", "RoleName", "Guest", "AssumeRolePolicyDocument", `{"Version":"2012-10-17","Statement":[]}`))
	m.administer("POST", "/", "iam", form("Action", "PutRolePolicy", "RoleName", "Guest", "PolicyName", "all",
		"PolicyDocument", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`))
	m.administer("PUT", "/bucket", "s3", "")
	const role = "arn:aws:iam::123456789012:role/Guest"
	p := e.NewPage(e.Parse(config(fmt.Sprintf(`, "ClassicFlow": true, "AuthenticatedRoleArn": %[1]q, "UnauthenticatedRoleArn": %[1]q, "STSEndpoint": %[2]q`, role, m.url))), core.Options{}, nil)
	good(t, p.Must("getAWSCredentials", nil))
	m.enforce()
	const who = "Action=GetCallerIdentity&Version=2011-06-15"
	if status, body := m.signed(p, "POST", "/", "sts", who, nil); status != http.StatusOK || !strings.Contains(string(body), "assumed-role/Guest/amplify-auth") {
		t.Errorf("GetCallerIdentity: %d %s", status, body)
	}
	spoil := func(r *http.Request) {
		r.Header.Set("Authorization", r.Header.Get("Authorization")[:len(r.Header.Get("Authorization"))-4]+"0000")
	}
	if status, body := m.signed(p, "POST", "/", "sts", who, spoil); status != http.StatusForbidden {
		t.Errorf("a spoilt signature: %d %s", status, body)
	}
	for _, key := range []string{"plain.txt", "a%20b/c-_.~.txt"} { // moto undoes other escapes before it checks
		if status, body := m.signed(p, "PUT", "/bucket/"+key, "s3", "content of "+key, nil); status != http.StatusOK {
			t.Errorf("PUT %s: %d %s", key, status, body)
			continue
		}
		if status, body := m.signed(p, "GET", "/bucket/"+key, "s3", "", nil); status != http.StatusOK || string(body) != "content of "+key {
			t.Errorf("GET %s: %d %s", key, status, body)
		}
	}
	if status, body := m.signed(p, "PUT", "/bucket/plain.txt", "s3", "x", spoil); status != http.StatusForbidden {
		t.Errorf("a spoilt signature: %d %s", status, body)
	}
}
