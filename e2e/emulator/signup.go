package emulator

import (
	"slices"
	"strings"
)

var signUpOperations = service{
	"SignUp":                 op(signUp),
	"ConfirmSignUp":          op(confirmSignUp),
	"ResendConfirmationCode": op(resendConfirmationCode),
}

type signUpInput struct {
	ClientId       string            `aws:"ClientIdType,required"`
	SecretHash     string            `aws:"SecretHashType"`
	Username       string            `aws:"UsernameType,required"`
	Password       string            `aws:"PasswordType"`
	UserAttributes []attribute       `aws:"AttributeListType"`
	ValidationData []attribute       `aws:"AttributeListType"`
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

type signUpOutput struct {
	UserConfirmed       bool
	CodeDeliveryDetails *codeDelivery `json:",omitempty"`
	UserSub             string
	Session             string `json:",omitempty"`
}

type preSignUpRequest struct {
	UserAttributes map[string]string `json:"userAttributes"`
	ValidationData map[string]string `json:"validationData"`
	ClientMetadata map[string]string `json:"clientMetadata,omitempty"`
}

type preSignUpResponse struct {
	AutoConfirmUser bool `json:"autoConfirmUser"`
	AutoVerifyEmail bool `json:"autoVerifyEmail"`
	AutoVerifyPhone bool `json:"autoVerifyPhone"`
}

func signUp(c *call, in *signUpInput) (*signUpOutput, error) {
	client, values, err := c.mayUserSignUp(in)
	if err != nil {
		return nil, err
	}
	p := client.pool
	auto, err := c.preSignUp(p, client.ID, "PreSignUp_SignUp", in.Username, values, pairs(in.ValidationData), in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	if err := p.vacant(in.Username, "User already exists"); err != nil { // the state was unlocked while the trigger ran
		return nil, err
	}
	verified := map[string]bool{"email": auto.AutoVerifyEmail, "phone_number": auto.AutoVerifyPhone}
	for attr, verify := range verified {
		if verify && p.taken(attr, values[attr], nil) {
			return nil, fail(aliasExists, "An account with the %s already exists.", attr)
		}
	}
	u := c.addUser(p, in.Username, values)
	for attr, verify := range verified {
		if verify && values[attr] != "" {
			u.Attributes[attr+"_verified"] = "true"
		}
	}
	if in.Password != "" {
		if err := c.setPassword(u, in.Password); err != nil {
			c.removeUser(u)
			return nil, err
		}
	}
	if auto.AutoConfirmUser {
		u.Status = "CONFIRMED"
		return &signUpOutput{UserSub: u.Sub, UserConfirmed: true}, c.postConfirmation(u, client.ID, "PostConfirmation_ConfirmSignUp", in.ClientMetadata)
	}
	return c.askToConfirm(client, u, in.ClientMetadata)
}

// mayUserSignUp checks all that can be checked before the PreSignUp trigger, and returns the new user's attributes.
func (c *call) mayUserSignUp(in *signUpInput) (*poolClient, map[string]string, error) {
	client, err := c.client(in.ClientId)
	if err != nil {
		return nil, nil, err
	}
	p := client.pool
	if err := client.checkSecretHash(in.SecretHash, in.Username); err != nil {
		return nil, nil, err
	}
	if p.AdminCreateUserConfig != nil && p.AdminCreateUserConfig.AllowAdminCreateUserOnly {
		return nil, nil, fail(notAuthorized, "SignUp is not permitted for this user pool")
	}
	values, err := p.newUserAttributes(client, in.Username, in.UserAttributes)
	switch {
	case err != nil:
	case in.Password != "":
		err = p.checkPassword(in.Password)
	case !p.passwordless(values):
		err = fail(invalidParameter, "Password is required: the user pool allows no other first factor that the user could use.")
	}
	if err == nil {
		err = p.vacant(in.Username, "User already exists")
	}
	return client, values, err
}

// askToConfirm sends a new user the code that confirms them.
func (c *call) askToConfirm(client *poolClient, u *user, metadata map[string]string) (*signUpOutput, error) {
	out := &signUpOutput{UserSub: u.Sub}
	if attr := u.pool.autoVerified(u.Attributes); attr != "" && u.Attributes[attr+"_verified"] != "true" {
		var err error
		out.CodeDeliveryDetails, err = c.sendKept("SignUp", signUpCodeLife, message{user: u, client: client, purpose: "SignUp", attr: attr, metadata: metadata})
		if err != nil {
			c.removeUser(u)
			return nil, err
		}
	}
	if client.allows("ALLOW_USER_AUTH") {
		out.Session = c.keepSignUp(client, u, sessionSignUp)
	}
	return out, nil
}

// Sessions that are no challenges: of SignUp for ConfirmSignUp, and of ConfirmSignUp for InitiateAuth.
const (
	sessionSignUp    = "sign-up"
	sessionConfirmed = "confirmed sign-up"
)

func (c *call) keepSignUp(client *poolClient, u *user, challenge string) string {
	a := &attempt{client: client, user: u, Challenge: challenge}
	a.Expires = c.now.Add(a.sessionLife())
	return c.keep(a)
}

// newUserAttributes checks the attributes of a new user; client is nil for an administrator.
func (p *userPool) newUserAttributes(client *poolClient, username string, list []attribute) (map[string]string, error) {
	values := pairs(list)
	switch {
	case slices.Contains(p.UsernameAttributes, "email") && emailForm.MatchString(username):
		if values["email"] == "" {
			values["email"] = username
		}
	case slices.Contains(p.UsernameAttributes, "phone_number") && phoneForm.MatchString(username):
		if values["phone_number"] == "" {
			values["phone_number"] = username
		}
	case len(p.UsernameAttributes) == 2:
		return nil, fail(invalidParameter, "Username should be either an email or a phone number.")
	case len(p.UsernameAttributes) == 1 && p.UsernameAttributes[0] == "email":
		return nil, fail(invalidParameter, "Username should be an email.")
	case len(p.UsernameAttributes) == 1:
		return nil, fail(invalidParameter, "Username should be a phone number.")
	case slices.Contains(p.AliasAttributes, "email") && emailForm.MatchString(username):
		return nil, fail(invalidParameter, "Username cannot be of email format, since user pool is configured for email alias.")
	case slices.Contains(p.AliasAttributes, "phone_number") && phoneForm.MatchString(username):
		return nil, fail(invalidParameter, "Username cannot be of phone number format, since user pool is configured for phone number alias.")
	}
	if err := p.checkAttributes(client, nil, values); err != nil {
		return nil, err
	}
	if missing := p.missing(values); client != nil && len(missing) > 0 {
		return nil, fail(invalidParameter, "Attributes did not conform to the schema: %s: The attribute is required", strings.Join(missing, ", "))
	}
	return values, nil
}

// vacant refuses a user name that is taken. In a pool with UsernameAttributes the name is an attribute value, and the
// refusal names it (as seen: jonsaw/amazon-cognito-identity-dart issue 73).
func (p *userPool) vacant(username, words string) error {
	if p.users.get(p.canonical(username)) != nil {
		return fail(usernameExists, "%s", words)
	}
	for _, attr := range p.UsernameAttributes {
		if p.holder(attr, username, false, nil) != nil {
			return fail(usernameExists, "An account with the given %s already exists.", attr)
		}
	}
	return nil
}

// passwordless reports whether a user with these attributes could sign in without a password.
func (p *userPool) passwordless(values map[string]string) bool {
	if p.Policies == nil || p.Policies.SignInPolicy == nil {
		return false
	}
	factors := p.Policies.SignInPolicy.AllowedFirstAuthFactors
	return slices.Contains(factors, "EMAIL_OTP") && values["email"] != "" || slices.Contains(factors, "SMS_OTP") && values["phone_number"] != ""
}

// addUser adds an unconfirmed user. Where attributes are user names, the user name proper is the sub.
func (c *call) addUser(p *userPool, username string, values map[string]string) *user {
	u := &user{
		pool: p, Sub: uuid(), Username: username, Status: "UNCONFIRMED", Enabled: true, Created: c.now, Modified: c.now,
		Attributes: map[string]string{}, Codes: map[string]*code{}, Pacing: map[string]*pace{}, MFA: map[string]bool{}, Pending: map[string]string{},
	}
	if len(p.UsernameAttributes) > 0 {
		u.Username = u.Sub
	}
	for name, value := range values {
		if strings.HasSuffix(name, "_verified") {
			continue
		}
		u.set(name, value, c)
	}
	for name, value := range values { // an administrator may say that a value is verified
		if strings.HasSuffix(name, "_verified") {
			u.Attributes[name] = value
		}
	}
	p.users.put(p.canonical(u.Username), u)
	return u
}

// removeUser forgets a user and ends their sessions.
func (c *call) removeUser(u *user) {
	u.pool.users.remove(u.pool.canonical(u.Username))
	c.signOutEverywhere(u)
}

func (c *call) preSignUp(p *userPool, clientID, source, username string, values, validation, metadata map[string]string) (preSignUpResponse, error) {
	if p.LambdaConfig == nil || p.LambdaConfig.PreSignUp == "" {
		return preSignUpResponse{}, nil
	}
	return invoke[preSignUpRequest, preSignUpResponse](c, p.LambdaConfig.PreSignUp, "PreSignUp", source, p, clientID, username,
		preSignUpRequest{values, validation, metadata})
}

type postConfirmationRequest struct {
	UserAttributes map[string]string `json:"userAttributes"`
	ClientMetadata map[string]string `json:"clientMetadata,omitempty"`
}

func (c *call) postConfirmation(u *user, clientID, source string, metadata map[string]string) error {
	l := u.pool.LambdaConfig
	if l == nil || l.PostConfirmation == "" {
		return nil
	}
	_, err := invoke[postConfirmationRequest, struct{}](c, l.PostConfirmation, "PostConfirmation", source, u.pool, clientID, u.Username,
		postConfirmationRequest{u.userAttributes(), metadata})
	return err
}

type confirmSignUpInput struct {
	ClientId           string            `aws:"ClientIdType,required"`
	SecretHash         string            `aws:"SecretHashType"`
	Username           string            `aws:"UsernameType,required"`
	ConfirmationCode   string            `aws:"ConfirmationCodeType,required"`
	ForceAliasCreation bool              `aws:"ForceAliasCreation"`
	ClientMetadata     map[string]string `aws:"ClientMetadataType"`
	Session            string            `aws:"SessionType"`
}

type confirmSignUpOutput struct {
	Session string `json:",omitempty"`
}

func confirmSignUp(c *call, in *confirmSignUpInput) (*confirmSignUpOutput, error) {
	client, u, err := c.unsignedUser(in.ClientId, in.Username, in.SecretHash)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, errNoCode()
	}
	if u.Status != "UNCONFIRMED" {
		return nil, fail(notAuthorized, "User cannot be confirmed. Current status is %s", u.Status)
	}
	var from *attempt
	if in.Session != "" {
		if from, err = c.session(in.Session, client); err != nil {
			return nil, err
		}
		if from.user != u || from.Challenge != sessionSignUp {
			return nil, fail(notAuthorized, "Invalid session for the user.")
		}
	}
	if kept := u.Codes["SignUp"]; kept != nil && equal(kept.Value, in.ConfirmationCode) && u.pool.taken(kept.Attr, u.Attributes[kept.Attr], u) && !in.ForceAliasCreation {
		return nil, fail(aliasExists, "An account with the %s already exists.", strings.ReplaceAll(kept.Attr, "_", " "))
	}
	kept, err := c.takeCode(u, "SignUp", in.ConfirmationCode, confirmSignUpLimit)
	if err != nil {
		return nil, err
	}
	u.Attributes[kept.Attr+"_verified"] = "true"
	u.pool.takeAlias(kept.Attr, u)
	u.Status = "CONFIRMED"
	u.Modified = c.now
	if err := c.postConfirmation(u, client.ID, "PostConfirmation_ConfirmSignUp", in.ClientMetadata); err != nil {
		return nil, err
	}
	out := &confirmSignUpOutput{}
	if from != nil {
		c.spend(in.Session)
	}
	if client.allows("ALLOW_USER_AUTH") { // also to clients that send no Session, as aws-amplify's autoSignIn needs
		out.Session = c.keepSignUp(client, u, sessionConfirmed)
	}
	return out, nil
}

// resumeSignUp signs in by the Session of ConfirmSignUp.
func (c *call) resumeSignUp(a *attempt, session string) error {
	from, err := c.session(session, a.client)
	if err != nil {
		return err
	}
	if a.Flow != "USER_AUTH" || from.Challenge != sessionConfirmed || from.user != a.user {
		return fail(notAuthorized, "Invalid session for the user.")
	}
	c.spend(session)
	a.First = "SIGN_UP"
	return nil
}

// unsignedUser finds the user of an operation without a token: nil, if there is none and the client hides that.
func (c *call) unsignedUser(clientID, username, hash string) (*poolClient, *user, error) {
	client, err := c.client(clientID)
	if err != nil {
		return nil, nil, err
	}
	u := client.pool.find(username)
	names := []string{username}
	if u != nil {
		names = append(names, u.Username)
	}
	if err := client.checkSecretHash(hash, names...); err != nil {
		return nil, nil, err
	}
	switch {
	case u == nil && !client.masked():
		return nil, nil, fail(userNotFound, "Username/client id combination not found.")
	case u != nil && !u.Enabled:
		return nil, nil, fail(notAuthorized, "User is disabled.")
	}
	return client, u, nil
}

type codeRequestInput struct {
	ClientId       string            `aws:"ClientIdType,required"`
	SecretHash     string            `aws:"SecretHashType"`
	Username       string            `aws:"UsernameType,required"`
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

type codeRequestOutput struct{ CodeDeliveryDetails *codeDelivery }

func resendConfirmationCode(c *call, in *codeRequestInput) (*codeRequestOutput, error) {
	client, u, err := c.unsignedUser(in.ClientId, in.Username, in.SecretHash)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return &codeRequestOutput{client.pool.simulatedDelivery(in.Username)}, nil
	}
	attr := u.pool.autoVerified(u.Attributes)
	switch {
	case u.Status != "UNCONFIRMED":
		return nil, fail(invalidParameter, "User is already confirmed.")
	case attr == "":
		return nil, fail(invalidParameter, "Auto verification not turned on.")
	}
	if err := c.paced(u, "ResendConfirmationCode", resendLimit, true); err != nil {
		return nil, err
	}
	delivery, err := c.sendKept("SignUp", signUpCodeLife, message{user: u, client: client, purpose: "ResendCode", attr: attr, metadata: in.ClientMetadata})
	if err != nil {
		return nil, err
	}
	return &codeRequestOutput{delivery}, nil
}
