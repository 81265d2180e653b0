package emulator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// totp is a software token (RFC 6238: SHA-1, 30 seconds, six digits).
type totp struct {
	Secret   []byte
	Name     string // FriendlyDeviceName
	Verified bool
	Used     int64 // the last step that was accepted: no code counts twice
}

func newTOTP() *totp {
	secret := make([]byte, 32) // Cognito's SecretCode has 52 characters
	rand.Read(secret)
	return &totp{Secret: secret}
}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

func (t *totp) secretCode() string { return base32Text.EncodeToString(t.Secret) }

const totpStep = 30 // seconds

func (t *totp) code(step int64) string {
	h := hmac.New(sha1.New, t.Secret)
	binary.Write(h, binary.BigEndian, step)
	sum := h.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[19]&0x0f:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// check accepts the code of the step at hand and of its neighbours, once.
func (t *totp) check(code string, now time.Time) error {
	at := now.Unix() / totpStep
	for step := at - 1; step <= at+1; step++ {
		if equal(t.code(step), code) {
			if step <= t.Used {
				return fail(expiredCode, "Your software token has already been used once.")
			}
			t.Used = step
			return nil
		}
	}
	return fail(codeMismatch, "Invalid code received for user")
}

// next is the code to type at a time: the first that was not used yet.
func (t *totp) next(now time.Time) string { return t.code(max(now.Unix()/totpStep, t.Used+1)) }

// TOTP computes the code of a base32 secret at a time, as an authenticator app does.
func TOTP(secret string, at time.Time) (string, error) {
	key, err := base32Text.DecodeString(strings.ToUpper(strings.TrimRight(strings.ReplaceAll(secret, " ", ""), "=")))
	if err != nil {
		return "", fmt.Errorf("TOTP secret: %w", err)
	}
	return (&totp{Secret: key}).code(at.Unix() / totpStep), nil
}
