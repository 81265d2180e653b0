package emulator

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"time"
)

// Passwords: in the clear (USER_PASSWORD_AUTH, PASSWORD) and by SRP (USER_SRP_AUTH, PASSWORD_SRP, CUSTOM_AUTH with SRP_A).

func startPassword(c *call, a *attempt, parameters map[string]string) error {
	if parameters["PASSWORD"] == "" {
		return fail(invalidParameter, "Missing required parameter PASSWORD")
	}
	return answerPassword(c, a, parameters)
}

func answerPassword(c *call, a *attempt, responses map[string]string) error {
	if err := c.locked(a.client.pool, a.ID); err != nil {
		return err
	}
	if err := a.usable(c.now); err != nil { // before the password is looked at, as captured
		return err
	}
	if a.user == nil || !a.user.hasPassword(responses["PASSWORD"]) {
		return c.passwordFailed(a.client.pool, a.ID)
	}
	c.passwordProved(a)
	return nil
}

func (c *call) passwordProved(a *attempt) {
	c.unlock(a.client.pool, a.ID)
	a.First = "PASSWORD"
}

// srpExchange is the server's half of an SRP proof under way.
type srpExchange struct {
	Verifier     *verifier
	A, Secret, B *big.Int
	Block        string // SECRET_BLOCK
}

func startSRP(c *call, a *attempt, parameters map[string]string) error {
	if parameters["SRP_A"] == "" {
		return fail(invalidParameter, "Missing required parameter SRP_A")
	}
	return answerPasswordSRP(c, a, parameters)
}

func answerPasswordSRP(c *call, a *attempt, responses map[string]string) error {
	A, ok := parseA(responses["SRP_A"])
	if !ok {
		return fail(invalidParameter, "SRP_A is not a valid group element.")
	}
	a.SRP = &srpExchange{A: A}
	a.Queued = "PASSWORD_VERIFIER"
	return nil
}

func issuePasswordVerifier(c *call, a *attempt, answer *authAnswer) error {
	p := a.client.pool
	a.SRP.Verifier = p.simulatedVerifier(a.ID)
	if a.user != nil && a.user.Password != nil {
		a.SRP.Verifier = a.user.Password
	}
	session := c.keep(a)
	a.SRP.issue(p, session, answer.ChallengeParameters)
	answer.ChallengeParameters["USERNAME"] = a.ID
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.ID
	if a.Flow == "USER_AUTH" { // captured sign-ins by USER_SRP_AUTH carry none
		answer.Session = session
	}
	return nil
}

// simulatedVerifier is that of a user who does not exist: a salt that is stable per name, and a password nobody knows
// (RFC 5054, 2.5.1.3).
func (p *userPool) simulatedVerifier(name string) *verifier {
	salt := mac(p.Secret[:], []byte("salt"), []byte(p.canonical(name)))[:16]
	x := new(big.Int).SetBytes(mac(p.Secret[:], []byte("x"), []byte(p.canonical(name))))
	return &verifier{new(big.Int).SetBytes(salt), x.Exp(srpG, x, srpN)}
}

// issue makes the server's key pair and the parameters of the challenge.
func (x *srpExchange) issue(p *userPool, session string, parameters map[string]string) {
	x.Secret, x.B = srpB(x.Verifier.V)
	x.Block = p.sealSecretBlock(session)
	parameters["SALT"] = x.Verifier.saltHex()
	parameters["SRP_B"] = hex.EncodeToString(x.B.Bytes())
	parameters["SECRET_BLOCK"] = x.Block
}

// proved checks PASSWORD_CLAIM_SIGNATURE.
func (x *srpExchange) proved(c *call, responses map[string]string, group, name string) (bool, error) {
	if !equal(x.Block, responses["PASSWORD_CLAIM_SECRET_BLOCK"]) {
		return false, nil
	}
	const layout = "Mon Jan 2 15:04:05 MST 2006"
	at, err := time.Parse(layout, responses["TIMESTAMP"])
	if err != nil {
		return false, fail(invalidParameter, "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
	}
	// Clocks more than five minutes off fail (amazon-cognito-auth-js issue 199). A client that does not follow this
	// server's movable clock is as welcome as one that does.
	const window = 5 * time.Minute
	if c.now.Sub(at).Abs() > window && c.options.Now().Sub(at).Abs() > window {
		return false, nil
	}
	block, err := base64.StdEncoding.DecodeString(x.Block)
	if err != nil {
		return false, err
	}
	given, err := base64.StdEncoding.DecodeString(responses["PASSWORD_CLAIM_SIGNATURE"])
	if err != nil {
		return false, nil
	}
	key, ok := srpServerKey(x.A, x.B, x.Secret, x.Verifier.V)
	// The signed text is the server's own spelling of the time: a zero-padded day fails (warrant pull request 12).
	return ok && hmac.Equal(given, srpProof(key, group, name, block, at.UTC().Format(layout))), nil
}

func answerPasswordVerifier(c *call, a *attempt, responses map[string]string) error {
	if err := c.locked(a.client.pool, a.ID); err != nil {
		return err
	}
	if a.user != nil && a.user.Status == "RESET_REQUIRED" { // such a user has no password to prove
		return a.usable(c.now)
	}
	ok, err := a.SRP.proved(c, responses, a.client.pool.poolName(), a.ID)
	if err != nil {
		return err
	}
	if !ok || a.user == nil {
		return c.passwordFailed(a.client.pool, a.ID)
	}
	c.passwordProved(a)
	if a.Flow == "CUSTOM_AUTH" {
		a.Custom.record("PASSWORD_VERIFIER", true, "")
	}
	return nil
}

// sealSecretBlock hides a Session in an opaque block, about as long as Cognito's (1.7k characters).
func (p *userPool) sealSecretBlock(session string) string {
	plain := make([]byte, 1200)
	rand.Read(plain[copy(plain, session):])
	aead := p.aead()
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, []byte(p.ID)))
}

// openSecretBlock finds the attempt that a block belongs to. Its age is that of the Session in it.
func (c *call) openSecretBlock(block string, client *poolClient) (*attempt, string, error) {
	invalid := fail(notAuthorized, "Incorrect username or password.")
	sealed, err := base64.StdEncoding.DecodeString(block)
	aead := client.pool.aead()
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, "", invalid
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(client.pool.ID))
	if err != nil || len(plain) < sessionLength {
		return nil, "", invalid
	}
	session := string(plain[:sessionLength])
	a, err := c.session(session, client)
	return a, session, err
}

func (p *userPool) aead() cipher.AEAD {
	block, err := aes.NewCipher(p.Secret[:])
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}
