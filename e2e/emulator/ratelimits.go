package emulator

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// The request rates of a real account (developer guide, "Quotas": default quotas per category, requests per second), off
// unless Options.RateLimits or SetRateLimits turns them on. The lock-out after wrong passwords and the hourly limits of
// codes are always on (password.go, codes.go).

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
	on     bool
	second int64
	counts map[string]int
}

// SetRateLimits turns the request rates of a real account on or off.
func (s *Server) SetRateLimits(on bool) {
	s.rates.mu.Lock()
	defer s.rates.mu.Unlock()
	s.rates.on = on
}

// take counts a request, and refuses it if its category is used up.
func (r *rates) take(operation string, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on {
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
