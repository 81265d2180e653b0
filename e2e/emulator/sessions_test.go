package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/golang-jwt/jwt/v5"
)

func (b *bed) refresh(token *string) (*types.AuthenticationResultType, error) {
	out, err := b.GetTokensFromRefreshToken(b.ctx, &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: token})
	if err != nil {
		return nil, err
	}
	return out.AuthenticationResult, nil
}

func (b *bed) getUser(access *string) error {
	_, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: access})
	return err
}

func TestTokens(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	_, err := b.AdminUpdateUserAttributes(b.ctx, &cip.AdminUpdateUserAttributesInput{UserPoolId: &b.pool, Username: aws.String("anna"), UserAttributes: []types.AttributeType{attr("name", "Anna")}})
	b.ok(err)
	for i, g := range []string{"staff", "admins"} {
		_, err := b.CreateGroup(b.ctx, &cip.CreateGroupInput{UserPoolId: &b.pool, GroupName: &g, Precedence: aws.Int32(int32(9 - i)), RoleArn: aws.String("arn:aws:iam::000000000000:role/" + g)})
		b.ok(err)
		_, err = b.AdminAddUserToGroup(b.ctx, &cip.AdminAddUserToGroupInput{UserPoolId: &b.pool, GroupName: &g, Username: aws.String("anna")})
		b.ok(err)
	}
	r := b.password("anna", goodPassword)
	id, access := claims(t, r.IdToken), claims(t, r.AccessToken)
	now := float64(b.server.Now().Unix())
	issuer := b.server.URL() + "/" + b.pool
	for _, c := range []struct {
		token map[string]any
		claim string
		want  any
	}{
		{id, "iss", issuer}, {id, "aud", b.client}, {id, "token_use", "id"}, {id, "cognito:username", "anna"}, {id, "email", "anna@example.com"},
		{id, "email_verified", true}, {id, "phone_number", "+15555550123"}, {id, "name", "Anna"}, {id, "client_id", nil}, {id, "scope", nil},
		{id, "cognito:preferred_role", "arn:aws:iam::000000000000:role/admins"}, {id, "nonce", nil},
		{access, "iss", issuer}, {access, "client_id", b.client}, {access, "token_use", "access"}, {access, "username", "anna"}, {access, "aud", nil},
		{access, "scope", "aws.cognito.signin.user.admin"}, {access, "version", nil}, {access, "device_key", nil}, {access, "email", nil},
	} {
		if got := c.token[c.claim]; got != c.want {
			t.Errorf("%s is %v, want %v", c.claim, got, c.want)
		}
	}
	for _, claim := range []string{"origin_jti", "event_id", "auth_time", "sub", "iat"} {
		if id[claim] == nil || id[claim] != access[claim] {
			t.Errorf("%s: %v and %v", claim, id[claim], access[claim])
		}
	}
	for _, token := range []map[string]any{id, access} {
		if exp := token["exp"].(float64); exp < now+3590 || exp > now+3610 {
			t.Errorf("exp is %v s away", exp-now)
		}
		if groups, _ := token["cognito:groups"].([]any); len(groups) != 2 || groups[0] != "admins" {
			t.Errorf("groups %v", token["cognito:groups"])
		}
	}
	if id["jti"] == access["jti"] || id["jti"] == nil {
		t.Error("both tokens have one jti")
	}
	if parts := strings.Split(*r.RefreshToken, "."); len(parts) != 5 || len(*r.RefreshToken) < 1000 {
		t.Error("the refresh token does not look like Cognito's")
	}

	// The published keys verify the tokens, each its own kind.
	res, err := http.Get(issuer + "/.well-known/jwks.json")
	b.ok(err)
	defer res.Body.Close()
	var set struct{ Keys []map[string]string }
	b.ok(json.NewDecoder(res.Body).Decode(&set))
	kids := map[any]bool{}
	for _, token := range []*string{r.IdToken, r.AccessToken} {
		parsed, err := jwt.Parse(*token, func(token *jwt.Token) (any, error) {
			if token.Header["alg"] != "RS256" || len(token.Header) != 2 {
				t.Errorf("header %v", token.Header)
			}
			kids[token.Header["kid"]] = true
			b.server.mu.Lock()
			defer b.server.mu.Unlock()
			for _, k := range b.server.state.pools.get(b.pool).Keys.published() {
				for _, published := range set.Keys {
					if k.Kid == token.Header["kid"] && published["kid"] == k.Kid && published["use"] == "sig" && published["alg"] == "RS256" {
						return &k.Private.PublicKey, nil
					}
				}
			}
			t.Errorf("kid %v is not published", token.Header["kid"])
			return nil, nil
		})
		if err != nil || !parsed.Valid {
			t.Error(err)
		}
	}
	if len(set.Keys) != 2 || len(kids) != 2 {
		t.Errorf("%d keys published, %d used", len(set.Keys), len(kids))
	}
	res, err = http.Get(issuer + "/.well-known/openid-configuration")
	b.ok(err)
	defer res.Body.Close()
	var discovery map[string]any
	b.ok(json.NewDecoder(res.Body).Decode(&discovery))
	if discovery["issuer"] != issuer || discovery["jwks_uri"] != issuer+"/.well-known/jwks.json" {
		t.Errorf("discovery %v", discovery)
	}
}

func TestTokenRefusals(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	r := b.password("anna", goodPassword)
	b.ok(b.getUser(r.AccessToken))
	forge := func(change func(map[string]any)) *string {
		c := claims(t, r.AccessToken)
		change(c)
		token, err := b.server.SignToken(b.pool, "access", c)
		b.ok(err)
		return &token
	}
	forged := strings.Split(*forge(func(c map[string]any) { c["sub"] = "x" }), ".")
	forged[2] = strings.Split(*r.AccessToken, ".")[2]
	for _, c := range []struct {
		name, want string
		token      *string
	}{
		{"an ID token", "NotAuthorizedException: Invalid Access Token", r.IdToken},
		{"garbage", "NotAuthorizedException: Invalid Access Token", aws.String("garbage")},
		{"a changed payload", "NotAuthorizedException: Invalid Access Token", aws.String(strings.Join(forged, "."))},
		{"no admin scope", "NotAuthorizedException: Access Token does not have required scopes", forge(func(c map[string]any) { c["scope"] = "openid" })},
		{"another issuer", "NotAuthorizedException: Invalid Access Token", forge(func(c map[string]any) { c["iss"] = "https://example.com/" + b.pool })},
		{"expired", "NotAuthorizedException: Access Token has expired", forge(func(c map[string]any) { c["exp"] = b.server.Now().Add(-time.Second).Unix() })},
		{"no expiry", "NotAuthorizedException: Invalid Access Token", forge(func(c map[string]any) { delete(c, "exp") })},
		{"a deleted user", "UserNotFoundException", forge(func(c map[string]any) { c["sub"] = uuid() })},
	} {
		t.Run(c.name, func(t *testing.T) { b.fails(b.getUser(c.token), c.want) })
	}
	b.server.Advance(time.Hour)
	b.fails(b.getUser(r.AccessToken), "NotAuthorizedException: Access Token has expired")
	fresh, err := b.refresh(r.RefreshToken)
	b.ok(err)
	b.ok(b.getUser(fresh.AccessToken))
	b.ok(b.server.RotateKeys(b.pool, true))
	b.ok(b.getUser(fresh.AccessToken))
	b.ok(b.server.RotateKeys(b.pool, false))
	b.fails(b.getUser(fresh.AccessToken), "NotAuthorizedException: Invalid Access Token")
}

func TestRefresh(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	r := b.password("anna", goodPassword)
	before := claims(t, r.AccessToken)
	b.server.Advance(30 * time.Minute)
	fresh, err := b.refresh(r.RefreshToken)
	b.ok(err)
	after := claims(t, fresh.AccessToken)
	for claim, same := range map[string]bool{"origin_jti": true, "auth_time": true, "sub": true, "event_id": true, "jti": false, "iat": false, "exp": false} {
		if (before[claim] == after[claim]) != same {
			t.Errorf("%s: %v, then %v", claim, before[claim], after[claim])
		}
	}
	if fresh.RefreshToken != nil || fresh.IdToken == nil {
		t.Error("without rotation the answer has ID and access token only")
	}
	old, err := b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *r.RefreshToken)
	b.ok(err)
	if old.AuthenticationResult.RefreshToken != nil {
		t.Error("REFRESH_TOKEN_AUTH gave a refresh token")
	}
	_, err = b.start("REFRESH_TOKEN_AUTH")
	b.fails(err, "InvalidParameterException: Missing required parameter REFRESH_TOKEN")
	_, err = b.refresh(aws.String("nonsense"))
	b.fails(err, "NotAuthorizedException: Invalid Refresh Token")
	other, err := b.CreateUserPoolClient(b.ctx, &cip.CreateUserPoolClientInput{UserPoolId: &b.pool, ClientName: aws.String("other")})
	b.ok(err)
	mine := b.client
	b.client = *other.UserPoolClient.ClientId
	_, err = b.refresh(r.RefreshToken)
	b.fails(err, "NotAuthorizedException: Invalid Refresh Token")
	b.client = mine
	b.server.Advance(30 * 24 * time.Hour)
	_, err = b.refresh(r.RefreshToken)
	b.fails(err, "NotAuthorizedException: Refresh Token has expired")
}

func TestRotation(t *testing.T) {
	for _, grace := range []int32{0, 10} {
		b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
			c.RefreshTokenRotation = &types.RefreshTokenRotationType{Feature: "ENABLED", RetryGracePeriodSeconds: &grace}
		})
		b.addUser("anna", goodPassword)
		first := b.password("anna", goodPassword).RefreshToken
		second, err := b.refresh(first)
		b.ok(err)
		if second.RefreshToken == nil || *second.RefreshToken == *first {
			t.Fatal("not rotated")
		}
		if grace > 0 {
			_, err := b.refresh(first)
			b.ok(err)
			b.server.Advance(time.Duration(grace) * time.Second)
		}
		_, err = b.refresh(first)
		b.fails(err, "RefreshTokenReuseException")
		_, err = b.refresh(second.RefreshToken)
		b.ok(err)
		_, err = b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *second.RefreshToken)
		b.fails(err, "InvalidParameterException: REFRESH_TOKEN_AUTH flow not enabled for this client")
	}
	t.Run("rest of the lifetime", func(t *testing.T) {
		b := newBed(t)
		b.client = SeedRotatingClientID
		token := b.password("demo", SeedPassword).RefreshToken
		for range 3 {
			b.server.Advance(9 * 24 * time.Hour)
			next, err := b.refresh(token)
			b.ok(err)
			token = next.RefreshToken
		}
		b.server.Advance(4 * 24 * time.Hour)
		_, err := b.refresh(token)
		b.fails(err, "NotAuthorizedException: Refresh Token has expired")
	})
}

func TestRevoke(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	one, two := b.password("anna", goodPassword), b.password("anna", goodPassword)
	revoke := func(token *string) error {
		_, err := b.RevokeToken(b.ctx, &cip.RevokeTokenInput{ClientId: &b.client, Token: token})
		return err
	}
	b.fails(revoke(one.AccessToken), "UnsupportedTokenTypeException")
	b.ok(revoke(aws.String("unknown")))
	b.ok(revoke(one.RefreshToken))
	b.ok(revoke(one.RefreshToken))
	_, err := b.refresh(one.RefreshToken)
	b.fails(err, "NotAuthorizedException: Refresh Token has been revoked")
	b.fails(b.getUser(one.AccessToken), "NotAuthorizedException: Access Token has been revoked")
	b.ok(b.getUser(two.AccessToken)) // other sessions live on

	_, err = b.GlobalSignOut(b.ctx, &cip.GlobalSignOutInput{AccessToken: two.AccessToken})
	b.ok(err)
	b.fails(b.getUser(two.AccessToken), "NotAuthorizedException: Access Token has been revoked")
	_, err = b.refresh(two.RefreshToken)
	b.fails(err, "NotAuthorizedException: Refresh Token has been revoked")
	three := b.password("anna", goodPassword)
	b.ok(b.getUser(three.AccessToken))
	_, err = b.AdminUserGlobalSignOut(b.ctx, &cip.AdminUserGlobalSignOutInput{UserPoolId: &b.pool, Username: aws.String("anna")})
	b.ok(err)
	b.fails(b.getUser(three.AccessToken), "NotAuthorizedException: Access Token has been revoked")

	four := b.password("anna", goodPassword)
	other, err := b.CreateUserPoolClient(b.ctx, &cip.CreateUserPoolClientInput{UserPoolId: &b.pool, ClientName: aws.String("other"), EnableTokenRevocation: aws.Bool(false), ExplicitAuthFlows: allFlows})
	b.ok(err)
	b.client = *other.UserPoolClient.ClientId
	b.fails(revoke(four.RefreshToken), "UnsupportedOperationException")
	if _, has := claims(t, b.password("anna", goodPassword).AccessToken)["origin_jti"]; has {
		t.Error("origin_jti although revocation is off")
	}
}

func TestLifetimes(t *testing.T) {
	b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		c.AccessTokenValidity, c.IdTokenValidity, c.RefreshTokenValidity = aws.Int32(5), aws.Int32(2), 60
		c.TokenValidityUnits = &types.TokenValidityUnitsType{AccessToken: "minutes", IdToken: "hours", RefreshToken: "minutes"}
	})
	b.addUser("anna", goodPassword)
	r := b.password("anna", goodPassword)
	now := float64(b.server.Now().Unix())
	if r.ExpiresIn != 300 {
		t.Errorf("ExpiresIn %d", r.ExpiresIn)
	}
	if left := claims(t, r.IdToken)["exp"].(float64) - now; left < 7190 || left > 7210 {
		t.Errorf("ID token lives %v s", left)
	}
	b.server.Advance(time.Hour)
	_, err := b.refresh(r.RefreshToken)
	b.fails(err, "NotAuthorizedException: Refresh Token has expired")
	for _, wrong := range []*cip.CreateUserPoolClientInput{
		{AccessTokenValidity: aws.Int32(25)}, {IdTokenValidity: aws.Int32(299), TokenValidityUnits: &types.TokenValidityUnitsType{IdToken: "seconds"}}, {RefreshTokenValidity: 3651},
	} {
		wrong.UserPoolId, wrong.ClientName = &b.pool, aws.String("wrong")
		_, err := b.CreateUserPoolClient(b.ctx, wrong)
		b.fails(err, "InvalidParameterException")
	}
}
