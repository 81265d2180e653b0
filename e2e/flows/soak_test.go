package flows

import (
	"testing"

	"amplify-auth/e2e/soak"
)

// The short forms of the soak scenarios; make soak runs the long ones.

func TestTabsRefreshOncePerExpiry(t *testing.T) { soak.Expiries(t, 8, 10) }
func TestStampedeOnExpiry(t *testing.T)         { soak.Stampede(t, 1000) }
func TestKilledTabLeavesNoLock(t *testing.T)    { soak.KilledTab(t) }
func TestKilledAfterAnswer(t *testing.T)        { soak.KilledAfterAnswer(t, 3) }
func TestTabsHearSignOut(t *testing.T)          { soak.SignOutIsHeard(t, 3) }
func TestFaultsLoseNothing(t *testing.T)        { soak.Faults(t, 400) }
func TestCrowdOfTabs(t *testing.T)              { soak.Crowd(t, 120) }
func TestOutageOfARegion(t *testing.T)          { soak.Outage(t, 2, 7) }
