package rehearsal

import (
	"crypto/rand"
	"math/big"
	"testing"

	"amplify-auth/core/srp"
)

// A rehearsal that stops half-way would leave the rest to the first user.
func TestSignIn(t *testing.T) {
	powers := 0
	err := SignIn(t.Context(), rand.Reader, func(base, exp, m *big.Int) *big.Int {
		powers++
		return srp.GoExp(base, exp, m)
	})
	if err != nil || powers != 3 { // A, then g^x and S of the claim
		t.Errorf("%d powers, %v", powers, err)
	}
}
