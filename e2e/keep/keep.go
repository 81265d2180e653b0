// Package keep holds go.mod's requirements until the packages that use them exist.
package keep

import (
	_ "github.com/andybalholm/brotli"
	_ "github.com/aws/aws-sdk-go-v2/aws"
	_ "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	_ "github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	_ "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	_ "github.com/boombuler/barcode/qr"
	_ "github.com/chromedp/cdproto/webauthn"
	_ "github.com/chromedp/chromedp"
	_ "github.com/go-webauthn/webauthn/webauthn"
	_ "github.com/golang-jwt/jwt/v5"
	_ "github.com/hack-pad/safejs"
	_ "github.com/zitadel/oidc/v3/pkg/op"
	_ "rsc.io/qr/coding"
)
