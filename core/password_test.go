package core

import (
	"strings"
	"testing"

	"amplify-auth/core/config"
)

func TestPasswordPolicy(t *testing.T) {
	a := &Auth{cfg: &config.Config{PasswordPolicy: &config.PasswordPolicy{MinLength: 8, RequireLowercase: true, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true}}}
	for password, says := range map[string]string{
		"Passw0rd!":                       "",
		"Pass w0rd":                       "", // a space inside is a symbol
		" Passw0rd!":                      "begins or ends with a space",
		"Passw0rd! ":                      "begins or ends with a space",
		"Passwörd!":                       "needs a digit.",
		"Äpasw0rd!":                       "needs an upper-case letter.",
		"äPASSW0RD!":                      "needs a lower-case letter.",
		"Passw٣rd!":                       "needs a digit.",
		"Passw0rd§":                       "needs a special character.",
		"P0!" + "äöü" + "a":               "needs at least 8 characters.", // 7 characters, 10 bytes
		"Pa0!" + strings.Repeat("ж", 252): "",
		"Pa0!" + strings.Repeat("ж", 253): "longer than 256 characters",
		"":                                "the new password is empty",
	} {
		err := a.checkPassword("signUp", password)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", password, err, says)
		}
	}
}
