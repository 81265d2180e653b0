package interop

import (
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// shapeJS makes text of a value: what differs from one run to the next stands as its kind, all else as it is.
const shapeJS = `globalThis.shape = (value) => {
  if (typeof value === 'string') {
    if (/^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return 'JWT';
    if (/^[\da-f]{8}-[\da-f-]{27}$/.test(value)) return 'UUID';
    if (/^[A-Z2-7]{32,}$/.test(value)) return 'base32';
    return JSON.stringify(value);
  }
  if (typeof value === 'number' || typeof value === 'function') return typeof value;
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Date || value instanceof URL) return value.constructor.name;
  if (value instanceof Error) return 'Error ' + value.name;
  if (Array.isArray(value)) return '[' + value.map(shape) + ']';
  return '{' + Object.keys(value).filter((key) => value[key] !== undefined).sort().map((key) => key + ': ' + shape(value[key])).join(', ') + '}';
}, 0`

// code gives the page the newest code of a user as the global code.
func code(e *e2e.Env, username string) { e.Tab.Run(`globalThis.code = '` + e.Code(username) + `'`) }

// answersAlike asks the same of aws-amplify and of compat.js: their answers, and the events if asked for, are to be of the same
// shapes, in the same order.
func answersAlike(t *testing.T, converse func(e *e2e.Env, ask func(expression string))) {
	t.Helper()
	record := func(l library) []string {
		e := e2e.Start(t)
		l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
		e.Tab.Run(shapeJS)
		e.Tab.Run(`(globalThis.events = [], amplify.Hub.listen('auth', ({ payload, channel, source }) => events.push([channel, payload.event, shape(payload.data)].join(' '))), 0)`)
		var answers []string
		volatile := strings.NewReplacer(e.Cognito.URL(), "COGNITO")
		ask := func(expression string) {
			t.Helper()
			answer := browser.Eval[string](e.Tab, `(async () => { try { return shape(await (`+expression+`)); } catch (error) { return 'rejected ' + error.name; } })()`)
			answers = append(answers, strings.TrimPrefix(expression, "amplify.")+" -> "+volatile.Replace(answer))
			t.Logf("%s: %s", l, answers[len(answers)-1])
		}
		converse(e, ask)
		return answers
	}
	theirs := record(awsAmplify)
	for i, answer := range record(compat) {
		if answer != theirs[i] {
			t.Errorf("compat.js:   %s\naws-amplify: %s", answer, theirs[i])
		}
	}
}

// Ensure that compat.js answers as aws-amplify does.
func TestCompatAnswersAlike(t *testing.T) {
	answersAlike(t, func(e *e2e.Env, ask func(string)) {
		ask(`amplify.getCurrentUser()`)
		ask(`amplify.fetchAuthSession()`)
		ask(`amplify.fetchUserAttributes()`)
		ask(`amplify.signIn({ username: '', password: 'x' })`)
		ask(`amplify.signIn({ username: 'demo', password: '' })`)
		ask(`amplify.signIn({ username: 'demo', password: 'Wrong-passw0rd' })`)
		ask(`amplify.confirmSignIn({ challengeResponse: '123456' })`)
		ask(`amplify.signUp({ username: 'ann', password: 'Passw0rd!', options: { userAttributes: { email: 'ann@example.com' } } })`)
		ask(`amplify.resendSignUpCode({ username: 'ann' })`)
		ask(`amplify.signIn({ username: 'ann', password: 'Passw0rd!' })`)
		code(e, "ann")
		ask(`amplify.confirmSignUp({ username: 'ann', confirmationCode: code })`)
		ask(`amplify.autoSignIn()`)
		ask(`amplify.resetPassword({ username: 'demo' })`)
		code(e, "demo")
		ask(`amplify.confirmResetPassword({ username: 'demo', newPassword: 'N3w-passw0rd', confirmationCode: code })`)
		ask(`amplify.signIn({ username: 'demo-sms', password: 'Passw0rd!' })`)
		code(e, "demo-sms")
		ask(`amplify.confirmSignIn({ challengeResponse: code })`)
		ask(`amplify.signOut()`)
		ask(`amplify.signIn({ username: 'demo-totp', password: 'Passw0rd!' })`)
		ask(`amplify.signIn({ username: 'demo', password: 'Passw0rd!', options: { authFlowType: 'USER_AUTH' } })`)
		ask(`amplify.signIn({ username: 'demo', password: 'N3w-passw0rd' })`)
		ask(`amplify.signIn({ username: 'demo', password: 'N3w-passw0rd' })`)
		ask(`amplify.getCurrentUser()`)
		ask(`amplify.fetchAuthSession()`)
		e.Advance(2 * time.Hour)
		ask(`amplify.fetchAuthSession()`)
		ask(`amplify.fetchAuthSession({ forceRefresh: true })`)
		ask(`amplify.fetchUserAttributes()`)
		ask(`amplify.updateUserAttributes({ userAttributes: { email: 'other@example.com', name: 'Demo' } })`)
		ask(`amplify.updateUserAttribute({ userAttribute: { attributeKey: 'name', value: 'D' } })`)
		ask(`amplify.sendUserAttributeVerificationCode({ userAttributeKey: 'email' })`)
		ask(`amplify.confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: 'wrong' })`)
		ask(`amplify.deleteUserAttributes({ userAttributeKeys: ['name'] })`)
		ask(`amplify.updatePassword({ oldPassword: 'N3w-passw0rd', newPassword: 'An0ther-password' })`)
		ask(`amplify.setUpTOTP()`)
		ask(`amplify.fetchMFAPreference()`)
		ask(`amplify.updateMFAPreference({ email: 'PREFERRED' })`)
		ask(`amplify.fetchMFAPreference()`)
		ask(`amplify.fetchDevices()`)
		ask(`amplify.listWebAuthnCredentials()`)
		ask(`amplify.signOut({ global: true })`)
		ask(`amplify.fetchAuthSession()`)
		ask(`amplify.signIn({ username: 'demo-new', password: 'Passw0rd!' })`)
		ask(`amplify.confirmSignIn({ challengeResponse: 'N3w-passw0rd' })`)
		ask(`amplify.deleteUser()`)
		ask(`amplify.signOut()`)
		ask(`events.join('; ')`)
	})
}

// Ensure that a user without a network is signed in for an app of aws-amplify's as before: told that the refresh failed, and
// nothing else.
func TestCompatOfflineAlike(t *testing.T) {
	for name, cut := range map[string]func(e *e2e.Env, off bool){
		"offline": func(e *e2e.Env, off bool) { e.Tab.Offline(off) },
		"service down": func(e *e2e.Env, off bool) {
			if off {
				e.StopCognito()
			} else {
				e.StartCognito()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			answersAlike(t, func(e *e2e.Env, ask func(string)) {
				ask(`amplify.signIn({ username: 'demo', password: 'Passw0rd!' })`)
				cut(e, true)
				ask(`amplify.fetchAuthSession()`)
				e.Advance(2 * time.Hour)
				ask(`amplify.fetchAuthSession()`)
				ask(`amplify.getCurrentUser()`)
				ask(`amplify.fetchUserAttributes()`)
				ask(`amplify.fetchAuthSession({ forceRefresh: true })`)
				cut(e, false)
				e.Advance(time.Minute) // compat.js leaves a failing service alone for up to that
				ask(`amplify.getCurrentUser()`)
				ask(`amplify.fetchAuthSession()`)
				ask(`amplify.fetchUserAttributes()`)
				ask(`events.filter((event, i) => event !== events[i - 1]).join('; ')`) // a failure is told once by compat.js, at each call by aws-amplify
			})
		})
	}
}
