package core

import (
	"context"
	"fmt"
	"strings"

	"amplify-auth/core/contract"
)

// passwordService changes passwords.
type passwordService interface {
	ForgotPassword(ctx context.Context, in UserRequest) (*CodeDelivery, error)
	ConfirmForgotPassword(ctx context.Context, in ConfirmRequest) error
	ChangePassword(ctx context.Context, accessToken, previous, proposed string) error
}

// ForgotPasswordResult says what comes next: "confirmationCodeSent" or "done".
type ForgotPasswordResult struct {
	ForgotPasswordState string        `json:"forgotPasswordState"`
	CodeDeliveryDetails *CodeDelivery `json:"codeDeliveryDetails,omitempty"`
}

// ForgotPassword has a code sent with which a new password can be set.
func (a *Auth) ForgotPassword(ctx context.Context, in ResendInput) (*ForgotPasswordResult, error) {
	user, err := a.userRequest("forgotPassword", in.Username, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	delivered, err := a.UserPool.ForgotPassword(ctx, user)
	if err != nil {
		return nil, err
	}
	return &ForgotPasswordResult{"confirmationCodeSent", delivered}, nil
}

// ConfirmForgotPasswordInput are the arguments of confirmForgotPassword.
type ConfirmForgotPasswordInput struct {
	Username         string            `json:"username"`
	NewPassword      string            `json:"newPassword"`
	ConfirmationCode string            `json:"confirmationCode"`
	ClientMetadata   map[string]string `json:"clientMetadata"`
}

// ConfirmForgotPassword sets a new password with the code that was sent.
func (a *Auth) ConfirmForgotPassword(ctx context.Context, in ConfirmForgotPasswordInput) (*ForgotPasswordResult, error) {
	const call = "confirmForgotPassword"
	user, err := a.userRequest(call, in.Username, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	code := typedCode(in.ConfirmationCode)
	if code == "" {
		return nil, invalid(call + ": confirmationCode is empty.")
	}
	if err := a.checkPassword(call, in.NewPassword); err != nil {
		return nil, err
	}
	if err := a.UserPool.ConfirmForgotPassword(ctx, ConfirmRequest{UserRequest: user, Code: code, Password: in.NewPassword}); err != nil {
		return nil, err
	}
	return &ForgotPasswordResult{ForgotPasswordState: "done"}, nil
}

// ChangePasswordInput are the arguments of changePassword.
type ChangePasswordInput struct {
	CurrentPassword  string `json:"currentPassword"`
	ProposedPassword string `json:"proposedPassword"`
}

// ChangePassword changes the password of the signed-in user.
func (a *Auth) ChangePassword(ctx context.Context, in ChangePasswordInput) error {
	if in.CurrentPassword == "" {
		return invalid("changePassword: currentPassword is empty.")
	}
	if err := a.checkPassword("changePassword", in.ProposedPassword); err != nil {
		return err
	}
	return a.asUser(ctx, func(token string) error {
		return a.UserPool.ChangePassword(ctx, token, in.CurrentPassword, in.ProposedPassword)
	})
}

// checkPassword refuses a new password that the policy of the configuration
// forbids. The service has the last word.
func (a *Auth) checkPassword(call, password string) error {
	if password == "" {
		return invalid(call + ": the new password is empty.")
	}
	if len([]rune(password)) > 256 {
		return newError("invalidPassword", call+": the new password is longer than 256 characters.")
	}
	if strings.TrimSpace(password) != password {
		return newError("invalidPassword", call+": the new password begins or ends with a space, which Cognito does not take.")
	}
	p := a.cfg.PasswordPolicy
	if p == nil {
		return nil
	}
	var missing []string
	need := func(required bool, ok bool, what string) {
		if required && !ok {
			missing = append(missing, what)
		}
	}
	between := func(first, last rune) bool {
		return strings.ContainsFunc(password, func(r rune) bool { return first <= r && r <= last })
	}
	need(true, len([]rune(password)) >= p.MinLength, fmt.Sprintf("at least %d characters", p.MinLength))
	need(p.RequireLowercase, between('a', 'z'), "a lower-case letter")
	need(p.RequireUppercase, between('A', 'Z'), "an upper-case letter")
	need(p.RequireNumbers, between('0', '9'), "a digit")
	need(p.RequireSymbols, strings.ContainsAny(password, contract.PasswordSymbols), "a special character")
	if missing == nil {
		return nil
	}
	return newError("invalidPassword", call+": the new password needs "+strings.Join(missing, ", ")+".")
}
