package core

import (
	"slices"
	"testing"

	"amplify-auth/core/contract"
)

// Ensure that every step that a challenge asks for is in the contract, from which types and reference are written and
// against which the screens are held.
func TestStepsAreInTheContract(t *testing.T) {
	p := newBrowser(t).open(Options{})
	defer p.Close()
	for name, rule := range challenges {
		if (rule.ask == nil) != (rule.answer == nil) {
			t.Errorf("%s asks what nothing answers, or the other way round", name)
		}
		if rule.ask == nil {
			continue
		}
		for _, stage := range []string{"", "SOFTWARE_TOKEN_MFA", totpVerified, "EMAIL_OTP"} {
			step := string(rule.ask(p.Auth, &attempt{Challenge: challenge{Name: name}, Stage: stage}).SignInState)
			if !slices.ContainsFunc(contract.SignInStates, func(s contract.SignInState) bool { return s.Name == step }) {
				t.Errorf("%s asks for %q, which core/contract/contract.go does not list", name, step)
			}
		}
	}
}
