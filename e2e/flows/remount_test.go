package flows

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a client which is closed and made again at once, as React's StrictMode and hot reload do, is as good as the
// first, at each point of the first one's start, and that nothing of the first is heard any more.
func TestClientMadeAgainAtOnce(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	got := browser.Eval[struct {
		First, State, Username string
		Heard                  []string
	}](e.Tab, `(async () => {
  const config = `+widget.Outputs(widget.Seeded(e), nil)+`, heard = [];
  const make = (name) => {
    const client = new AmplifyAuth({ config });
    client.addUserStateListener((state) => heard.push(name + ' ' + state));
    return client;
  };
  const ends = [];
  for (const wait of [() => {}, (client) => client.initialize(), (client) => client.getPendingSignIn()]) {
    const client = make('closed');
    await wait(client);
    const begun = client.signIn({ username: 'demo', password: 'x' });
    heard.length = 0;
    client.close();
    ends.push(await begun.then(() => 'resolved', ({ code }) => code));
  }
  const client = make('open');
  await client.signIn({ username: 'demo', password: `+e2e.Args(emulator.SeedPassword)+` });
  const { accessToken } = await client.getTokens();
  return { first: [...new Set(ends)].join(), state: client.currentUserState, username: accessToken.claims.username, heard };
})()`)
	if got.First != "closed" || got.State != "signedIn" || got.Username != "demo" {
		t.Errorf("%+v", got)
	}
	for _, line := range got.Heard {
		if strings.HasPrefix(line, "closed") {
			t.Errorf("a closed client tells its listeners: %v", got.Heard)
		}
	}
}

// Ensure that an element which is taken out and put back, at once and after a moment, goes on by a client of its own.
func TestElementMountedAgain(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.At("signIn")
	for _, wait := range []string{"", "await 0;", "await new Promise((later) => setTimeout(later));"} {
		e.Tab.Run(`(async () => {
  const element = document.querySelector('amplify-sign-in'), parent = element.parentNode;
  element.remove();
  ` + wait + `
  parent.append(element);
})()`)
		w.At("signIn")
	}
	w.SignIn("demo", emulator.SeedPassword)
	w.SignedIn()
}
