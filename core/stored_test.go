package core

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"amplify-auth/core/contract"
)

// A storedAnswer is all that a stored session says.
type storedAnswer struct {
	State      UserState         `json:"state"`
	Details    map[string]string `json:"details"`
	Fresh      bool              `json:"fresh"`
	Holder     string            `json:"holder"`
	Tokens     map[string]string `json:"tokens"`     // what getTokens gives at once
	AccessKey  string            `json:"accessKey"`  // of the credentials that are given at once
	IdentityID string            `json:"identityId"` // whoever it is of
}

// answer reads a store.
func (c *storedSession) answer(t testing.TB) storedAnswer {
	t.Helper()
	storage := newMemory()
	storage.values = c.Storage
	a := c.auth(storage)
	defer a.Close()
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
	}
	fail(a.StorageChanged(ctx))
	s, err := a.loadSession(ctx)
	fail(err)
	h, err := a.holder(ctx)
	fail(err)
	state := a.state.get()
	out := storedAnswer{State: state.UserState, Details: state.Details, Fresh: s != nil && s.Surely(a.Now()), Holder: h.name, IdentityID: h.identity.ID, Tokens: map[string]string{}}
	if out.Details == nil {
		out.Details = map[string]string{}
	}
	if out.Fresh {
		out.Tokens["accessToken"] = s.Access.Raw
		out.Tokens["expiration"] = strconv.FormatInt(s.Access.Expiration().UnixMilli(), 10)
		if s.ID != nil {
			out.Tokens["idToken"] = s.ID.Raw
		}
		add(out.Tokens, "refreshToken", s.Refresh)
	}
	if c := h.credentials; c != nil && a.left(c) > credentialsMargin {
		out.AccessKey = c.AccessKeyID
	}
	return out
}

func TestStoredSessions(t *testing.T) {
	for _, c := range storedSessions(t) {
		if got := c.answer(t); !sameJSON(got, c.Want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.Name, inJSON(got), inJSON(c.Want))
		}
	}
}

// Whatever has become of a store, reading it neither fails nor signs in by tokens that
// are not this client's. The answers are those that the page has to give as well: the
// browser's test (e2e/flows) has this one write them, and runs the page's reader.
func TestMutatedStores(t *testing.T) {
	count := 3000
	var out *json.Encoder
	if name := os.Getenv("STORED_ANSWERS"); name != "" {
		file, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		out = json.NewEncoder(file)
		if count, err = strconv.Atoi(os.Getenv("STORED_COUNT")); err != nil {
			t.Fatal(err)
		}
	}
	bases := storedSessions(t)
	m := mutator{rand.New(rand.NewPCG(11, uint64(count)))}
	for i := range count {
		c := bases[i%len(bases)]
		if i >= len(bases) { // first as they are
			c = m.mutate(c)
		}
		got := c.answer(t)
		if _, signedIn := got.Details["username"]; got.Fresh && (got.State != SignedIn || !signedIn || got.Tokens["accessToken"] == "") {
			t.Errorf("fresh tokens of nobody: %s", inJSON(c))
		}
		if got.State == SignedIn && !c.Config.External && got.Holder == "user "+got.Details["username"] && c.Config.ClientID == "" {
			t.Errorf("a user of no user pool: %s", inJSON(c))
		}
		if out != nil {
			c.Want = got
			if err := out.Encode(c); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A mutator damages stores as other tabs, other libraries, users and disks do.
type mutator struct{ *rand.Rand }

func pick[T any](m mutator, list ...T) T { return list[m.IntN(len(list))] }

func (m mutator) mutate(base storedSession) storedSession {
	c := base
	c.Storage = maps.Clone(base.Storage)
	c.Name = fmt.Sprintf("%s, mutated", base.Name)
	if m.IntN(4) == 0 {
		c.Now += int64(pick(m, -86400000, -3600000, -60001, -60000, -5001, -5000, -4999, -1, 1, 4999, 5000, 5001, 60000, 3600000, 3e9, 1e13))
	}
	if m.IntN(12) == 0 {
		c.Config.External = !c.Config.External && c.Config.ClientID != ""
	}
	m.more(c)
	for range 1 + m.IntN(3) {
		m.one(c)
	}
	return c
}

// more puts records beside what is there, as several sign-ins leave them.
func (m mutator) more(c storedSession) {
	own := contract.OwnPrefix + c.Config.ClientID + "."
	if c.Config.ClientID == "" {
		own = contract.OwnPrefix + c.Config.IdentityPoolID + "."
	}
	user := c.Storage[contract.CognitoPrefix+c.Config.ClientID+"."+contract.LastUser]
	holders := []string{"guest", "user " + user, "user auth0|1", "provider graph.facebook.com", "provider p"}
	identity := contract.IdentityPrefix + c.Config.IdentityPoolID + contract.IdentitySuffix
	if m.IntN(3) == 0 {
		c.Storage[identity] = "us-east-1:1"
	}
	if m.IntN(3) == 0 {
		c.Storage[own+contract.Credentials] = inJSON(identityCredentials{
			AWSCredentials: AWSCredentials{AccessKeyID: "AKIA", SecretAccessKey: "secret", SessionToken: "session", Expiration: c.Now + int64(pick(m, 599999, 600000, 600001, 3600000))},
			IdentityID:     pick(m, c.Storage[identity], "us-east-1:2"), Holder: pick(m, holders...),
			ClockDrift: int64(pick(m, 0, 0, 1, -3600000)), Issued: pick(m, 0, c.Now, c.Now+60000, c.Now+60001),
		})
	}
	if m.IntN(8) == 0 {
		c.Storage[own+contract.Federation] = inJSON(federation{Provider: pick(m, "graph.facebook.com", "p", ""), FederatedToken: FederatedToken{Token: pick(m, "EAA", ""), CustomRoleARN: pick(m, "arn", "")}})
	}
	if m.IntN(8) == 0 {
		c.Storage[own+contract.ExternalSession] = inJSON(map[string]any{"username": "auth0|1", "accessToken": "opaque", "refreshToken": pick(m, "r", ""), "expiration": c.Now + 3600000})
	}
	if user != "" && m.IntN(3) == 0 {
		c.Storage[contract.CognitoPrefix+c.Config.ClientID+"."+user+".oauthMetadata"] = inJSON(map[string]any{"oauthSignIn": m.IntN(4) > 0, "disableFederation": m.IntN(2) == 0, "identityProvider": pick(m, "", "Google"), "idpIdentifier": pick(m, "", "acme")})
	}
}

func (m mutator) one(c storedSession) {
	keys := slices.Sorted(maps.Keys(c.Storage))
	if len(keys) == 0 {
		c.Storage[contract.CognitoPrefix+c.Config.ClientID+"."+contract.LastUser] = "demo"
		return
	}
	key := pick(m, keys...)
	value := c.Storage[key]
	switch m.IntN(10) {
	case 0:
		delete(c.Storage, key)
	case 1:
		c.Storage[key] = pick(m, "", " ", "null", "{}", "[]", "0", `"x"`, "undefined", "a.b.c", "true", "-1e400")
	case 2:
		other := pick(m, keys...)
		c.Storage[key], c.Storage[other] = c.Storage[other], value
	case 3:
		c.Storage[key] = m.damage(value)
	default:
		switch {
		case strings.HasSuffix(key, ".clockDrift"):
			c.Storage[key] = pick(m, "+5", "-0", "3600000", "-3600000", "1e3", "1.5", " 1", "1099511627775", "1099511627776", "-1099511627776", "0x10", "1_000", "٣", "000000000000000000000000001", "9223372036854775808")
		case strings.Count(value, ".") == 2 && !strings.HasPrefix(value, "{"):
			parts := strings.Split(value, ".")
			at := pick(m, 0, 1, 1, 1, 1, 1)
			text, _ := base64.RawURLEncoding.DecodeString(parts[at])
			parts[at] = base64.RawURLEncoding.EncodeToString([]byte(m.object(string(text), c.Now/1000)))
			c.Storage[key] = strings.Join(parts, ".")
		case strings.HasPrefix(value, "{"):
			c.Storage[key] = m.object(value, c.Now)
		default:
			c.Storage[key] = m.damage(value)
		}
	}
}

// object changes a member of a JSON object, or its text.
func (m mutator) object(text string, now int64) string {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil || len(members) == 0 || m.IntN(8) == 0 {
		return m.damage(text)
	}
	name := pick(m, slices.Sorted(maps.Keys(members))...)
	times := []string{}
	for _, d := range []int64{0, 1, 4, 5, 6, 59, 60, 61, 3600, -3600, -5, -60, -1e5, 1e9} {
		times = append(times, strconv.FormatInt(now+d, 10))
	}
	times = append(times, "0", "0.5", "1.5", "1e3", "1.0", "1e18", "1e-3", "1e999", "-1", "-0", "1099511627775", "1099511627776", "4503599627370496", "4503599627370497", strconv.FormatInt(now, 10)+".9")
	others := []string{"null", "true", "false", `""`, `"text"`, "[]", `["local-web-client"]`, "{}", `"1767229140"`, `"o1"`, `"o2"`, `"access"`, `"id"`, `"local-web-client"`, `"/us-east-1_Local0001"`}
	switch m.IntN(8) {
	case 0:
		delete(members, name)
	case 1: // another case is another name
		members[strings.ToUpper(name[:1])+name[1:]] = members[name]
		if m.IntN(2) == 0 {
			delete(members, name)
		}
	case 2:
		members[pick(m, "exp", "iat", "expiration", "clockDrift", "issued", "disableFederation", "oauthSignIn", "identityProvider", "origin_jti", "__proto__", "constructor")] = json.RawMessage(pick(m, append(times, others...)...))
	case 3: // twice: the last one counts
		return strings.TrimSuffix(inJSON(members), "}") + `,"` + name + `":` + pick(m, append(times, others...)...) + "}"
	default:
		if raw := string(members[name]); len(raw) > 0 && raw[0] >= '0' && raw[0] <= '9' || raw == "true" && m.IntN(2) == 0 {
			members[name] = json.RawMessage(pick(m, times...))
		} else {
			members[name] = json.RawMessage(pick(m, append(others, times[:3]...)...))
		}
	}
	return inJSON(members)
}

// damage changes a character, or the length.
func (m mutator) damage(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return pick(m, "x", ".", "{")
	}
	i := m.IntN(len(r))
	switch m.IntN(4) {
	case 0:
		return string(r[:i])
	case 1:
		return string(r[:i]) + string(r[i+1:])
	case 2:
		return string(r[:i]) + pick(m, ".", "=", "\n", " ", "+", "/", "_", "A", "\uFEFF", "é", "\"", "}", "0") + string(r[i:])
	}
	r[i] = pick(m, 'A', 'b', '0', '.', '-', '_', '=', '"', '{', ' ', '\n', 'ж')
	return string(r)
}

func inJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func sameJSON(a, b any) bool { return inJSON(a) == inJSON(b) }
