// Package srp is the client side of Secure Remote Password (SRP-6a, RFC 2945
// and RFC 5054) in the form Amazon Cognito speaks it.
//
// Cognito differs from RFC 5054 in four points: integers are hashed in the
// minimal two's-complement form of Java's BigInteger.toByteArray (see pad), g is
// therefore hashed as one byte and not padded to the length of N, the session
// key goes through an HKDF with the info string "Caldera Derived Key", and the
// evidence M1 is an HMAC over pool, user, secret block and timestamp.
//
// The arithmetic is not constant-time: neither math/big nor a browser's BigInt
// is. Every exponent is used once, or once per typed password.
package srp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"strings"
	"sync"
	"time"
)

// An Exp computes base^exp mod m for 0 <= base < m, exp >= 0 and m > 0.
type Exp func(base, exp, m *big.Int) *big.Int

// GoExp is Exp by math/big.
func GoExp(base, exp, m *big.Int) *big.Int { return new(big.Int).Exp(base, exp, m) }

// The 3072-bit group of RFC 3526 section 4 (group 15), which RFC 5054
// appendix A uses with generator 5; Cognito uses it with 2.
const groupHex = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" +
	"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" +
	"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05" +
	"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB" +
	"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
	"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33" +
	"A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864" +
	"D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2" +
	"08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

var generator = big.NewInt(2)

var computed struct {
	once sync.Once
	N, k *big.Int
}

// group is N and k. They are computed when first needed: the program starts sooner.
func group() (prime, multiplier *big.Int) {
	c := &computed
	c.once.Do(func() {
		c.N, _ = new(big.Int).SetString(groupHex, 16)
		c.k = new(big.Int).SetBytes(digest(pad(c.N), pad(generator)))
	})
	return c.N, c.k
}

// Errors of a server that does not play by the rules. A sign-in that meets one
// must stop: going on could reveal the password verifier.
var (
	ErrBadPublic     = errors.New("srp: the server's public value SRP_B is not a number between 1 and N-1")
	ErrBadScrambling = errors.New("srp: the scrambling value u is zero")
	ErrBadSalt       = errors.New("srp: the salt is not a hexadecimal number of at most 128 digits")
	ErrBadBlock      = errors.New("srp: the secret block is not base64")
)

// exponentSize is the length of a in bytes: RFC 5054 section 2.5.4 asks for at
// least 256 bits.
const exponentSize = 32

// An Ephemeral is the client's one-time key pair (a, A = g^a). It does not
// depend on the user, so it can be made before a password is typed. It must not
// be used for two sign-ins.
type Ephemeral struct {
	private, public *big.Int
	exp             Exp
}

// NewEphemeral draws a from random and computes A.
func NewEphemeral(random io.Reader, exp Exp) (*Ephemeral, error) {
	var b [exponentSize]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, err
	}
	prime, _ := group()
	a := new(big.Int).SetBytes(b[:])
	a.SetBit(a, exponentSize*8-1, 1) // never a short exponent, and A is never 0 mod N
	return &Ephemeral{private: a, public: exp(generator, a, prime), exp: exp}, nil
}

// Public returns SRP_A: A in hexadecimal, lower case, without padding.
func (e *Ephemeral) Public() string { return e.public.Text(16) }

// An Identity is whose password is proved. For a user, Pool is the part of the
// pool's id behind "_" and User is USER_ID_FOR_SRP; for a device they are the
// device group key and the device key.
type Identity struct{ Pool, User, Password string }

// A Challenge holds the parameters of PASSWORD_VERIFIER or
// DEVICE_PASSWORD_VERIFIER as they come: SALT and SRP_B in hexadecimal,
// SECRET_BLOCK in base64.
type Challenge struct{ Salt, B, SecretBlock string }

// A Claim answers a Challenge.
type Claim struct {
	Signature   string // PASSWORD_CLAIM_SIGNATURE
	SecretBlock string // PASSWORD_CLAIM_SECRET_BLOCK
	Timestamp   string // TIMESTAMP
}

// timestampLayout is Cognito's: English names, UTC, the day without padding.
const timestampLayout = "Mon Jan 2 15:04:05 UTC 2006"

// Claim proves knowledge of the password. now is the server's time as well as
// it is known.
func (e *Ephemeral) Claim(id Identity, ch Challenge, now time.Time) (Claim, error) {
	block, err := base64.StdEncoding.DecodeString(ch.SecretBlock)
	if err != nil {
		return Claim{}, ErrBadBlock
	}
	key, err := e.key(id, ch)
	if err != nil {
		return Claim{}, err
	}
	stamp := now.UTC().Format(timestampLayout)
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, id.Pool)
	io.WriteString(mac, id.User)
	mac.Write(block)
	io.WriteString(mac, stamp)
	return Claim{
		Signature:   base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		SecretBlock: ch.SecretBlock,
		Timestamp:   stamp,
	}, nil
}

// key derives the 16-byte session key K.
func (e *Ephemeral) key(id Identity, ch Challenge) ([]byte, error) {
	prime, _ := group()
	B, ok := parseHex(ch.B, len(groupHex))
	if !ok || B.Sign() == 0 || B.Cmp(prime) >= 0 {
		return nil, ErrBadPublic
	}
	salt, ok := parseHex(ch.Salt, 128)
	if !ok {
		return nil, ErrBadSalt
	}
	u := scrambler(e.public, B)
	if err := checkScrambler(u); err != nil {
		return nil, err
	}
	x := privateKey(salt, id)
	return deriveKey(u, e.premaster(B, u, x)), nil
}

// premaster computes S = (B - k*g^x)^(a + u*x) mod N.
func (e *Ephemeral) premaster(B, u, x *big.Int) *big.Int {
	prime, multiplier := group()
	base := e.exp(generator, x, prime)
	base.Mul(base, multiplier)
	base.Sub(B, base)
	base.Mod(base, prime) // Mod, unlike Rem, is never negative
	exponent := new(big.Int).Mul(u, x)
	exponent.Add(exponent, e.private)
	return e.exp(base, exponent, prime)
}

// scrambler computes u = H(A | B).
func scrambler(A, B *big.Int) *big.Int {
	return new(big.Int).SetBytes(digest(pad(A), pad(B)))
}

// checkScrambler refuses u = 0, with which S would not depend on the password.
func checkScrambler(u *big.Int) error {
	if u.Sign() == 0 {
		return ErrBadScrambling
	}
	return nil
}

// privateKey computes x = H(salt | H(pool | user | ":" | password)).
func privateKey(salt *big.Int, id Identity) *big.Int {
	inner := digest([]byte(id.Pool + id.User + ":" + id.Password))
	return new(big.Int).SetBytes(digest(pad(salt), inner))
}

// deriveKey is HKDF (RFC 5869) with one block of output, cut to 16 bytes.
func deriveKey(u, S *big.Int) []byte {
	extract := hmac.New(sha256.New, pad(u))
	extract.Write(pad(S))
	expand := hmac.New(sha256.New, extract.Sum(nil))
	io.WriteString(expand, "Caldera Derived Key\x01")
	return expand.Sum(nil)[:16]
}

// A DeviceVerifier is what ConfirmDevice stores at the service, and the password
// that later proves the device.
type DeviceVerifier struct {
	Password string // kept on the device: base64 of 40 random bytes
	Salt     string // base64
	Verifier string // base64
}

// NewDeviceVerifier makes a device's random password and its verifier.
func NewDeviceVerifier(random io.Reader, exp Exp, groupKey, deviceKey string) (DeviceVerifier, error) {
	var b [40 + 16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return DeviceVerifier{}, err
	}
	prime, _ := group()
	password := base64.StdEncoding.EncodeToString(b[:40])
	salt := new(big.Int).SetBytes(b[40:])
	x := privateKey(salt, Identity{Pool: groupKey, User: deviceKey, Password: password})
	return DeviceVerifier{
		Password: password,
		Salt:     base64.StdEncoding.EncodeToString(pad(salt)),
		Verifier: base64.StdEncoding.EncodeToString(pad(exp(generator, x, prime))),
	}, nil
}

// SecretHash is SECRET_HASH: the proof of an app client's secret.
func SecretHash(secret, username, clientID string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, username+clientID)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func digest(parts ...[]byte) []byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// pad returns n >= 0 as BigInteger.toByteArray does: big-endian, at least one
// byte, and a zero byte in front where the top bit is set.
func pad(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return b
}

// parseHex reads an unsigned hexadecimal number of at most max digits, leading
// zeros not counted: Cognito sends none (a published salt has 31 digits), but
// stand-ins send a sign byte or pad.
func parseHex(s string, max int) (*big.Int, bool) {
	if s == "" {
		return nil, false
	}
	if s = strings.TrimLeft(s, "0"); len(s) > max {
		return nil, false
	}
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(strings.ToLower(s))
	if err != nil {
		return nil, false
	}
	return new(big.Int).SetBytes(b), true
}
