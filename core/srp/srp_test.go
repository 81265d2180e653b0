package srp

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"
)

var prime, multiplier = group()

// The vectors other clients publish, with two corrected values beside the
// original ones; the notes in the file say which.
//
//go:embed testdata/vectors.json
var vectorsJSON []byte

type vectors struct {
	SwiftK                               string
	SwiftU, SwiftS                       []map[string]string
	Android, Dotnet, SRPHelper, Alexrudd map[string]string
}

func load(t testing.TB) vectors {
	t.Helper()
	var raw struct {
		Android, Dotnet, SRPHelper, Alexrudd map[string]string
		Swift                                map[string]json.RawMessage // maps, because "a" and "A" differ
	}
	must(t, json.Unmarshal(vectorsJSON, &raw))
	v := vectors{Android: raw.Android, Dotnet: raw.Dotnet, SRPHelper: raw.SRPHelper, Alexrudd: raw.Alexrudd}
	must(t, json.Unmarshal(raw.Swift["k"], &v.SwiftK))
	must(t, json.Unmarshal(raw.Swift["u"], &v.SwiftU))
	must(t, json.Unmarshal(raw.Swift["S"], &v.SwiftS))
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func hexInt(t testing.TB, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		t.Fatalf("not hexadecimal: %.40s", s)
	}
	return n
}

func decInt(t testing.TB, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		t.Fatalf("not decimal: %.40s", s)
	}
	return n
}

func date(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(timestampLayout, s)
	must(t, err)
	return d
}

func ephemeral(a *big.Int) *Ephemeral {
	return &Ephemeral{private: a, public: GoExp(generator, a, prime), exp: GoExp}
}

func TestPad(t *testing.T) {
	for n, want := range map[int64]string{0: "00", 1: "01", 127: "7f", 128: "0080", 255: "00ff", 256: "0100", 32768: "008000"} {
		if got := hex.EncodeToString(pad(big.NewInt(n))); got != want {
			t.Errorf("pad(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestSwiftVectors(t *testing.T) {
	v := load(t)
	if got := multiplier.Text(16); got != v.SwiftK {
		t.Errorf("k = %s, want %s", got, v.SwiftK)
	}
	if len(v.SwiftU) != 3 || len(v.SwiftS) != 2 {
		t.Fatalf("%d and %d vectors, want 3 and 2", len(v.SwiftU), len(v.SwiftS))
	}
	for i, c := range v.SwiftU {
		if got := scrambler(hexInt(t, c["A"]), hexInt(t, c["B"])).Text(16); got != c["u"] {
			t.Errorf("u[%d] = %s, want %s", i, got, c["u"])
		}
	}
	for i, c := range v.SwiftS {
		e := ephemeral(hexInt(t, c["a"]))
		if e.Public() != strings.TrimLeft(c["A"], "0") {
			t.Errorf("A[%d] differs", i)
		}
		salt, ok := parseHex(c["salt"], 128)
		if !ok {
			t.Fatalf("salt %q refused", c["salt"])
		}
		// The user name of these vectors is pool name and user in one string.
		x := privateKey(salt, Identity{User: c["username"], Password: c["password"]})
		B := hexInt(t, c["B"])
		if got := e.premaster(B, scrambler(e.public, B), x).Text(16); got != c["S"] {
			t.Errorf("S[%d] = %.20s…, want %.20s…", i, got, c["S"])
		}
	}
}

func TestAndroidVector(t *testing.T) {
	v := load(t).Android
	e := ephemeral(decInt(t, v["privateA"]))
	if e.public.Cmp(decInt(t, v["publicA"])) != 0 {
		t.Error("A differs")
	}
	id := Identity{Pool: v["pool"], User: v["username"], Password: v["password"]}
	B := hexInt(t, v["srpB"])
	u := scrambler(e.public, B)
	if u.String() != v["uExpected"] {
		t.Errorf("u = %s", u)
	}
	x := privateKey(hexInt(t, v["salt"]), id)
	if x.String() != v["xExpected"] {
		t.Errorf("x = %s", x)
	}
	S := e.premaster(B, u, x)
	if S.String() != v["sExpected"] {
		t.Errorf("S = %s", S)
	}
	key := deriveKey(u, S)
	if got := base64.StdEncoding.EncodeToString(key); got != v["keyExpected"] {
		t.Errorf("K = %s", got)
	}
	claim, err := e.Claim(id, Challenge{Salt: v["salt"], B: v["srpB"], SecretBlock: v["secretBlock"]}, date(t, v["date"]))
	must(t, err)
	if claim.Signature != v["m1RealComputed"] {
		t.Errorf("signature = %s, want %s", claim.Signature, v["m1RealComputed"])
	}
	// The published signature was made with the text of the key as the key.
	block, err := base64.StdEncoding.DecodeString(v["secretBlock"])
	must(t, err)
	mac := hmac.New(sha256.New, []byte(v["keyExpected"]))
	mac.Write([]byte(v["pool"] + v["username"]))
	mac.Write(block)
	mac.Write([]byte(v["date"]))
	if got := base64.StdEncoding.EncodeToString(mac.Sum(nil)); got != v["m1Expected"] {
		t.Errorf("published signature not explained: %s", got)
	}
}

func TestDotnetVector(t *testing.T) {
	v := load(t).Dotnet
	e := ephemeral(decInt(t, v["privateA"]))
	if e.public.Cmp(decInt(t, v["publicA"])) != 0 {
		t.Error("A differs")
	}
	id := Identity{Pool: v["pool"], User: v["username"], Password: v["password"]}
	claim, err := e.Claim(id, Challenge{Salt: v["salt"], B: v["B1"], SecretBlock: v["secretBlock"]}, date(t, v["date"]))
	must(t, err)
	if claim.Signature != v["claim1"] || claim.Timestamp != v["date"] {
		t.Errorf("claim = %+v", claim)
	}
	key, err := e.key(id, Challenge{Salt: v["salt"], B: v["B2"]})
	must(t, err)
	if got := base64.StdEncoding.EncodeToString(key); got != v["key2"] {
		t.Errorf("K = %s, want %s", got, v["key2"])
	}
	if got := base64.StdEncoding.EncodeToString(digest([]byte(v["pool"] + v["username"] + ":" + v["password"]))); got != v["deviceKeyHash"] {
		t.Errorf("identity hash = %s", got)
	}
}

func TestSRPHelperVectors(t *testing.T) {
	v := load(t).SRPHelper
	id := Identity{Pool: v["poolIdAbbr"], User: v["sub"], Password: v["password"]}
	if got := hex.EncodeToString(digest([]byte(id.Pool + id.User + ":" + id.Password))); got != v["passwordHash"] {
		t.Errorf("password hash = %s", got)
	}
	if got := SecretHash(v["secretId"], v["sub"], v["clientId"]); got != v["secretHash"] {
		t.Errorf("secret hash = %s, want %s", got, v["secretHash"])
	}
	e := &Ephemeral{private: hexInt(t, v["smallA"]), public: hexInt(t, v["largeA"]), exp: GoExp}
	stamp := date(t, v["timestamp"])
	claim, err := e.Claim(id, Challenge{Salt: v["salt"], B: v["largeB"], SecretBlock: v["secret"]}, stamp)
	must(t, err)
	if claim.Signature != v["passwordSignature"] {
		t.Errorf("signature = %s, want %s", claim.Signature, v["passwordSignature"])
	}

	device := Identity{Pool: v["deviceGroupKey"], User: v["deviceKey"], Password: v["deviceRandomPassword"]}
	salt, err := base64.StdEncoding.DecodeString(v["deviceSalt"])
	must(t, err)
	x := privateKey(new(big.Int).SetBytes(salt), device)
	if got := base64.StdEncoding.EncodeToString(pad(GoExp(generator, x, prime))); got != v["devicePasswordVerifier"] {
		t.Errorf("verifier = %.20s…, want %.20s…", got, v["devicePasswordVerifier"])
	}
	for salt, want := range map[string]string{
		"eb96": "xDSlBSEzf8tTApFYwqroq+539b1ryQaOVodRAPsscII=",
		"b9e0": v["devicePasswordSignature"], // the published one, made with a misread salt
	} {
		claim, err := e.Claim(device, Challenge{Salt: salt, B: v["largeB"], SecretBlock: v["secret"]}, stamp)
		must(t, err)
		if claim.Signature != want {
			t.Errorf("device signature for salt %s = %s, want %s", salt, claim.Signature, want)
		}
	}
}

func TestAlexruddVectors(t *testing.T) {
	v := load(t).Alexrudd
	if multiplier.String() != v["k"] {
		t.Errorf("k = %s", multiplier)
	}
	if got := scrambler(hexInt(t, v["uA"]), hexInt(t, v["uB"])).String(); got != v["u"] {
		t.Errorf("u = %s", got)
	}
	if got := SecretHash(v["clientSecret"], v["user"], v["clientId"]); got != v["secretHash"] {
		t.Errorf("secret hash = %s", got)
	}
	if got := hex.EncodeToString(deriveKey(hexInt(t, v["hkdf_salt"]), hexInt(t, v["hkdf_ikm"]))); got != v["hkdf_out"] {
		t.Errorf("K = %s", got)
	}
	e := ephemeral(decInt(t, v["a"]))
	if e.public.String() != v["A"] {
		t.Error("A differs")
	}
	claim, err := e.Claim(Identity{Pool: v["pool"], User: v["user"], Password: v["password"]}, Challenge{
		Salt:        decInt(t, v["salt_dec"]).Text(16),
		B:           decInt(t, v["B_dec"]).Text(16),
		SecretBlock: base64.StdEncoding.EncodeToString([]byte(v["secretBlockPlain"])),
	}, date(t, v["date"]))
	must(t, err)
	if claim.Signature != v["signature"] {
		t.Errorf("signature = %s, want %s", claim.Signature, v["signature"])
	}
}

func TestTimestampAfternoon(t *testing.T) {
	e := ephemeral(big.NewInt(5))
	claim, err := e.Claim(Identity{}, Challenge{Salt: "1", B: "5"}, time.Date(2026, 2, 3, 15, 4, 5, 0, time.FixedZone("", 3600)))
	must(t, err)
	if want := "Tue Feb 3 14:04:05 UTC 2026"; claim.Timestamp != want {
		t.Errorf("timestamp %q, want %q", claim.Timestamp, want)
	}
}

func TestRefusedChallenges(t *testing.T) {
	e, err := NewEphemeral(rand.Reader, GoExp)
	must(t, err)
	good := Challenge{Salt: "d1c1181916afc59efe7eb71674d627c", B: "5", SecretBlock: "AAAA"}
	if _, err := e.Claim(Identity{}, good, time.Now()); err != nil {
		t.Fatalf("good challenge: %v", err)
	}
	with := func(change func(*Challenge)) Challenge { c := good; change(&c); return c }
	for name, c := range map[string]struct {
		ch   Challenge
		want error
	}{
		"B is 0":            {with(func(c *Challenge) { c.B = "0" }), ErrBadPublic},
		"B is N":            {with(func(c *Challenge) { c.B = prime.Text(16) }), ErrBadPublic},
		"B is 2N":           {with(func(c *Challenge) { c.B = new(big.Int).Lsh(prime, 1).Text(16) }), ErrBadPublic},
		"B is many zeros":   {with(func(c *Challenge) { c.B = strings.Repeat("0", 770) }), ErrBadPublic},
		"B empty":           {with(func(c *Challenge) { c.B = "" }), ErrBadPublic},
		"B negative":        {with(func(c *Challenge) { c.B = "-5" }), ErrBadPublic},
		"B not hexadecimal": {with(func(c *Challenge) { c.B = "xyz" }), ErrBadPublic},
		"B huge":            {with(func(c *Challenge) { c.B = strings.Repeat("f", 1<<20) }), ErrBadPublic},
		"salt empty":        {with(func(c *Challenge) { c.Salt = "" }), ErrBadSalt},
		"salt huge":         {with(func(c *Challenge) { c.Salt = strings.Repeat("a", 129) }), ErrBadSalt},
		"salt not hex":      {with(func(c *Challenge) { c.Salt = "0x12" }), ErrBadSalt},
		"block not base64":  {with(func(c *Challenge) { c.SecretBlock = "!" }), ErrBadBlock},
	} {
		if _, err := e.Claim(Identity{}, c.ch, time.Now()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestLeadingZeros takes numbers as stand-ins of Cognito write them: with the sign
// byte of BigInteger.toByteArray, or padded to some length.
func TestLeadingZeros(t *testing.T) {
	e, err := NewEphemeral(rand.Reader, GoExp)
	must(t, err)
	long := new(big.Int).Sub(prime, big.NewInt(5)).Text(16) // 768 digits, the top bit set
	claim := func(salt, B string) Claim {
		t.Helper()
		c, err := e.Claim(Identity{"pool", "anna", "secret"}, Challenge{Salt: salt, B: B, SecretBlock: "AAAA"}, time.Unix(0, 0))
		must(t, err)
		return c
	}
	for _, B := range []string{"5", long} {
		want := claim("d1c1181916afc59efe7eb71674d627c", B)
		for _, zeros := range []int{1, 2, 3, 767, 10000} {
			pad := strings.Repeat("0", zeros)
			if got := claim(pad+"d1c1181916afc59efe7eb71674d627c", pad+B); got != want {
				t.Errorf("%d zeros before %.8s…: another claim", zeros, B)
			}
		}
	}
}

// u = 0 cannot be found (it would be a preimage of SHA-256), so the check is
// proved on the value itself.
func TestZeroScramblerRefused(t *testing.T) {
	if err := checkScrambler(new(big.Int)); !errors.Is(err, ErrBadScrambling) {
		t.Errorf("u = 0: %v", err)
	}
	if err := checkScrambler(big.NewInt(1)); err != nil {
		t.Errorf("u = 1: %v", err)
	}
}

func TestEphemeral(t *testing.T) {
	e, err := NewEphemeral(rand.Reader, GoExp)
	must(t, err)
	if n := e.private.BitLen(); n != 256 {
		t.Errorf("a has %d bits, want 256", n)
	}
	if _, err := NewEphemeral(bytes.NewReader(make([]byte, 10)), GoExp); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short randomness: %v", err)
	}
}

func TestDeviceVerifier(t *testing.T) {
	v, err := NewDeviceVerifier(rand.Reader, GoExp, "-FDRunwQv", "us-east-1_1")
	must(t, err)
	salt, err := base64.StdEncoding.DecodeString(v.Salt)
	must(t, err)
	x := privateKey(new(big.Int).SetBytes(salt), Identity{Pool: "-FDRunwQv", User: "us-east-1_1", Password: v.Password})
	if want := base64.StdEncoding.EncodeToString(pad(GoExp(generator, x, prime))); v.Verifier != want {
		t.Error("the verifier does not belong to the password")
	}
	if raw, err := base64.StdEncoding.DecodeString(v.Password); err != nil || len(raw) != 40 {
		t.Errorf("password: %d bytes, %v", len(raw), err)
	}
}

func FuzzClaim(f *testing.F) {
	e, err := NewEphemeral(rand.Reader, GoExp)
	must(f, err)
	f.Add("d1c1181916afc59efe7eb71674d627c", "5", "AAAA")
	f.Add("", prime.Text(16), "====")
	f.Add("00", "00", "")
	f.Fuzz(func(t *testing.T, salt, B, block string) {
		claim, err := e.Claim(Identity{"pool", "user", "password"}, Challenge{Salt: salt, B: B, SecretBlock: block}, time.Unix(0, 0))
		if err != nil {
			if claim != (Claim{}) {
				t.Error("a refused challenge was answered")
			}
			return
		}
		n, ok := new(big.Int).SetString(B, 16)
		if !ok || n.Sign() <= 0 || n.Cmp(prime) >= 0 {
			t.Errorf("accepted B = %.40q", B)
		}
	})
}

func BenchmarkClaim(b *testing.B) {
	e, err := NewEphemeral(rand.Reader, GoExp)
	must(b, err)
	ch := Challenge{Salt: "d1c1181916afc59efe7eb71674d627c", B: new(big.Int).Rsh(prime, 1).Text(16)}
	for b.Loop() {
		if _, err := e.Claim(Identity{"pool", "user", "password"}, ch, time.Unix(0, 0)); err != nil {
			b.Fatal(err)
		}
	}
}
