package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Step-up authentication (developer guide, "Step-up authentication with ACR and AMR", October 2026): tokens say how
// their user signed in, and a sign-in may be asked for a level. Which exceptions the refusals are is not documented.

type acrLevel struct {
	AcrValue string `aws:"AcrValueType,required"`
}

var acrKeys = []string{"Level1", "Level2", "Level3", "Level4"}

// acrNames are the names of the levels 1 to 4, the pool's own where it has them.
func (p *userPool) acrNames() map[string]acrLevel {
	names := map[string]acrLevel{}
	for i, key := range acrKeys {
		names[key] = acrLevel{fmt.Sprintf("urn:cognito:loa:%d", i+1)}
	}
	maps.Copy(names, p.AcrConfiguration)
	return names
}

// checkACR refuses names of levels that there are not, or that two levels would have.
func (p *userPool) checkACR(s poolSettings) error {
	if s.AcrConfiguration == nil {
		return nil
	}
	if s.UserPoolTier == "LITE" {
		return fail(featureUnavailable, "AcrConfiguration is not available in the feature plan of the user pool.")
	}
	seen := map[string]bool{}
	for key, level := range (&userPool{poolSettings: s}).acrNames() {
		if !slices.Contains(acrKeys, key) || seen[level.AcrValue] {
			return fail(invalidParameter, "AcrConfiguration names the levels Level1 to Level4, each differently.")
		}
		seen[level.AcrValue] = true
	}
	return nil
}

// levelOf is the level that factors, as amr names them, amount to; 0 if none of them counts.
func levelOf(amr []string) int {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(amr, n) })
	}
	switch {
	case has("pwd") && has("otp"):
		return 4
	case has("swk", "hwk"), has("pwd") && has("sms", "email_otp"):
		return 3
	case has("sms", "email_otp"):
		return 2
	case has("pwd", "fed"):
		return 1
	}
	return 0
}

// factorAMR names factors, of either place in a sign-in, as amr does. A passkey's name is that of its authenticator.
var factorAMR = map[string]string{
	"PASSWORD": "pwd", "PASSWORD_SRP": "pwd", "SMS_OTP": "sms", "SMS_MFA": "sms", "EMAIL_OTP": "email_otp", "SOFTWARE_TOKEN_MFA": "otp", "WEB_AUTHN": "swk",
}

// amr lists what the attempt has proved, with what a token is credited for.
func (a *attempt) amr() []string {
	list := slices.Clone(a.Credit)
	for _, factor := range []string{a.First, a.Second} {
		name := factorAMR[factor]
		if factor == "WEB_AUTHN" && a.Roaming {
			name = "hwk"
		}
		if name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// acrClaims are acr and amr of tokens. Sign-ins that no level describes, and pools of the plan Lite, have none.
func (g *grant) acrClaims() map[string]any {
	level := max(levelOf(g.AMR), g.Level)
	if level == 0 || g.client.pool.UserPoolTier == "LITE" {
		return nil
	}
	amr := slices.Clone(g.AMR)
	if len(amr) > 1 {
		amr = append(amr, "mfa")
	}
	return map[string]any{"acr": g.client.pool.acrNames()[acrKeys[level-1]].AcrValue, "amr": amr}
}

// stepUp reads TARGET_ACR_VALUES, MAX_AGE and ACCESS_TOKEN of a USER_AUTH.
func (c *call) stepUp(a *attempt, parameters map[string]string) error {
	targets, token := strings.Fields(parameters["TARGET_ACR_VALUES"]), parameters["ACCESS_TOKEN"]
	p := a.client.pool
	switch {
	case len(targets) == 0 && token != "":
		return fail(invalidParameter, "ACCESS_TOKEN needs TARGET_ACR_VALUES.")
	case len(targets) == 0:
		return nil
	}
	if err := p.needsTier("Step-up authentication"); err != nil {
		return err
	}
	maxAge, err := strconv.Atoi(parameters["MAX_AGE"])
	if parameters["MAX_AGE"] != "" && (err != nil || maxAge < 0) {
		return fail(invalidParameter, "MAX_AGE is not a number of seconds.")
	}
	if token != "" {
		u, t, err := c.signedIn(token)
		if err != nil {
			return err
		}
		if u != a.user {
			return fail(notAuthorized, "The access token is of another user.")
		}
		if g := t.grant; g != nil && (parameters["MAX_AGE"] == "" || !c.now.After(g.AuthTime.Add(time.Duration(maxAge)*time.Second))) {
			a.Credit = g.AMR // older than MAX_AGE, nothing counts
		}
	}
	for _, name := range targets {
		level := p.level(name)
		switch {
		case level == 0:
			return fail(invalidParameter, "TARGET_ACR_VALUES: %s is no level of the user pool.", name)
		case level <= levelOf(a.Credit):
			return fail(invalidParameter, "The access token is at the level already.")
		case a.user == nil || slices.ContainsFunc(a.firstFactors(), func(f string) bool { return a.reach(f) >= level }):
			a.Target = level
			return nil
		}
	}
	return fail(notAuthorized, "No authentication factor of the user meets TARGET_ACR_VALUES.")
}

// level is that of a name; 0 if the pool has no such level.
func (p *userPool) level(name string) int {
	return 1 + slices.IndexFunc(acrKeys, func(key string) bool { return p.acrNames()[key].AcrValue == name })
}

// levels are those of acr_values, best first. The plan Lite ignores them without a word.
func (r *authRequest) levels() (levels []int) {
	for _, name := range strings.Fields(r.Query.Get("acr_values")) {
		if level := r.client.pool.level(name); level > 0 && r.client.pool.UserPoolTier != "LITE" {
			levels = append(levels, level)
		}
	}
	return levels
}

// accepts reports whether a session of managed login answers the request's acr_values and max_age without a new sign-in.
func (r *authRequest) accepts(web *webSession, now time.Time) bool {
	age, err := strconv.Atoi(r.Query.Get("max_age"))
	if err == nil && now.After(web.AuthTime.Add(time.Duration(age)*time.Second)) {
		return false
	}
	levels := r.levels()
	return len(levels) == 0 || slices.ContainsFunc(levels, func(l int) bool { return max(levelOf(web.AMR), web.Level) >= l })
}

// reach is the highest level that a sign-in which begins with the factor can come to.
func (a *attempt) reach(first string) int {
	proved := append(slices.Clone(a.Credit), factorAMR[first])
	level := levelOf(proved)
	if factorAMR[first] == "pwd" {
		for _, method := range a.user.usableMFA() {
			level = max(level, levelOf(append(slices.Clone(proved), factorAMR[method])))
		}
	}
	return level
}

// usableMFA are the second factors that a user could give, turned on or not.
func (u *user) usableMFA() (methods []string) {
	for _, method := range mfaMethods {
		if u.pool.offersMFA(method) && u.canMFA(method) {
			methods = append(methods, method)
		}
	}
	return methods
}

// stepUpMFA are the second factors that bring the attempt to its target.
func (a *attempt) stepUpMFA() (methods []string) {
	for _, method := range a.user.usableMFA() {
		if levelOf(append(a.amr(), factorAMR[method])) >= a.Target {
			methods = append(methods, method)
		}
	}
	return methods
}

// short reports whether the sign-in has not come to the level that it was asked for: all or nothing.
func (a *attempt) short() bool { return levelOf(a.amr()) < a.Target }
