package core

import (
	"errors"
	"fmt"
	"testing"
)

// Sentinels that share a code are not one another; one with a cause is itself still.
func TestSentinels(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err, target error
		want        bool
	}{
		{errAlreadySignedIn, errAlreadySignedIn, true},
		{errAlreadySignedIn, errNoSignIn, false},
		{errSessionExpired, errFederatedExpired, false},
		{errHolderChanged, errOtherUser, false},
		{errSessionExpired.because(cause), errSessionExpired, true},
		{errSessionExpired.because(cause).because(cause), errSessionExpired, true},
		{errSessionExpired.because(cause), errFederatedExpired, false},
		{fmt.Errorf("again: %w", errSessionExpired.because(cause)), errSessionExpired, true},
		{errSessionExpired.because(cause), cause, true},
		{errSessionExpired.because(errFederatedExpired), errFederatedExpired, true},
	} {
		if got := errors.Is(c.err, c.target); got != c.want {
			t.Errorf("%v is %v: %t", c.err, c.target, got)
		}
	}
}
