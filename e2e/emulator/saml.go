package emulator

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"
)

// SAML 2.0 assertions with an enveloped XML signature (RSA-SHA256, exclusive canonicalisation). Ours are written in
// canonical form, so that the signed bytes are those of the document; one that is not in that form fails to verify.

const (
	samlAudience = "https://signin.aws.amazon.com/saml"
	samlRole     = "https://aws.amazon.com/SAML/Attributes/Role"

	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	excC14N     = "http://www.w3.org/2001/10/xml-exc-c14n#"
	samlTime    = "2006-01-02T15:04:05.000Z"
)

type assertion struct {
	Issuer, Subject, Audience string
	Attributes                []samlAttribute
	issued, expires           time.Time
}

type samlAttribute struct {
	Name   string
	Values []string
}

// signAssertion returns a SAML response with the assertion, in base64.
func signAssertion(key *rsa.PrivateKey, a assertion) (string, error) {
	id, now := "_"+uuid(), a.issued.UTC().Format(samlTime)
	text := func(s string) string {
		var b bytes.Buffer
		xml.EscapeText(&b, []byte(s))
		return b.String()
	}
	var attributes strings.Builder
	for _, attr := range a.Attributes {
		fmt.Fprintf(&attributes, `<saml:Attribute Name="%s">`, text(attr.Name))
		for _, v := range attr.Values {
			fmt.Fprintf(&attributes, `<saml:AttributeValue>%s</saml:AttributeValue>`, text(v))
		}
		attributes.WriteString(`</saml:Attribute>`)
	}
	head := fmt.Sprintf(`<saml:Assertion xmlns:saml="%s" ID="%s" IssueInstant="%s" Version="2.0"><saml:Issuer>%s</saml:Issuer>`, nsAssertion, id, now, text(a.Issuer))
	expires := a.expires.UTC().Format(samlTime)
	tail := fmt.Sprintf(`<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">%s</saml:NameID>`+
		`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="%s" Recipient="%s"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>`+
		`<saml:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience></saml:AudienceRestriction></saml:Conditions>`+
		`<saml:AuthnStatement AuthnInstant="%s"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`+
		`<saml:AttributeStatement>%s</saml:AttributeStatement></saml:Assertion>`,
		text(a.Subject), expires, samlAudience, now, expires, text(a.Audience), now, attributes.String())
	digest := sha256.Sum256([]byte(head + tail))
	info := fmt.Sprintf(`<ds:CanonicalizationMethod Algorithm="%s"></ds:CanonicalizationMethod>`+
		`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>`+
		`<ds:Reference URI="#%s"><ds:Transforms><ds:Transform Algorithm="%senveloped-signature"></ds:Transform><ds:Transform Algorithm="%s"></ds:Transform></ds:Transforms>`+
		`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>%s</ds:DigestValue></ds:Reference>`,
		excC14N, id, nsSignature, excC14N, base64.StdEncoding.EncodeToString(digest[:]))
	sum := sha256.Sum256(canonicalInfo(info))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	response := fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="%s" ID="_%s" IssueInstant="%s" Version="2.0">`+
		`<saml:Issuer xmlns:saml="%s">%s</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>`+
		`%s<ds:Signature xmlns:ds="%s"><ds:SignedInfo>%s</ds:SignedInfo><ds:SignatureValue>%s</ds:SignatureValue></ds:Signature>%s</samlp:Response>`,
		samlAudience, uuid(), now, nsAssertion, text(a.Issuer), head, nsSignature, info, base64.StdEncoding.EncodeToString(signature), tail)
	return base64.StdEncoding.EncodeToString([]byte(response)), nil
}

// canonicalInfo is SignedInfo in exclusive canonical form, where the element declares the namespace that it uses.
func canonicalInfo(content string) []byte {
	return []byte(`<ds:SignedInfo xmlns:ds="` + nsSignature + `">` + content + `</ds:SignedInfo>`)
}

// verifyAssertion checks the signature of the one assertion in a response and reads it.
func verifyAssertion(response []byte, key *rsa.PublicKey) (*assertion, error) {
	doc := string(response)
	whole, ok := element(doc, `<saml:Assertion `, `</saml:Assertion>`)
	if !ok || strings.Count(doc, "<saml:Assertion ") != 1 {
		return nil, errors.New("it has not one assertion")
	}
	signature, ok := element(whole, `<ds:Signature `, `</ds:Signature>`)
	if !ok {
		return nil, errors.New("the assertion is not signed")
	}
	info, ok := element(signature, `<ds:SignedInfo>`, `</ds:SignedInfo>`)
	if !ok {
		return nil, errors.New("it has no SignedInfo")
	}
	info = strings.TrimSuffix(strings.TrimPrefix(info, `<ds:SignedInfo>`), `</ds:SignedInfo>`)
	var signed struct {
		Reference struct {
			URI         string `xml:",attr"`
			DigestValue string
		} `xml:"SignedInfo>Reference"`
		SignatureValue string
	}
	if err := xml.Unmarshal([]byte(signature), &signed); err != nil {
		return nil, err
	}
	value, err := base64.StdEncoding.DecodeString(signed.SignatureValue)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(canonicalInfo(info))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], value); err != nil {
		return nil, errors.New("the signature does not match")
	}
	digest := sha256.Sum256([]byte(strings.Replace(whole, signature, "", 1)))
	if base64.StdEncoding.EncodeToString(digest[:]) != signed.Reference.DigestValue {
		return nil, errors.New("the assertion was changed after it was signed")
	}
	var read struct {
		ID         string `xml:",attr"`
		Issuer     string
		Subject    string `xml:"Subject>NameID"`
		Conditions struct {
			NotOnOrAfter time.Time `xml:",attr"`
			Audience     string    `xml:"AudienceRestriction>Audience"`
		}
		Attributes []struct {
			Name   string   `xml:",attr"`
			Values []string `xml:"AttributeValue"`
		} `xml:"AttributeStatement>Attribute"`
	}
	if err := xml.Unmarshal([]byte(whole), &read); err != nil {
		return nil, err
	}
	if signed.Reference.URI != "#"+read.ID {
		return nil, errors.New("the signature is of another element")
	}
	a := &assertion{Issuer: read.Issuer, Subject: read.Subject, Audience: read.Conditions.Audience, expires: read.Conditions.NotOnOrAfter}
	for _, attr := range read.Attributes {
		a.Attributes = append(a.Attributes, samlAttribute(attr))
	}
	return a, nil
}

// element cuts the first element out that starts and ends with the given texts.
func element(doc, start, end string) (string, bool) {
	i := strings.Index(doc, start)
	if i < 0 {
		return "", false
	}
	j := strings.Index(doc[i:], end)
	if j < 0 {
		return "", false
	}
	return doc[i : i+j+len(end)], true
}
