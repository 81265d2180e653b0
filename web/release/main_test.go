package main

import "testing"

func TestHasSection(t *testing.T) {
	changes := []byte("# Changelog\n\n## Unreleased\n\n- 2.0.0\n\n## 1.0.0 (2026-11-28)\n")
	for version, want := range map[string]bool{"1.0.0": true, "2.0.0": false, "1.0": false} {
		if got := hasSection(changes, version); got != want {
			t.Errorf("%s: %t", version, got)
		}
	}
}
