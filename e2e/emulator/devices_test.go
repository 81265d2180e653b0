package emulator

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"math/big"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// clientDevice is what a client keeps of a device.
type clientDevice struct{ key, group, password string }

// confirm makes a verifier and calls ConfirmDevice.
func (b *bed) confirm(r *types.AuthenticationResultType) (*clientDevice, bool) {
	b.Helper()
	if r.NewDeviceMetadata == nil {
		b.Fatal("no NewDeviceMetadata")
	}
	secret := make([]byte, 40)
	rand.Read(secret)
	d := &clientDevice{*r.NewDeviceMetadata.DeviceKey, *r.NewDeviceMetadata.DeviceGroupKey, base64.StdEncoding.EncodeToString(secret)}
	if got := claims(b.T, r.AccessToken)["device_key"]; got != d.key {
		b.Errorf("device_key of the access token is %v", got)
	}
	salt := new(big.Int).SetBytes(secret[:16])
	x := srpX(salt, d.group, d.key, d.password)
	out, err := b.ConfirmDevice(b.ctx, &cip.ConfirmDeviceInput{AccessToken: r.AccessToken, DeviceKey: &d.key, DeviceName: aws.String("browser"),
		DeviceSecretVerifierConfig: &types.DeviceSecretVerifierConfigType{
			Salt:             aws.String(base64.StdEncoding.EncodeToString(pad(salt))),
			PasswordVerifier: aws.String(base64.StdEncoding.EncodeToString(pad(x.Exp(srpG, x, srpN)))),
		}})
	b.ok(err)
	return d, out.UserConfirmationNecessary
}

// device runs DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER.
func (b *bed) device(session *string, user string, d *clientDevice) (*cip.RespondToAuthChallengeOutput, error) {
	s := newSRPClient()
	out, err := b.answer("DEVICE_SRP_AUTH", session, "USERNAME", user, "DEVICE_KEY", d.key, "SRP_A", s.hexA())
	if err != nil {
		return nil, err
	}
	if out.ChallengeName != "DEVICE_PASSWORD_VERIFIER" || out.ChallengeParameters["DEVICE_KEY"] != d.key {
		b.Fatalf("%s %v", out.ChallengeName, out.ChallengeParameters)
	}
	proof := s.proof(b.T, out.ChallengeParameters, d.group, d.key, d.password, b.server.Now())
	return b.answer("DEVICE_PASSWORD_VERIFIER", out.Session, append(proof, "DEVICE_KEY", d.key)...)
}

// trackDevices turns device tracking on in an MFA pool.
func (b *bed) trackDevices(optIn, insteadOfMFA bool, mfa types.UserPoolMfaType) {
	b.Helper()
	_, err := b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, MfaConfiguration: mfa,
		DeviceConfiguration: &types.DeviceConfigurationType{DeviceOnlyRememberedOnUserPrompt: optIn, ChallengeRequiredOnNewDevice: insteadOfMFA}})
	b.ok(err)
}

func TestDeviceSignIn(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.trackDevices(true, true, "OPTIONAL")
	b.addUser("anna", goodPassword)
	_, err := b.AdminSetUserMFAPreference(b.ctx, &cip.AdminSetUserMFAPreferenceInput{UserPoolId: &b.pool, Username: aws.String("anna"), SMSMfaSettings: &types.SMSMfaSettingsType{Enabled: true}})
	b.ok(err)
	out, err := b.srp("anna", goodPassword)
	b.ok(err)
	out, err = b.answer("SMS_MFA", out.Session, "USERNAME", "anna", "SMS_MFA_CODE", b.lastCode("anna", "Authentication"))
	b.ok(err)
	tokens := out.AuthenticationResult
	d, necessary := b.confirm(tokens)
	if !necessary {
		t.Error("an opt-in pool does not ask the user")
	}
	_, err = b.ConfirmDevice(b.ctx, &cip.ConfirmDeviceInput{AccessToken: tokens.AccessToken, DeviceKey: &d.key, DeviceSecretVerifierConfig: &types.DeviceSecretVerifierConfigType{Salt: aws.String("AQ=="), PasswordVerifier: aws.String("AQ==")}})
	b.fails(err, "DeviceKeyExistsException")

	// confirmed but not remembered: MFA as ever, and no new device
	out, err = b.srp("anna", goodPassword, "DEVICE_KEY", d.key)
	b.ok(err)
	if out.ChallengeName != "SMS_MFA" {
		t.Fatalf("asks %s", out.ChallengeName)
	}
	out, err = b.answer("SMS_MFA", out.Session, "USERNAME", "anna", "DEVICE_KEY", d.key, "SMS_MFA_CODE", b.lastCode("anna", "Authentication"))
	b.ok(err)
	if out.AuthenticationResult.NewDeviceMetadata != nil {
		t.Error("a known device got a new key")
	}

	_, err = b.UpdateDeviceStatus(b.ctx, &cip.UpdateDeviceStatusInput{AccessToken: tokens.AccessToken, DeviceKey: &d.key, DeviceRememberedStatus: "remembered"})
	b.ok(err)
	shown, err := b.GetDevice(b.ctx, &cip.GetDeviceInput{AccessToken: tokens.AccessToken, DeviceKey: &d.key})
	b.ok(err)
	described := map[string]string{}
	for _, a := range shown.Device.DeviceAttributes {
		described[*a.Name] = aws.ToString(a.Value)
	}
	if owner := described["dev:device_owner"]; owner == "" || described["dev:device_arn"] != "arn:aws:cognito-idp:us-east-1:000000000000:owner/"+owner+"/device/"+d.key ||
		described["dev:device_sdk"] == "" || described["dev:device_remembered_status"] != "remembered" || described["device_status"] != "valid" {
		t.Errorf("described as %v", described)
	}
	for _, flow := range []string{"SRP", "password"} {
		var session *string
		var challenge types.ChallengeNameType
		if flow == "SRP" {
			out, err := b.srp("anna", goodPassword, "DEVICE_KEY", d.key)
			b.ok(err)
			session, challenge = out.Session, out.ChallengeName
		} else {
			out, err := b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword, "DEVICE_KEY", d.key)
			b.ok(err)
			session, challenge = out.Session, out.ChallengeName
		}
		if challenge != "DEVICE_SRP_AUTH" {
			t.Fatalf("asks %s", challenge)
		}
		done, err := b.device(session, "anna", d)
		b.ok(err)
		if done.AuthenticationResult == nil || done.AuthenticationResult.NewDeviceMetadata != nil {
			t.Fatalf("%+v", done)
		}
		if got := claims(t, done.AuthenticationResult.AccessToken)["device_key"]; got != d.key {
			t.Errorf("device_key %v", got)
		}
		// the refresh token asks for the device key
		_, err = b.refresh(done.AuthenticationResult.RefreshToken)
		b.fails(err, "NotAuthorizedException: Invalid Refresh Token")
		_, err = b.GetTokensFromRefreshToken(b.ctx, &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: done.AuthenticationResult.RefreshToken, DeviceKey: &d.key})
		b.ok(err)
	}
	out, err = b.srp("anna", goodPassword, "DEVICE_KEY", d.key)
	b.ok(err)
	_, err = b.device(out.Session, "anna", &clientDevice{d.key, d.group, "wrong"})
	b.fails(err, "NotAuthorizedException: Incorrect username or password.")
	_, err = b.srp("anna", goodPassword, "DEVICE_KEY", "us-east-1_"+uuid())
	b.fails(err, "ResourceNotFoundException: Device does not exist.")
	_, err = b.ForgetDevice(b.ctx, &cip.ForgetDeviceInput{AccessToken: tokens.AccessToken, DeviceKey: &d.key})
	b.ok(err)
	_, err = b.srp("anna", goodPassword, "DEVICE_KEY", d.key)
	b.fails(err, "ResourceNotFoundException: Device does not exist.")
}

func TestDeviceAlwaysRemembered(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.trackDevices(false, false, "OPTIONAL")
	b.addUser("anna", goodPassword)
	d, necessary := b.confirm(b.password("anna", goodPassword))
	if necessary {
		t.Error("the user is asked")
	}
	// not instead of MFA: first the code, then the device
	_, err := b.AdminSetUserMFAPreference(b.ctx, &cip.AdminSetUserMFAPreferenceInput{UserPoolId: &b.pool, Username: aws.String("anna"), SMSMfaSettings: &types.SMSMfaSettingsType{Enabled: true}})
	b.ok(err)
	out, err := b.srp("anna", goodPassword, "DEVICE_KEY", d.key)
	b.ok(err)
	out, err = b.answer(out.ChallengeName, out.Session, "USERNAME", "anna", "DEVICE_KEY", d.key, "SMS_MFA_CODE", b.lastCode("anna", "Authentication"))
	b.ok(err)
	if out.ChallengeName != "DEVICE_SRP_AUTH" {
		t.Fatalf("asks %s", out.ChallengeName)
	}
	done, err := b.device(out.Session, "anna", d)
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Error("no tokens")
	}
}

func TestDeviceOperations(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.trackDevices(false, false, "OPTIONAL")
	b.addUser("anna", goodPassword)
	var access *string
	keys := map[string]bool{}
	for range 5 {
		r := b.password("anna", goodPassword)
		d, _ := b.confirm(r)
		keys[d.key], access = true, r.AccessToken
	}
	b.password("anna", goodPassword) // never confirmed: not listed
	var listed []string
	var token *string
	pages := 0
	for {
		out, err := b.ListDevices(b.ctx, &cip.ListDevicesInput{AccessToken: access, Limit: aws.Int32(2), PaginationToken: token})
		b.ok(err)
		pages++
		for _, d := range out.Devices {
			listed = append(listed, *d.DeviceKey)
		}
		if token = out.PaginationToken; token == nil {
			break
		}
	}
	if pages != 3 || len(listed) != 5 {
		t.Errorf("%d devices on %d pages", len(listed), pages)
	}
	for _, key := range listed {
		if !keys[key] {
			t.Errorf("unknown device %s", key)
		}
	}
	_, err := b.ListDevices(b.ctx, &cip.ListDevicesInput{AccessToken: access, PaginationToken: aws.String("x")})
	b.fails(err, "InvalidParameterException")
	got, err := b.GetDevice(b.ctx, &cip.GetDeviceInput{AccessToken: access, DeviceKey: &listed[0]})
	b.ok(err)
	attributes := map[string]string{}
	for _, a := range got.Device.DeviceAttributes {
		attributes[*a.Name] = *a.Value
	}
	if fmt.Sprint(attributes["device_name"], attributes["dev:device_remembered_status"]) != "browserremembered" || got.Device.DeviceCreateDate == nil {
		t.Errorf("device %v", attributes)
	}
	_, err = b.GetDevice(b.ctx, &cip.GetDeviceInput{AccessToken: access, DeviceKey: aws.String("us-east-1_abc")})
	b.fails(err, "ResourceNotFoundException: Device does not exist.")
	admin, err := b.AdminListDevices(b.ctx, &cip.AdminListDevicesInput{UserPoolId: &b.pool, Username: aws.String("anna")})
	b.ok(err)
	if len(admin.Devices) != 5 {
		t.Errorf("the administrator sees %d devices", len(admin.Devices))
	}
}
