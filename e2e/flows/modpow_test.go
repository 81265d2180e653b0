package flows

import (
	"crypto/rand"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amplify-auth/core/srp"
	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// The page's arithmetic is Go's, for SRP's group and for odd numbers.
func TestModPowEqualsGo(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root, "web", "src", "modpow.js"))
	if err != nil {
		t.Fatal(err)
	}
	var group *big.Int
	if _, err := srp.NewEphemeral(rand.Reader, func(base, exp, m *big.Int) *big.Int {
		group = m
		return srp.GoExp(base, exp, m)
	}); err != nil {
		t.Fatal(err)
	}
	number := func(bits int) *big.Int {
		n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(bits)))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ones := func(bits int) *big.Int {
		return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(bits)), big.NewInt(1))
	}

	var calls, want []string
	for _, m := range []*big.Int{group, big.NewInt(1), big.NewInt(2), big.NewInt(255), ones(500), group} {
		for _, base := range []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(2), number(3000), group} {
			for _, exp := range []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(2), number(255), ones(257), ones(258), ones(259), number(512)} {
				calls = append(calls, base.Text(16)+" "+exp.Text(16)+" "+m.Text(16))
				want = append(want, srp.GoExp(new(big.Int).Mod(base, m), exp, m).Text(16))
			}
		}
	}
	tab := browser.NewTab(t)
	tab.Run(strings.Replace(string(source), "export function modPow", "globalThis.modPow = function", 1))
	got := browser.Eval[[]string](tab, e2e.Args(calls)+".map((call) => modPow(...call.split(' ')))")
	for i, call := range calls {
		if got[i] != want[i] {
			t.Errorf("%s: %s, want %s", call, got[i], want[i])
		}
	}
}
