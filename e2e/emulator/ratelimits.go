package emulator

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// The request rates of a real account (developer guide, "Quotas": default quotas per category, requests per second). The
// hourly limits of codes are always on (codes.go).

// Limits are those of a real account that are off unless they are turned on: an app's tests would run into them.
type Limits struct {
	Rates   bool `json:"rates"`   // requests per second
	Lockout bool `json:"lockout"` // after wrong passwords (password.go)
}

type rateCategory struct {
	name       string
	perSecond  int
	operations []string
}

var rateCategories = []rateCategory{
	{"UserAuthentication", 120, []string{"InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge", "AdminRespondToAuthChallenge"}},
	{"UserCreation", 50, []string{"SignUp", "AdminCreateUser", "ConfirmSignUp", "AdminConfirmSignUp"}},
	{"UserAccountRecovery", 30, []string{"ForgotPassword", "ConfirmForgotPassword", "ChangePassword", "ResendConfirmationCode", "AdminResetUserPassword", "AdminSetUserPassword"}},
	{"UserRead", 120, []string{"GetUser", "AdminGetUser"}},
	{"UserUpdate", 25, []string{
		"AdminAddUserToGroup", "AdminDeleteUserAttributes", "AdminUpdateUserAttributes", "AdminDeleteUser", "AdminDisableUser", "AdminEnableUser", "AdminLinkProviderForUser",
		"AdminDisableProviderForUser", "DeleteUser", "DeleteUserAttributes", "UpdateUserAttributes", "VerifyUserAttribute",
	}},
	{"UserToken", 120, []string{"GetTokensFromRefreshToken", "RevokeToken", "GlobalSignOut", "AdminUserGlobalSignOut"}},
	{"UserResourceUpdate", 25, []string{
		"AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference", "AdminSetUserMFAPreference", "ConfirmDevice", "ForgetDevice", "AdminForgetDevice",
		"UpdateDeviceStatus", "AdminUpdateDeviceStatus", "GetUserAttributeVerificationCode", "StartWebAuthnRegistration", "CompleteWebAuthnRegistration", "DeleteWebAuthnCredential",
	}},
	{"UserResourceRead", 50, []string{"GetDevice", "AdminGetDevice", "ListDevices", "AdminListDevices", "AdminListGroupsForUser", "AdminListUserAuthEvents", "ListWebAuthnCredentials"}},
	{"UserList", 30, []string{"ListUsers", "ListUsersInGroup"}},
}

// rates counts the requests of a category in the second at hand.
type rates struct {
	mu     sync.Mutex
	on     Limits
	second int64
	counts map[string]int
}

// SetLimits turns the limits of a real account on or off.
func (s *Server) SetLimits(on Limits) {
	s.rates.mu.Lock()
	defer s.rates.mu.Unlock()
	s.rates.on = on
}

func (r *rates) limits() Limits {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.on
}

// take counts a request, and refuses it if its category is used up.
func (r *rates) take(operation string, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on.Rates {
		return nil
	}
	if now.Unix() != r.second {
		r.second, r.counts = now.Unix(), map[string]int{}
	}
	i := slices.IndexFunc(rateCategories, func(c rateCategory) bool { return slices.Contains(c.operations, operation) })
	if i < 0 {
		return nil
	}
	c := rateCategories[i]
	most := c.perSecond
	if strings.HasSuffix(operation, "RespondToAuthChallenge") { // three answers for each sign-in
		most *= 3
		c.name += " answers"
	}
	if r.counts[c.name]++; r.counts[c.name] > most {
		return fail(tooManyRequests, "Rate exceeded")
	}
	return nil
}
