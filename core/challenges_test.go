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
	asked := []string{"signedIn", "confirmSignUp", "resetPassword"} // by no challenge
	for name, rule := range challenges {
		if (rule.ask == nil) != (rule.answer == nil) {
			t.Errorf("%s in core/challenges.go asks what nothing answers, or the other way round", name)
		}
		if rule.ask == nil {
			continue
		}
		for _, at := range []*attempt{{}, {Stage: "SOFTWARE_TOKEN_MFA"}, {Stage: totpVerified}, {Stage: "EMAIL_OTP"}, {Flow: "USER_AUTH"}} {
			at.Challenge.Name = name
			step := string(rule.ask(p.Auth, at).SignInState)
			if !slices.ContainsFunc(contract.SignInStates, func(s contract.SignInState) bool { return s.Name == step }) {
				t.Errorf("%s asks for %q, which core/contract/contract.go does not list", name, step)
			}
			asked = append(asked, step)
		}
	}
	for _, s := range contract.SignInStates {
		if !slices.Contains(asked, s.Name) {
			t.Errorf("no challenge in core/challenges.go asks for %q, which the contract lists", s.Name)
		}
	}
}
