package emulator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// SRP-6a as Cognito does it: the 3072-bit group of RFC 5054, SHA-256, numbers hashed in two's complement, and a 16-byte
// key derived by HKDF with the info "Caldera Derived Key". Server side.

var (
	srpN, _ = new(big.Int).SetString(""+
		"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"+
		"302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"+
		"49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"+
		"670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"+
		"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"+
		"B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"+
		"BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF", 16)
	srpG = big.NewInt(2)
	srpK = hashInt(pad(srpN), pad(srpG))
)

// pad encodes a non-negative number as the shortest big-endian two's complement (amplify-js, getPaddedHex).
func pad(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return b
}

func hashInt(parts ...[]byte) *big.Int {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

// verifier is what the server keeps of a password.
type verifier struct {
	Salt *big.Int
	V    *big.Int // g^x mod N
}

// srpX is the private key that a password stands for. group is the pool name, or the device group key; name the user
// name, or the device key.
func srpX(salt *big.Int, group, name, password string) *big.Int {
	inner := sha256.Sum256([]byte(group + name + ":" + password))
	return hashInt(pad(salt), inner[:])
}

func newVerifier(group, name, password string) *verifier {
	b := make([]byte, 16)
	rand.Read(b)
	salt := new(big.Int).SetBytes(b)
	return &verifier{salt, new(big.Int).Exp(srpG, srpX(salt, group, name, password), srpN)}
}

// matches checks a password that came in the clear.
func (v *verifier) matches(group, name, password string) bool {
	got := new(big.Int).Exp(srpG, srpX(v.Salt, group, name, password), srpN)
	return hmac.Equal(got.FillBytes(make([]byte, 384)), v.V.FillBytes(make([]byte, 384)))
}

// saltHex is the salt as challenges show it.
func (v *verifier) saltHex() string { return hex.EncodeToString(v.Salt.FillBytes(make([]byte, 16))) }

// srpB makes the server's key pair b, B = k·v + g^b mod N, with B not 0.
func srpB(v *big.Int) (b, B *big.Int) {
	secret := make([]byte, 32)
	for {
		rand.Read(secret)
		b = new(big.Int).SetBytes(secret)
		B = new(big.Int).Mul(srpK, v)
		B.Add(B, new(big.Int).Exp(srpG, b, srpN)).Mod(B, srpN)
		if B.Sign() != 0 {
			return b, B
		}
	}
}

// srpServerKey derives the key of a proof from the server's side: S = (A·v^u)^b mod N. It reports false if u is 0.
func srpServerKey(A, B, b, v *big.Int) ([]byte, bool) {
	u := hashInt(pad(A), pad(B))
	if u.Sign() == 0 {
		return nil, false
	}
	s := new(big.Int).Exp(v, u, srpN)
	s.Mul(s, A).Mod(s, srpN)
	s.Exp(s, b, srpN)
	return srpKey(s, u), true
}

// srpKey is HKDF-SHA-256 (RFC 5869) with salt u, one block, cut to 16 bytes.
func srpKey(s, u *big.Int) []byte {
	return mac(mac(pad(u), pad(s)), []byte("Caldera Derived Key\x01"))[:16]
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// srpProof is the PASSWORD_CLAIM_SIGNATURE that the client must send.
func srpProof(key []byte, group, name string, secretBlock []byte, timestamp string) []byte {
	return mac(key, []byte(group), []byte(name), secretBlock, []byte(timestamp))
}

// parseA reads SRP_A, refusing what is no group element: A mod N = 0 would let anyone in.
func parseA(text string) (*big.Int, bool) {
	if len(text) == 0 || len(text) > 2*385 {
		return nil, false
	}
	A, ok := new(big.Int).SetString(text, 16)
	if !ok || A.Sign() <= 0 || text[0] == '+' || new(big.Int).Mod(A, srpN).Sign() == 0 {
		return nil, false
	}
	return A, true
}
