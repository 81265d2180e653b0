package emulator

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
)

// bed is a server with one pool and one client of the AWS SDK for Go, which drives it over HTTP.
type bed struct {
	*testing.T
	server *Server
	*cip.Client
	ctx    context.Context
	pool   string
	client string
	secret string
}

func newBed(t *testing.T) *bed {
	t.Helper()
	now := time.Now() // stands still, so that a slow machine changes nothing; Advance moves it
	server, err := Start(Options{Logf: t.Logf, Now: func() time.Time { return now }, Data: filepath.Join(t.TempDir(), "cognito.db"), Limits: Limits{Lockout: true}})
	if err != nil {
		t.Fatal(err)
	}
	server.journal.db.NoSync = true // a test does not outlive a crash of the machine
	b := &bed{T: t, server: server, ctx: t.Context(), pool: SeedPoolID, client: SeedClientID}
	t.Cleanup(func() {
		if t.Failed() {
			b.server.Close()
			return
		}
		checkKept(t, b.server)
	})
	b.Client = sdk(server.URL())
	return b
}

func sdk(url string) *cip.Client {
	return cip.New(cip.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url), RetryMaxAttempts: 1, HTTPClient: plainClient{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}

// plainClient hides that smithy's request bodies are io.WriterTo. Their WriteTo answers io.EOF once smithy closed them,
// which it does as soon as the response headers are there; net/http, asking for excess body just then, takes that for a
// failed write and closes the connection under the response (smithy-go 1.28).
type plainClient struct{}

func (plainClient) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return http.DefaultClient.Do(r)
}

var allFlows = []types.ExplicitAuthFlowsType{
	"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
}

// newPool makes a pool with one client and points the bed at them. change may alter either input.
func newPool(t *testing.T, change func(*cip.CreateUserPoolInput, *cip.CreateUserPoolClientInput)) *bed {
	t.Helper()
	b := newBed(t)
	pool := &cip.CreateUserPoolInput{PoolName: aws.String("test")}
	client := &cip.CreateUserPoolClientInput{ClientName: aws.String("test"), ExplicitAuthFlows: allFlows}
	if change != nil {
		change(pool, client)
	}
	p, err := b.CreateUserPool(b.ctx, pool)
	b.ok(err)
	b.pool = *p.UserPool.Id
	client.UserPoolId = p.UserPool.Id
	c, err := b.CreateUserPoolClient(b.ctx, client)
	b.ok(err)
	b.client, b.secret = *c.UserPoolClient.ClientId, aws.ToString(c.UserPoolClient.ClientSecret)
	return b
}

func (b *bed) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// fails asserts that err is the exception want, given as "Name" or "Name: message".
func (b *bed) fails(err error, want string) {
	b.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		b.Fatalf("got %v, want %s", err, want)
	}
	name, message, exact := strings.Cut(want, ": ")
	if api.ErrorCode() != name || exact && api.ErrorMessage() != message {
		b.Fatalf("got %s: %s, want %s", api.ErrorCode(), api.ErrorMessage(), want)
	}
}

// addUser makes a confirmed user with a password and a verified e-mail address and phone number.
func (b *bed) addUser(name, password string) {
	b.Helper()
	attributes := []types.AttributeType{attr("email_verified", "true"), attr("phone_number_verified", "true"), attr("phone_number", "+15555550123")}
	if !strings.Contains(name, "@") {
		attributes = append(attributes, attr("email", name+"@example.com"))
	} else {
		attributes = append(attributes, attr("email", name))
	}
	_, err := b.AdminCreateUser(b.ctx, &cip.AdminCreateUserInput{UserPoolId: &b.pool, Username: &name, MessageAction: "SUPPRESS", UserAttributes: attributes, TemporaryPassword: &password})
	b.ok(err)
	_, err = b.AdminSetUserPassword(b.ctx, &cip.AdminSetUserPasswordInput{UserPoolId: &b.pool, Username: &name, Password: &password, Permanent: true})
	b.ok(err)
}

func attr(name, value string) types.AttributeType {
	return types.AttributeType{Name: &name, Value: &value}
}

const goodPassword = "Passw0rd!"

// start calls InitiateAuth; parameters come in pairs.
func (b *bed) start(flow types.AuthFlowType, parameters ...string) (*cip.InitiateAuthOutput, error) {
	return b.InitiateAuth(b.ctx, &cip.InitiateAuthInput{AuthFlow: flow, ClientId: &b.client, AuthParameters: b.withHash(inPairs(parameters), "")})
}

// answer calls RespondToAuthChallenge.
func (b *bed) answer(challenge types.ChallengeNameType, session *string, responses ...string) (*cip.RespondToAuthChallengeOutput, error) {
	return b.RespondToAuthChallenge(b.ctx, &cip.RespondToAuthChallengeInput{
		ChallengeName: challenge, ClientId: &b.client, Session: session, ChallengeResponses: b.withHash(inPairs(responses), ""),
	})
}

func inPairs(list []string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}

func (b *bed) withHash(m map[string]string, name string) map[string]string {
	if name == "" {
		name = m["USERNAME"]
	}
	if b.secret != "" && name != "" {
		m["SECRET_HASH"] = secretHash(b.secret, name, b.client)
	}
	return m
}

// password signs in by USER_PASSWORD_AUTH and expects tokens.
func (b *bed) password(name, password string) *types.AuthenticationResultType {
	b.Helper()
	out, err := b.start("USER_PASSWORD_AUTH", "USERNAME", name, "PASSWORD", password)
	b.ok(err)
	if out.AuthenticationResult == nil {
		b.Fatalf("got challenge %s, want tokens", out.ChallengeName)
	}
	return out.AuthenticationResult
}

// srpClient is the client's half of SRP, written from the protocol description and used by tests alone.
type srpClient struct {
	a, A *big.Int
}

func newSRPClient() *srpClient {
	secret := make([]byte, 32)
	rand.Read(secret)
	a := new(big.Int).SetBytes(secret)
	return &srpClient{a, new(big.Int).Exp(srpG, a, srpN)}
}

func (s *srpClient) hexA() string { return s.A.Text(16) }

// key computes S = (B - k·g^x)^(a + u·x) and derives the key of the proof.
func (s *srpClient) key(salt, B *big.Int, group, name, password string) []byte {
	u := hashInt(pad(s.A), pad(B))
	x := srpX(salt, group, name, password)
	base := new(big.Int).Exp(srpG, x, srpN)
	base.Mul(base, srpK).Sub(B, base).Mod(base, srpN)
	exponent := new(big.Int).Mul(u, x)
	return srpKey(base.Exp(base, exponent.Add(exponent, s.a), srpN), u)
}

// proof answers a PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER challenge.
func (s *srpClient) proof(t *testing.T, parameters map[string]string, group, name, password string, at time.Time) []string {
	t.Helper()
	salt, ok1 := new(big.Int).SetString(parameters["SALT"], 16)
	B, ok2 := new(big.Int).SetString(parameters["SRP_B"], 16)
	block, err := base64.StdEncoding.DecodeString(parameters["SECRET_BLOCK"])
	if !ok1 || !ok2 || err != nil {
		t.Fatalf("unreadable challenge parameters %v", parameters)
	}
	timestamp := at.UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	signature := srpProof(s.key(salt, B, group, name, password), group, name, block, timestamp)
	return []string{
		"USERNAME", parameters["USERNAME"], "PASSWORD_CLAIM_SECRET_BLOCK", parameters["SECRET_BLOCK"], "TIMESTAMP", timestamp,
		"PASSWORD_CLAIM_SIGNATURE", base64.StdEncoding.EncodeToString(signature),
	}
}

func (b *bed) poolName() string { return b.pool[strings.Index(b.pool, "_")+1:] }

// srp signs in by USER_SRP_AUTH up to the answer of PASSWORD_VERIFIER.
func (b *bed) srp(name, password string, more ...string) (*cip.RespondToAuthChallengeOutput, error) {
	b.Helper()
	s := newSRPClient()
	out, err := b.start("USER_SRP_AUTH", append([]string{"USERNAME", name, "SRP_A", s.hexA()}, more...)...)
	if err != nil {
		return nil, err
	}
	p := out.ChallengeParameters
	proof := s.proof(b.T, p, b.poolName(), p["USER_ID_FOR_SRP"], password, b.server.Now())
	return b.answer("PASSWORD_VERIFIER", out.Session, append(proof, more...)...)
}

// claims decodes a token without checking it.
func claims(t *testing.T, token *string) map[string]any {
	t.Helper()
	parts := strings.Split(aws.ToString(token), ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", aws.ToString(token))
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// lastCode is the newest code sent to a user.
func (b *bed) lastCode(name, purpose string) string {
	b.Helper()
	messages := b.server.Outbox(name)
	if len(messages) == 0 || messages[0].Purpose != purpose {
		b.Fatalf("newest message to %s is %+v, want purpose %s", name, messages, purpose)
	}
	return messages[0].Code
}

// lambda serves triggers: it records events and lets reply fill in the response.
type lambda struct {
	mu     sync.Mutex
	events []map[string]any
	*httptest.Server
}

func newLambda(t *testing.T, reply func(event map[string]any) (response map[string]any, refusal string)) *lambda {
	l := &lambda{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event map[string]any
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		l.mu.Lock()
		l.events = append(l.events, event)
		l.mu.Unlock()
		response, refusal := reply(event)
		if refusal != "" {
			w.WriteHeader(http.StatusInternalServerError)
			json.NewEncoder(w).Encode(map[string]string{"errorMessage": refusal})
			return
		}
		event["response"] = response
		json.NewEncoder(w).Encode(event)
	}))
	t.Cleanup(l.Close)
	return l
}

// event returns the newest event of a source.
func (l *lambda) event(t *testing.T, source string) map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.events) - 1; i >= 0; i-- {
		if l.events[i]["triggerSource"] == source {
			return l.events[i]
		}
	}
	t.Fatalf("no event %s among %v", source, l.events)
	return nil
}

func request(event map[string]any, name string) any {
	r, _ := event["request"].(map[string]any)
	return r[name]
}

// arn is a trigger's address for LambdaConfig.
func (l *lambda) arn() *string { return aws.String(l.URL + "/trigger") }

func bigHex(t *testing.T, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		t.Fatalf("bad hex %q", s)
	}
	return n
}

func bytesHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
