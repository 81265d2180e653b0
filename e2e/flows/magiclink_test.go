package flows

import (
	"testing"

	"amplify-auth/e2e"
)

// Ensure that the link of a custom challenge, opened in another tab, signs both tabs in, as web/docs/forms.md has it:
// the tab that began keeps the service's Session, and the answer alone goes from tab to tab.
func TestMagicLink(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"LambdaConfig": m{
		"DefineAuthChallenge": e2e.Lambda(t, func(request, response m) {
			session, _ := request["session"].([]any)
			response["issueTokens"] = len(session) > 0 && session[len(session)-1].(m)["challengeResult"] == true
			response["failAuthentication"], response["challengeName"] = len(session) > 2, "CUSTOM_CHALLENGE"
		}),
		"CreateAuthChallenge": e2e.Lambda(t, func(_, response m) {
			response["publicChallengeParameters"] = m{"sent": "link"}
			response["privateChallengeParameters"] = m{"answer": "secret-of-the-link"}
		}),
		"VerifyAuthChallengeResponse": e2e.Lambda(t, func(request, response m) {
			response["answerCorrect"] = request["challengeAnswer"] == "secret-of-the-link"
		}),
	}}, nil)
	e.NewUser(p.ID, "ada", nil)
	app(e, p)
	start(t, e, "customChallenge", m{"username": "ada", "password": "", "authFlow": "CUSTOM_AUTH"})
	e.Tab.Run(`{
		const links = new BroadcastChannel('magic-link');
		links.onmessage = ({ data }) => auth.confirmSignIn({ challengeResponse: data });
	}`)

	link := e.Tab.Sibling()
	link.Open(e.Origin + "/app#secret-of-the-link")
	link.Wait("globalThis.auth")
	link.Run(`{
		const links = new BroadcastChannel('magic-link');
		links.postMessage(location.hash.slice(1));
		history.replaceState(null, '', location.pathname);
	}`)
	for _, tab := range []interface{ Wait(string) }{e.Tab, link} {
		tab.Wait(`auth.currentUserState === 'signedIn' && auth.username === 'ada'`)
	}
}
