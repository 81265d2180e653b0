package core

import (
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"amplify-auth/core/config"
	"amplify-auth/core/contract"
	"amplify-auth/core/records"
)

// The page reads the same files (TestConfigurationsReadAlike in e2e/flows).
//
//go:embed testdata/configurations.json
var configurationsJSON []byte

// configuredIDs name what is stored.
type configuredIDs struct {
	UserPoolID, ClientID, IdentityPoolID, Own string
	External                                  bool
}

// configuredScreens are what the element's screens and the engine both go by.
type configuredScreens struct {
	Policy               *configuredPolicy
	HostedUI, CustomAuth bool
}

type configuredPolicy struct {
	MinLength                            int
	Lowercase, Uppercase, Number, Symbol bool
}

func TestConfigurations(t *testing.T) {
	var cases []struct {
		Name, File   string
		Want         configuredIDs
		Screens      *configuredScreens
		Key, Problem string // of the error, where there is one
	}
	if err := json.Unmarshal(configurationsJSON, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		cfg, err := config.Parse([]byte(c.File))
		if c.Problem != "" {
			var wrong *config.Error
			if !errors.As(err, &wrong) || wrong.Key != c.Key || !strings.Contains(wrong.Problem, c.Problem) {
				t.Errorf("%s: %v, want %s …%s…", c.Name, err, c.Key, c.Problem)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		got := configuredIDs{Own: strings.Trim(strings.TrimPrefix(records.NewLayout(cfg).Own, contract.OwnPrefix), ".")}
		if o := cfg.OAuth; o != nil {
			got.ClientID, got.External = o.ClientID, o.External()
		}
		if p := cfg.UserPool; p != nil {
			got.UserPoolID, got.ClientID = p.ID, p.ClientID
		}
		if p := cfg.IdentityPool; p != nil {
			got.IdentityPoolID = p.ID
		}
		if got != c.Want {
			t.Errorf("%s: %+v, want %+v", c.Name, got, c.Want)
		}
		if c.Screens == nil {
			continue
		}
		screens := configuredScreens{HostedUI: cfg.OAuth != nil, CustomAuth: cfg.AuthFlow == "CUSTOM_AUTH"}
		if p := cfg.PasswordPolicy; p != nil {
			screens.Policy = &configuredPolicy{p.MinLength, p.RequireLowercase, p.RequireUppercase, p.RequireNumbers, p.RequireSymbols}
		}
		if !sameJSON(screens, c.Screens) {
			t.Errorf("%s: %s, want %s", c.Name, inJSON(screens), inJSON(c.Screens))
		}
	}
}
