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
	secret   []byte
	name     string // FriendlyDeviceName
	verified bool
	used     int64 // the last step that was accepted: no code counts twice
}

func newTOTP() *totp {
	secret := make([]byte, 32) // Cognito's SecretCode has 52 characters
	rand.Read(secret)
	return &totp{secret: secret}
}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

func (t *totp) secretCode() string { return base32Text.EncodeToString(t.secret) }

const totpStep = 30 // seconds

func (t *totp) code(step int64) string {
	h := hmac.New(sha1.New, t.secret)
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
			if step <= t.used {
				return fail(expiredCode, "Your software token has already been used once.")
			}
			t.used = step
			return nil
		}
	}
	return fail(codeMismatch, "Invalid code received for user")
}

// TOTP computes the code of a base32 secret at a time, as an authenticator app does.
func TOTP(secret string, at time.Time) (string, error) {
	key, err := base32Text.DecodeString(strings.ToUpper(strings.TrimRight(strings.ReplaceAll(secret, " ", ""), "=")))
	if err != nil {
		return "", fmt.Errorf("TOTP secret: %w", err)
	}
	return (&totp{secret: key}).code(at.Unix() / totpStep), nil
}
