// Package api is the command layer between a page and core: a method's name and
// its arguments as JSON in, its result as JSON out. The names are those of the
// JavaScript API.
package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"amplify-auth/core"
)

// A method runs one command, whose arguments decode into in.
type method struct {
	in  reflect.Type
	run func(ctx context.Context, a *core.Auth, args []byte) (any, error)
}

// every are the members that every command takes.
type every struct {
	Wait *bool `json:"wait"`
}

// takes makes a method of a call with arguments and a result.
func takes[In, Out any](call func(*core.Auth, context.Context, In) (Out, error)) method {
	return method{reflect.TypeFor[In](), func(ctx context.Context, a *core.Auth, args []byte) (any, error) {
		var in In
		var common every
		if err := cmp.Or(json.Unmarshal(args, &in), json.Unmarshal(args, &common)); err != nil {
			return nil, err
		}
		if common.Wait != nil {
			ctx = core.WithWait(ctx, *common.Wait)
		}
		return call(a, ctx, in)
	}}
}

// does is takes for a call without a result.
func does[In any](call func(*core.Auth, context.Context, In) error) method {
	return takes(func(a *core.Auth, ctx context.Context, in In) (any, error) { return nil, call(a, ctx, in) })
}

type none struct{}

// gives is takes for a call without arguments.
func gives[Out any](call func(*core.Auth, context.Context) (Out, error)) method {
	return takes(func(a *core.Auth, ctx context.Context, _ none) (Out, error) { return call(a, ctx) })
}

// runs is for a call with neither.
func runs(call func(*core.Auth, context.Context) error) method {
	return does(func(a *core.Auth, ctx context.Context, _ none) error { return call(a, ctx) })
}

var methods = map[string]method{
	"initialize":     gives((*core.Auth).Initialize),
	"storageChanged": runs((*core.Auth).StorageChanged),

	"signUp":           takes((*core.Auth).SignUp),
	"confirmSignUp":    takes((*core.Auth).ConfirmSignUp),
	"resendSignUpCode": takes((*core.Auth).ResendSignUpCode),

	"signIn":           takes((*core.Auth).SignIn),
	"confirmSignIn":    takes((*core.Auth).ConfirmSignIn),
	"autoSignIn":       gives((*core.Auth).AutoSignIn),
	"stepUp":           takes((*core.Auth).StepUp),
	"getPendingSignIn": takes((*core.Auth).GetPendingSignIn),
	"cancelSignIn":     runs((*core.Auth).CancelSignIn),

	"showSignIn":         takes((*core.Auth).ShowSignIn),
	"handleAuthResponse": takes((*core.Auth).HandleAuthResponse),

	"signOut":    takes((*core.Auth).SignOut),
	"deleteUser": runs((*core.Auth).DeleteUser),

	"forgotPassword":        takes((*core.Auth).ForgotPassword),
	"confirmForgotPassword": takes((*core.Auth).ConfirmForgotPassword),
	"changePassword":        does((*core.Auth).ChangePassword),

	"getUserAttributes":          gives((*core.Auth).GetUserAttributes),
	"updateUserAttributes":       takes((*core.Auth).UpdateUserAttributes),
	"deleteUserAttributes":       does((*core.Auth).DeleteUserAttributes),
	"verifyUserAttribute":        takes((*core.Auth).VerifyUserAttribute),
	"confirmVerifyUserAttribute": does((*core.Auth).ConfirmVerifyUserAttribute),

	"setUpTOTP":        takes((*core.Auth).SetUpTOTP),
	"verifyTOTPSetup":  does((*core.Auth).VerifyTOTPSetup),
	"getMFAPreference": gives((*core.Auth).GetMFAPreference),
	"setMFAPreference": does((*core.Auth).SetMFAPreference),

	"registerPasskey": does((*core.Auth).RegisterPasskey),
	"listPasskeys":    takes((*core.Auth).ListPasskeys),
	"deletePasskey":   does((*core.Auth).DeletePasskey),

	"getTokens":         takes((*core.Auth).GetTokens),
	"getAWSCredentials": takes((*core.Auth).GetAWSCredentials),
	"getIdentityId":     gives((*core.Auth).GetIdentityID),
	"signRequest":       takes((*core.Auth).SignRequest),
	"federatedSignIn":   takes((*core.Auth).FederatedSignIn),
	"releaseSignInWait": runs(func(a *core.Auth, _ context.Context) error {
		a.ReleaseSignInWait()
		return nil
	}),

	"listSessions":  takes((*core.Auth).ListSessions),
	"revokeSession": does((*core.Auth).RevokeSession),

	"deviceOperations.get":          takes((*core.Auth).GetDevice),
	"deviceOperations.list":         takes((*core.Auth).ListDevices),
	"deviceOperations.updateStatus": does((*core.Auth).UpdateDeviceStatus),
	"deviceOperations.forget":       does((*core.Auth).ForgetDevice),
}

// Call runs a command. Every error is a *core.Error.
func Call(ctx context.Context, a *core.Auth, name string, args []byte) ([]byte, error) {
	m, ok := methods[name]
	if !ok {
		return nil, &core.Error{Name: "InvalidParameter", Code: "invalidParameter", Message: "There is no method " + name + "."}
	}
	out, err := m.run(ctx, a, args)
	if err == nil {
		var data []byte
		if data, err = json.Marshal(out); err == nil {
			return data, nil
		}
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		field := wrong.Field
		if field == "" {
			field = "the argument"
		}
		// json names a map where one of its values is wrong
		given := json.RawMessage(args)
		for _, key := range strings.Split(field, ".") {
			var in map[string]json.RawMessage
			_ = json.Unmarshal(given, &in)
			given = in[key]
		}
		if wrong.Type.Kind() == reflect.String && wrong.Value != "object" && bytes.HasPrefix(given, []byte("{")) {
			field = "every value of " + field
		}
		return nil, &core.Error{Name: "InvalidParameter", Code: "invalidParameter",
			Message: name + ": " + field + " must be " + kind(wrong.Type.Kind().String()) + "."}
	}
	return nil, core.AsError(err)
}

// kind is a Go kind in the words of JavaScript.
func kind(k string) string {
	switch {
	case k == "string":
		return "a string"
	case k == "bool":
		return "true or false"
	case k == "slice":
		return "an array"
	case strings.HasPrefix(k, "int"):
		return "a whole number"
	}
	return "an object"
}
