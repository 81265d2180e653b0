package soak

import (
	"testing"

	"amplify-auth/e2e/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// The long forms, for make soak.

func TestExpiries(t *testing.T)          { Expiries(t, 8, 200) }
func TestStampede(t *testing.T)          { Stampede(t, 10000) }
func TestKilledTab(t *testing.T)         { KilledTab(t) }
func TestKilledAfterAnswer(t *testing.T) { KilledAfterAnswer(t, 100) }
func TestFrozenTab(t *testing.T)         { FrozenTab(t) }
func TestSignOut(t *testing.T)           { SignOutIsHeard(t, 8) }
func TestFaults(t *testing.T)            { Faults(t, 10000) }
func TestCrowd(t *testing.T)             { Crowd(t, 5000) }
func TestOutage(t *testing.T)            { Outage(t, 8, 10) }
