package emulator

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

// code is a confirmation code on its way.
type code struct {
	Value   string
	Expires time.Time
	Attr    string // the attribute that it was sent to
}

// How long codes live, by purpose (developer guide, "Quotas"). Codes of sign-in challenges live as long as the session.
const (
	signUpCodeLife = 24 * time.Hour
	resetCodeLife  = time.Hour
	verifyCodeLife = 24 * time.Hour
)

func newCode() string { return randomText(6, "0123456789") }

// codeDelivery tells where a code went.
type codeDelivery struct {
	Destination    string `json:",omitempty"`
	DeliveryMedium string `json:",omitempty"`
	AttributeName  string `json:",omitempty"`
}

// mediumOf is the medium of an attribute.
func mediumOf(attr string) string {
	if attr == "phone_number" {
		return "SMS"
	}
	return "EMAIL"
}

// mask hides a destination as Cognito shows it: f***@e*** and +*******1234.
func mask(attr, to string) string {
	if attr == "phone_number" {
		if len(to) < 5 {
			return "+****"
		}
		return "+" + strings.Repeat("*", len(to)-5) + to[len(to)-4:]
	}
	local, domain, _ := strings.Cut(to, "@")
	first := func(s string) string {
		for _, r := range s {
			return string(r)
		}
		return ""
	}
	return first(local) + "***@" + first(domain) + "***"
}

// message is a code to be sent.
type message struct {
	user     *user
	client   *poolClient // nil for admin operations
	purpose  string      // the suffix of the CustomMessage trigger: SignUp, ForgotPassword, Authentication, …
	attr     string      // email or phone_number
	to       string      // if not the attribute's value
	code     string
	metadata map[string]string
}

type customMessageRequest struct {
	UserAttributes    map[string]string `json:"userAttributes"`
	CodeParameter     string            `json:"codeParameter"`
	LinkParameter     string            `json:"linkParameter"`
	UsernameParameter *string           `json:"usernameParameter"`
	ClientMetadata    map[string]string `json:"clientMetadata,omitempty"`
}

type customMessageResponse struct {
	SMSMessage   string `json:"smsMessage"`
	EmailMessage string `json:"emailMessage"`
	EmailSubject string `json:"emailSubject"`
}

// send puts a message into the outbox, worded by the CustomMessage trigger if there is one.
func (c *call) send(m message) (*codeDelivery, error) {
	u := m.user
	if m.to == "" {
		m.to = u.Attributes[m.attr]
	}
	medium := mediumOf(m.attr)
	sent := Message{To: m.to, Medium: medium, Code: m.code, Purpose: m.purpose, At: c.now}
	if l := u.pool.LambdaConfig; l != nil && l.CustomMessage != "" {
		const codeParameter, nameParameter = "{####}", "{username}"
		request := customMessageRequest{
			UserAttributes: u.userAttributes(), CodeParameter: codeParameter, LinkParameter: "{##Click Here##}", ClientMetadata: m.metadata,
		}
		if m.purpose == "AdminCreateUser" {
			request.UsernameParameter = new(nameParameter)
		}
		clientID := ""
		if m.client != nil {
			clientID = m.client.ID
		}
		words, err := invoke[customMessageRequest, customMessageResponse](c, l.CustomMessage, "CustomMessage", "CustomMessage_"+m.purpose, u.pool, clientID, u.Username, request)
		if err != nil {
			return nil, err
		}
		text := words.EmailMessage
		if medium == "SMS" {
			text = words.SMSMessage
		}
		if text != "" && !strings.Contains(text, codeParameter) {
			return nil, fail(invalidLambdaResponse, "CustomMessage response does not contain the code parameter %s", codeParameter)
		}
		replace := strings.NewReplacer(codeParameter, m.code, nameParameter, u.Username)
		sent.Text, sent.Subject = replace.Replace(text), words.EmailSubject
	}
	c.control.send([]string{u.Username, u.Sub, u.Attributes["email"], u.Attributes["phone_number"], m.to}, sent)
	return &codeDelivery{mask(m.attr, m.to), medium, m.attr}, nil
}

// sendKept sends a code and keeps it as the one that purpose waits for. An earlier one no longer counts.
func (c *call) sendKept(purpose string, life time.Duration, m message) (*codeDelivery, error) {
	m.code = newCode()
	delivery, err := c.send(m)
	if err != nil {
		return nil, err
	}
	m.user.Codes[purpose] = &code{m.code, c.now.Add(life), m.attr}
	return delivery, nil
}

// takeCode checks a code and uses it up. Wrong ones count against limit.
func (c *call) takeCode(u *user, purpose, given string, limit int) (*code, error) {
	kept := u.Codes[purpose]
	if kept == nil {
		return nil, errNoCode()
	}
	tries := "checking " + purpose
	if err := c.paced(u, tries, limit, false); err != nil {
		return nil, err
	}
	if !equal(kept.Value, given) {
		c.paced(u, tries, limit, true)
		return nil, fail(codeMismatch, "Invalid verification code provided, please try again.")
	}
	if !c.now.Before(kept.Expires) {
		return nil, errNoCode()
	}
	delete(u.Codes, purpose)
	delete(u.Pacing, tries)
	return kept, nil
}

// errNoCode answers a code that is expired, or that was never sent: also for users who do not exist.
func errNoCode() error {
	return fail(expiredCode, "Invalid code provided, please request a code again.")
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// pace counts calls within an hour.
type pace struct {
	Start time.Time
	N     int
}

// The hourly limits per user (developer guide, "Quotas"). Operations that send a code count every call; those that
// check something count the failed ones.
const (
	resendLimit        = 5
	forgotLimit        = 5
	verifyRequestLimit = 5
	confirmSignUpLimit = 15
	verifyLimit        = 15
	confirmForgotLimit = 5
	changeLimit        = 5
)

// paced refuses a user who used an operation up to its hourly limit, and counts this use if count is set.
func (c *call) paced(u *user, operation string, limit int, count bool) error {
	p := u.Pacing[operation]
	if p == nil || c.now.Sub(p.Start) >= time.Hour {
		p = &pace{Start: c.now}
		u.Pacing[operation] = p
	}
	if p.N >= limit {
		return fail(limitExceeded, "Attempt limit exceeded, please try after some time.")
	}
	if count {
		p.N++
	}
	return nil
}

// autoVerified is the attribute that a new user is to verify: the phone number before the e-mail address.
func (p *userPool) autoVerified(attributes map[string]string) string {
	for _, attr := range []string{"phone_number", "email"} {
		if slices.Contains(p.AutoVerifiedAttributes, attr) && attributes[attr] != "" {
			return attr
		}
	}
	return ""
}

// simulatedDelivery is what a client that hides users is told about one who does not exist: stable per name.
func (p *userPool) simulatedDelivery(name string) *codeDelivery {
	h := mac(p.Secret[:], []byte("delivery"), []byte(p.canonical(name)))
	letter := func(b byte) string { return string('a' + rune(b%26)) }
	attr, to := "email", letter(h[0])+"@"+letter(h[1])
	if strings.Contains(name, "@") {
		to = name
	}
	return &codeDelivery{mask(attr, to), "EMAIL", attr}
}
