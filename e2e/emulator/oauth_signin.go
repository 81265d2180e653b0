package emulator

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The pages of managed login. Each carries the authorization request in its query, so that it can be answered from any
// of them, and a sign-in under way in a hidden field.

// hostedRequest is what every page begins with: the authorization request and, of a POST, the form. A nil request means
// that the answer is given.
func (c *call) hostedRequest(w http.ResponseWriter) (*authRequest, url.Values) {
	r, err := c.parseAuthRequest(c.http.URL.Query())
	if err != nil {
		c.refuse(w, r, err)
		return nil, nil
	}
	if c.http.Method == http.MethodGet {
		return r, url.Values{}
	}
	form := c.postForm(w)
	cookie, err := c.http.Cookie(csrfCookie)
	if err != nil || !equal(cookie.Value, form.Get("_csrf")) {
		c.errorPage(w, "The form is out of date. Go back and try again.")
		return nil, nil
	}
	return r, form
}

func (c *call) postForm(w http.ResponseWriter) url.Values {
	c.http.Body = http.MaxBytesReader(w, c.http.Body, maxBody)
	if err := c.http.ParseForm(); err != nil {
		return url.Values{}
	}
	return c.http.PostForm
}

func serveLogin(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, form := c.hostedRequest(w)
	if r == nil {
		return
	}
	web := c.webSession(r.client)
	if web != nil && (!r.accepts(web, c.now) || slices.Contains(strings.Fields(r.Query.Get("prompt")), "login")) {
		web = nil
	}
	v := loginView(r)
	if web != nil {
		v.Continue = web.user.Username
	}
	switch {
	case c.http.Method == http.MethodGet:
		v.Username = r.Query.Get("login_hint")
		c.render(w, http.StatusOK, "login", v)
	case form.Has("continue") && web != nil:
		c.grant(w, r, web)
	case !v.Password:
		c.render(w, http.StatusOK, "login", v)
	default:
		v.Username = strings.TrimSpace(form.Get("username"))
		a, answer, err := c.signInByPassword(r, v.Username, form.Get("password"))
		switch {
		case isKind(err, userNotConfirmed):
			c.render(w, http.StatusOK, "confirm", view{Title: "Confirm your account", Query: v.Query, Username: v.Username, Message: "Enter the code that we sent you when you signed up."})
		case isKind(err, passwordResetRequired):
			c.render(w, http.StatusOK, "forgot", view{Title: "Reset your password", Query: v.Query, Username: v.Username, Message: "You have to choose a new password."})
		case err != nil:
			v.Error = asException(err).message
			c.render(w, http.StatusOK, "login", v)
		default:
			c.proceed(w, r, a, answer)
		}
	}
}

// loginView shows what the client lets users sign in with.
func loginView(r *authRequest) view {
	v := view{Title: "Sign in", Query: r.pageQuery(), Lang: r.Query.Get("lang")}
	for _, name := range r.client.SupportedIdentityProviders {
		if name == "COGNITO" {
			v.Password = true
		} else if r.client.pool.Providers[name] != nil {
			q := url.Values{}
			for k, values := range r.Query {
				q[k] = values
			}
			q.Set("identity_provider", name)
			v.Providers = append(v.Providers, providerLink{providerLabel(name), "/oauth2/authorize?" + q.Encode(), name})
		}
	}
	return v
}

func providerLabel(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "LoginWith"), "SignInWith")
}

// signInByPassword begins the same attempt that the API begins, with an end of its own.
func (c *call) signInByPassword(r *authRequest, username, password string) (*attempt, *authAnswer, error) {
	if username == "" || password == "" {
		return nil, nil, fail(invalidParameter, "Enter your user name and your password.")
	}
	a, err := c.newAttempt(r.client, "USER_PASSWORD_AUTH", username, password, nil)
	if err != nil {
		return nil, nil, err
	}
	a.Hosted = true
	for _, level := range r.levels() { // those that the user has no factor for are no demand: acr is a voluntary claim (OIDC Core 5.5.1.1)
		if a.user != nil && a.reach("PASSWORD") >= level {
			a.Target = level
			break
		}
	}
	if err := startPassword(c, a, map[string]string{"PASSWORD": password}); err != nil {
		return nil, nil, err
	}
	answer, err := a.advance(c)
	return a, answer, err
}

// signedInHere completes an attempt with the user instead of tokens. Managed login tracks no devices.
func signedInHere(c *call, a *attempt) (*authAnswer, error) {
	return &authAnswer{}, c.postAuthentication(a, false)
}

// proceed answers the request once nothing is owed any more, and else asks for what is.
func (c *call) proceed(w http.ResponseWriter, r *authRequest, a *attempt, answer *authAnswer) {
	if answer.ChallengeName == "" {
		c.grant(w, r, c.newWebSession(w, r.client, a.user, "", a.amr()))
		return
	}
	c.challengePage(w, r, a, answer.Session, answer.ChallengeParameters["CODE_DELIVERY_DESTINATION"], "")
}

// hostedChallenges are those that the pages can ask, with the name of the answer.
var hostedChallenges = map[string]string{
	"SMS_MFA": "SMS_MFA_CODE", "EMAIL_OTP": "EMAIL_OTP_CODE", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
	"SELECT_MFA_TYPE": "ANSWER", "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD", "MFA_SETUP": "",
}

// challengePage asks the challenge at which an attempt stands.
func (c *call) challengePage(w http.ResponseWriter, r *authRequest, a *attempt, session, destination, wrong string) {
	v := view{Query: r.pageQuery(), Session: session, Challenge: a.Challenge, Error: wrong, Destination: destination, Answer: hostedChallenges[a.Challenge]}
	switch a.Challenge {
	case "SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA":
		v.Title = "Enter your code"
	case "SELECT_MFA_TYPE":
		v.Title, v.Choices = "Choose how to get your code", a.Choices
	case "NEW_PASSWORD_REQUIRED":
		v.Title, v.Required = "Choose a new password", a.user.pool.missing(a.user.Attributes)
	case "MFA_SETUP":
		v.Title = "Set up your authenticator app"
		out, err := associateSoftwareToken(c, &associateInput{Session: session})
		if err != nil {
			c.errorPage(w, asException(err).message)
			return
		}
		v.Secret, v.Session = out.SecretCode, out.Session
	default:
		c.errorPage(w, "The local Cognito's pages cannot ask the challenge "+a.Challenge+".")
		return
	}
	c.render(w, http.StatusOK, "challenge", v)
}

func serveChallenge(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, form := c.hostedRequest(w)
	if r == nil {
		return
	}
	session := form.Get("session")
	a, err := c.session(session, r.client)
	if err != nil || a.user == nil {
		v := loginView(r)
		v.Error = "The sign-in took too long. Start again."
		c.render(w, http.StatusOK, "login", v)
		return
	}
	name, destination := a.Challenge, form.Get("destination")
	responses := map[string]string{"USERNAME": a.ID}
	if key := hostedChallenges[name]; key != "" {
		responses[key] = strings.TrimSpace(form.Get("answer"))
	}
	for _, attr := range a.user.pool.missing(a.user.Attributes) {
		if name == "NEW_PASSWORD_REQUIRED" {
			responses["userAttributes."+attr] = form.Get(attr)
		}
	}
	if r.client.secret() != "" {
		responses["SECRET_HASH"] = secretHash(r.client.secret(), a.ID, r.client.ID)
	}
	if name == "MFA_SETUP" {
		out, err := verifySoftwareToken(c, &verifySoftwareTokenInput{Session: session, UserCode: strings.TrimSpace(form.Get("answer"))})
		if err != nil {
			c.challengePage(w, r, a, session, "", asException(err).message)
			return
		}
		session = out.Session
	}
	answer, err := c.respond(&respondToAuthChallengeInput{ClientId: r.client.ID, ChallengeName: name, Session: session, ChallengeResponses: responses}, false)
	if err == nil {
		c.proceed(w, r, a, answer)
		return
	}
	if _, gone := c.session(session, r.client); gone == nil { // another answer may be tried
		c.challengePage(w, r, a, session, destination, asException(err).message)
		return
	}
	v := loginView(r)
	v.Error = asException(err).message
	c.render(w, http.StatusOK, "login", v)
}

func serveSignUp(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, form := c.hostedRequest(w)
	if r == nil {
		return
	}
	p := r.client.pool
	v := view{Title: "Sign up", Query: r.pageQuery(), Username: strings.TrimSpace(form.Get("username")), Required: p.missing(nil)}
	for _, attr := range p.AutoVerifiedAttributes {
		if !slices.Contains(v.Required, attr) && !slices.Contains(p.UsernameAttributes, attr) {
			v.Required = append(v.Required, attr)
		}
	}
	if c.http.Method == http.MethodGet {
		c.render(w, http.StatusOK, "signup", v)
		return
	}
	in := &signUpInput{ClientId: r.client.ID, Username: v.Username, Password: form.Get("password")}
	if r.client.secret() != "" {
		in.SecretHash = secretHash(r.client.secret(), in.Username, r.client.ID)
	}
	for _, name := range v.Required {
		if value := strings.TrimSpace(form.Get(name)); value != "" {
			in.UserAttributes = append(in.UserAttributes, attribute{name, value})
		}
	}
	var out *signUpOutput
	err := error(fail(invalidParameter, "Enter a user name and a password."))
	if in.Username != "" && in.Password != "" {
		out, err = signUp(c, in)
	}
	switch {
	case err != nil:
		v.Error = asException(err).message
		c.render(w, http.StatusOK, "signup", v)
	case out.UserConfirmed:
		c.signInConfirmed(w, r, in.Username)
	default:
		message := "An administrator has to confirm your account."
		if d := out.CodeDeliveryDetails; d != nil {
			message = "We have sent a code to " + d.Destination + "."
		}
		c.render(w, http.StatusOK, "confirm", view{Title: "Confirm your account", Query: v.Query, Username: in.Username, Message: message})
	}
}

func serveConfirmUser(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, form := c.hostedRequest(w)
	if r == nil {
		return
	}
	v := view{Title: "Confirm your account", Query: r.pageQuery(), Username: form.Get("username")}
	hash := ""
	if r.client.secret() != "" {
		hash = secretHash(r.client.secret(), v.Username, r.client.ID)
	}
	if form.Has("resend") {
		out, err := resendConfirmationCode(c, &codeRequestInput{ClientId: r.client.ID, SecretHash: hash, Username: v.Username})
		if err != nil {
			v.Error = asException(err).message
		} else {
			v.Message = "We have sent a new code to " + out.CodeDeliveryDetails.Destination + "."
		}
		c.render(w, http.StatusOK, "confirm", v)
		return
	}
	_, err := confirmSignUp(c, &confirmSignUpInput{ClientId: r.client.ID, SecretHash: hash, Username: v.Username, ConfirmationCode: strings.TrimSpace(form.Get("code"))})
	if err != nil {
		v.Error = asException(err).message
		c.render(w, http.StatusOK, "confirm", v)
		return
	}
	c.signInConfirmed(w, r, v.Username)
}

// signInConfirmed signs in a user who has just been confirmed.
func (c *call) signInConfirmed(w http.ResponseWriter, r *authRequest, username string) {
	a, err := c.newAttempt(r.client, "USER_AUTH", username, "", nil)
	if err == nil && a.user == nil {
		err = errors.New("the user who has just been confirmed is gone")
	}
	if err != nil {
		c.errorPage(w, asException(err).message)
		return
	}
	a.First, a.Hosted = "SIGN_UP", true
	answer, err := a.advance(c)
	if err != nil {
		c.errorPage(w, asException(err).message)
		return
	}
	c.proceed(w, r, a, answer)
}

func serveForgotPassword(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, form := c.hostedRequest(w)
	if r == nil {
		return
	}
	v := view{Title: "Reset your password", Query: r.pageQuery(), Username: strings.TrimSpace(form.Get("username"))}
	if c.http.Method == http.MethodGet {
		c.render(w, http.StatusOK, "forgot", v)
		return
	}
	in := &codeRequestInput{ClientId: r.client.ID, Username: v.Username}
	if r.client.secret() != "" {
		in.SecretHash = secretHash(r.client.secret(), v.Username, r.client.ID)
	}
	var out *codeRequestOutput
	err := error(fail(invalidParameter, "Enter your user name."))
	if v.Username != "" {
		out, err = forgotPassword(c, in)
	}
	if err != nil {
		v.Error = asException(err).message
		c.render(w, http.StatusOK, "forgot", v)
		return
	}
	v.Message = "We have sent a code to " + out.CodeDeliveryDetails.Destination + "."
	c.render(w, http.StatusOK, "reset", v)
}

func serveConfirmForgotPassword(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, form := c.hostedRequest(w)
	if r == nil {
		return
	}
	in := &confirmForgotPasswordInput{ClientId: r.client.ID, Username: form.Get("username"), ConfirmationCode: strings.TrimSpace(form.Get("code")), Password: form.Get("password")}
	if r.client.secret() != "" {
		in.SecretHash = secretHash(r.client.secret(), in.Username, r.client.ID)
	}
	if _, err := confirmForgotPassword(c, in); err != nil {
		c.render(w, http.StatusOK, "reset", view{Title: "Reset your password", Query: r.pageQuery(), Username: in.Username, Error: asException(err).message})
		return
	}
	v := loginView(r)
	v.Username, v.Message = in.Username, "Your password is changed. Sign in with it."
	c.render(w, http.StatusOK, "login", v)
}
