package emulator

import (
	"strings"
	"time"
)

// passwordRules are the policy of the pool, with Cognito's defaults.
func (p *userPool) passwordRules() passwordPolicy {
	if p.Policies == nil || p.Policies.PasswordPolicy == nil {
		return passwordPolicy{MinimumLength: 8, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true, TemporaryPasswordValidityDays: 7}
	}
	rules := *p.Policies.PasswordPolicy
	if rules.MinimumLength == 0 {
		rules.MinimumLength = 8
	}
	if rules.TemporaryPasswordValidityDays == 0 {
		rules.TemporaryPasswordValidityDays = 7
	}
	return rules
}

// passwordSymbols has the blank, which counts but at neither end (developer guide, "Password policies").
const passwordSymbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// The letters and digits that a policy counts are those of basic Latin (developer guide, "Password policies").
func upper(r rune) bool { return 'A' <= r && r <= 'Z' }
func lower(r rune) bool { return 'a' <= r && r <= 'z' }
func digit(r rune) bool { return '0' <= r && r <= '9' }

// checkPassword applies the pool's policy.
func (p *userPool) checkPassword(password string) error {
	rules := p.passwordRules()
	problem := ""
	switch {
	case password != strings.TrimSpace(password): // challenge responses are not held against the model's pattern
		problem = "Password must not begin or end with a blank"
	case len([]rune(password)) < rules.MinimumLength:
		problem = "Password not long enough"
	case rules.RequireUppercase && !strings.ContainsFunc(password, upper):
		problem = "Password must have uppercase characters"
	case rules.RequireLowercase && !strings.ContainsFunc(password, lower):
		problem = "Password must have lowercase characters"
	case rules.RequireNumbers && !strings.ContainsFunc(password, digit):
		problem = "Password must have numeric characters"
	case rules.RequireSymbols && !strings.ContainsAny(password, passwordSymbols):
		problem = "Password must have symbol characters"
	default:
		return nil
	}
	return fail(invalidPassword, "Password did not conform with policy: %s", problem)
}

// setPassword checks a new password against policy and history, and keeps its verifier.
func (c *call) setPassword(u *user, password string) error {
	if err := u.pool.checkPassword(password); err != nil {
		return err
	}
	size := u.pool.passwordRules().PasswordHistorySize
	if size > 0 {
		for _, old := range u.History[:min(size, len(u.History))] {
			if old.matches(u.pool.poolName(), u.Username, password) {
				return fail(passwordHistory, "Password has previously been used")
			}
		}
	}
	u.Password = newVerifier(u.pool.poolName(), u.Username, password)
	u.History = append([]*verifier{u.Password}, u.History[:min(max(size-1, 0), len(u.History))]...)
	u.PasswordExpires = time.Time{}
	u.Modified = c.now
	return nil
}

// hasPassword checks a password that came in the clear.
func (u *user) hasPassword(password string) bool {
	return u.Password != nil && u.Password.matches(u.pool.poolName(), u.Username, password)
}

// lockout counts failed password attempts: from the fifth on the name is locked for 2^(n-5) seconds, up to about 15
// minutes; attempts meanwhile do not count as failures; a sign-in, or 15 minutes without an attempt of any kind, forget
// all (developer guide, "Things to know about authentication with user pools", "Lockout behavior for failed sign-in
// attempts"). It is off unless Options.Lockout or SetLimits turns it on.
type lockout struct {
	Failures    int
	Until, Last time.Time
}

const lockoutMax = 15 * time.Minute

// lockoutKey is of one Region: the counters are not replicated (developer guide, "Multi-Region replication").
func (c *call) lockoutKey(p *userPool, name string) string {
	return p.ID + " " + c.region + " " + p.canonical(name)
}

func (c *call) unlock(p *userPool, name string) { c.state.lockouts.remove(c.lockoutKey(p, name)) }

// locked refuses an attempt by a name, existing or not, that is locked out.
func (c *call) locked(p *userPool, name string) error {
	l := c.state.lockouts.get(c.lockoutKey(p, name))
	if l == nil || !c.rates.limits().Lockout {
		return nil
	}
	if c.now.Sub(l.Last) >= lockoutMax {
		c.unlock(p, name)
		return nil
	}
	l.Last = c.now
	if c.now.Before(l.Until) {
		return fail(notAuthorized, "Password attempts exceeded")
	}
	return nil
}

func (c *call) passwordFailed(p *userPool, name string) error {
	l := c.state.lockouts.get(c.lockoutKey(p, name))
	if l == nil {
		l = &lockout{}
		c.state.lockouts.put(c.lockoutKey(p, name), l)
	}
	l.Failures++
	l.Last = c.now
	if n := l.Failures - 5; n >= 0 {
		l.Until = c.now.Add(min(time.Second<<min(n, 20), lockoutMax))
	}
	c.noteEvent(p.users.get(p.canonical(name)), "Fail")
	return errWrongPassword()
}

func errWrongPassword() error { return fail(notAuthorized, "Incorrect username or password.") }
