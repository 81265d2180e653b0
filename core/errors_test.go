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
		{errSessionExpired.Because(cause), errSessionExpired, true},
		{errSessionExpired.Because(cause).Because(cause), errSessionExpired, true},
		{errSessionExpired.Because(cause), errFederatedExpired, false},
		{fmt.Errorf("again: %w", errSessionExpired.Because(cause)), errSessionExpired, true},
		{errSessionExpired.Because(cause), cause, true},
		{errSessionExpired.Because(errFederatedExpired), errFederatedExpired, true},
	} {
		if got := errors.Is(c.err, c.target); got != c.want {
			t.Errorf("%v is %v: %t", c.err, c.target, got)
		}
	}
}
