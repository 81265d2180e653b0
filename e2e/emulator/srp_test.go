package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"
)

func decimal(t *testing.T, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		t.Fatalf("bad number %q", s)
	}
	return n
}

func bytes64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type vectors struct {
	Android, Dotnet, Srphelper, Alexrudd map[string]string
	Swift                                struct {
		K    string
		U, S []map[string]string
	}
}

func readVectors(t *testing.T) vectors {
	b, err := os.ReadFile("../../core/srp/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSRPVectors checks the arithmetic against vectors that other implementations publish.
func TestSRPVectors(t *testing.T) {
	v := readVectors(t)
	same := func(what string, got, want *big.Int) {
		t.Helper()
		if got.Cmp(want) != 0 {
			t.Errorf("%s: got %x, want %x", what, got, want)
		}
	}
	same("k", srpK, bigHex(t, v.Swift.K))
	for _, u := range v.Swift.U {
		same("u", hashInt(pad(bigHex(t, u["A"])), pad(bigHex(t, u["B"]))), bigHex(t, u["u"]))
	}
	same("u", hashInt(pad(bigHex(t, v.Alexrudd["uA"])), pad(bigHex(t, v.Alexrudd["uB"]))), decimal(t, v.Alexrudd["u"]))

	a := v.Android
	client := &srpClient{decimal(t, a["privateA"]), decimal(t, a["publicA"])}
	same("A", new(big.Int).Exp(srpG, client.a, srpN), client.A)
	x := srpX(bigHex(t, a["salt"]), a["pool"], a["username"], a["password"])
	same("x", x, decimal(t, a["xExpected"]))
	B := bigHex(t, a["srpB"])
	same("u", hashInt(pad(client.A), pad(B)), decimal(t, a["uExpected"]))
	key := client.key(bigHex(t, a["salt"]), B, a["pool"], a["username"], a["password"])
	if want := bytes64(t, a["keyExpected"]); !bytes.Equal(key, want) {
		t.Errorf("android key %x, want %x", key, want)
	}
	proof := srpProof(key, a["pool"], a["username"], bytes64(t, a["secretBlock"]), a["date"])
	if want := bytes64(t, a["m1RealComputed"]); !bytes.Equal(proof, want) {
		t.Errorf("android proof %x, want %x", proof, want)
	}

	d := v.Dotnet
	client = &srpClient{decimal(t, d["privateA"]), decimal(t, d["publicA"])}
	key = client.key(bigHex(t, d["salt"]), bigHex(t, d["B1"]), d["pool"], d["username"], d["password"])
	proof = srpProof(key, d["pool"], d["username"], bytes64(t, d["secretBlock"]), d["date"])
	if want := bytes64(t, d["claim1"]); !bytes.Equal(proof, want) {
		t.Errorf("dotnet proof %x, want %x", proof, want)
	}

	r := v.Alexrudd
	client = &srpClient{a: decimal(t, r["a"]), A: new(big.Int).Exp(srpG, decimal(t, r["a"]), srpN)}
	same("A", client.A, decimal(t, r["A"]))
	key = client.key(decimal(t, r["salt_dec"]), decimal(t, r["B_dec"]), r["pool"], r["user"], r["password"])
	proof = srpProof(key, r["pool"], r["user"], []byte(r["secretBlockPlain"]), r["date"])
	if want := bytes64(t, r["signature"]); !bytes.Equal(proof, want) {
		t.Errorf("alexrudd proof %x, want %x", proof, want)
	}
	if got := secretHash(r["clientSecret"], r["user"], r["clientId"]); got != r["secretHash"] {
		t.Errorf("secret hash %s, want %s", got, r["secretHash"])
	}
	if got := mac(bytesHex(t, r["hkdf_salt"]), bytesHex(t, r["hkdf_ikm"])); !bytes.Equal(mac(got, []byte("Caldera Derived Key\x01"))[:16], bytesHex(t, r["hkdf_out"])) {
		t.Error("HKDF differs")
	}

	h := v.Srphelper
	hash := sha256.Sum256([]byte(h["poolIdAbbr"] + h["sub"] + ":" + h["password"]))
	if got := hex.EncodeToString(hash[:]); got != h["passwordHash"] {
		t.Errorf("password hash %s, want %s", got, h["passwordHash"])
	}
	salt := new(big.Int).SetBytes(bytes64(t, h["deviceSalt"]))
	x = srpX(salt, h["deviceGroupKey"], h["deviceKey"], h["deviceRandomPassword"])
	same("device verifier", x.Exp(srpG, x, srpN), new(big.Int).SetBytes(bytes64(t, h["devicePasswordVerifier"])))
}

// TestSRPRoundTrip checks that both sides come to one key, and only with the right password.
func TestSRPRoundTrip(t *testing.T) {
	for range 4 {
		v := newVerifier("pool", "user", "secret")
		client := newSRPClient()
		b, B := srpB(v.V)
		server, ok := srpServerKey(client.A, B, b, v.V)
		if !ok || !bytes.Equal(server, client.key(v.Salt, B, "pool", "user", "secret")) {
			t.Fatal("keys differ")
		}
		if bytes.Equal(server, client.key(v.Salt, B, "pool", "user", "wrong")) {
			t.Fatal("a wrong password gives the same key")
		}
		if !v.matches("pool", "user", "secret") || v.matches("pool", "user", "wrong") {
			t.Fatal("the verifier does not tell passwords apart")
		}
	}
}

func TestPad(t *testing.T) {
	for _, c := range []struct {
		n    int64
		want string
	}{{0, "00"}, {1, "01"}, {127, "7f"}, {128, "0080"}, {255, "00ff"}, {256, "0100"}, {32768, "008000"}} {
		if got := hex.EncodeToString(pad(big.NewInt(c.n))); got != c.want {
			t.Errorf("pad(%d) = %s, want %s", c.n, got, c.want)
		}
	}
}

func TestParseA(t *testing.T) {
	multiple := new(big.Int).Mul(srpN, big.NewInt(1)).Text(16)
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"2", true}, {"00ff", true}, {"", false}, {"0", false}, {"000", false}, {multiple, false}, {"-2", false}, {"+2", false},
		{"xyz", false}, {"0x2", false}, {"2_0", false}, {new(big.Int).Lsh(srpN, 64).Text(16), false},
	} {
		if _, ok := parseA(c.text); ok != c.ok {
			t.Errorf("parseA(%.20q) = %v, want %v", c.text, ok, c.ok)
		}
	}
}
