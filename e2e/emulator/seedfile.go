package emulator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"
)

// The seed file (-seed): pools, clients, providers, users and groups in JSON, by the names of CloudFormation's AWS::Cognito
// resources, which lie inside the pool that they belong to. README.md documents it. It may be applied again: what is there
// is set to what the file says, users that are there stay as they are.

type seedFile struct {
	UserPools     []seedUserPool
	IdentityPools []seedIdentityPoolEntry
}

type seedUserPool struct {
	Id           string `aws:"UserPoolIdType,required"`
	UserPoolName string `aws:"UserPoolNameType,required"`
	poolSettings
	EnabledMfas           []string       // SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP
	WebAuthnConfiguration *webAuthnRules // as SetUserPoolMfaConfig has it
	AliasAttributes       []string       `aws:"AliasAttributesListType"`
	UsernameAttributes    []string       `aws:"UsernameAttributesListType"`
	UsernameConfiguration *usernameConfiguration
	Schema                []schemaAttribute `aws:"SchemaAttributesListType"`
	Domain                string            `aws:"DomainType"`
	IdentityProviders     []seedProvider
	ResourceServers       []seedServer
	Clients               []seedClient
	Groups                []seedGroup
	Users                 []seedUser
}

type seedProvider struct {
	ProviderName     string            `aws:"ProviderNameType,required"`
	ProviderType     string            `aws:"IdentityProviderTypeType,required"`
	ProviderDetails  map[string]string `aws:"ProviderDetailsType"`
	AttributeMapping map[string]string `aws:"AttributeMappingType"`
	IdpIdentifiers   []string          `aws:"IdpIdentifiersListType"`
	AcrMapping       map[string]string `aws:"AcrMappingType"`
}

type seedServer struct {
	Identifier string        `aws:"ResourceServerIdentifierType,required"`
	Name       string        `aws:"ResourceServerNameType,required"`
	Scopes     []serverScope `aws:"ResourceServerScopeListType"`
}

type seedClient struct {
	ClientId     string `aws:"ClientIdType,required"`
	ClientName   string `aws:"ClientNameType"`
	ClientSecret string `aws:"ClientSecretType"`
	clientSettings
}

type seedGroup struct {
	GroupName   string `aws:"GroupNameType,required"`
	Description string `aws:"DescriptionType"`
	RoleArn     string `aws:"ArnType"`
	Precedence  *int
}

type seedUser struct {
	Username       string      `aws:"UsernameType,required"`
	Password       string      `aws:"PasswordType"` // permanent: the user is confirmed. Without one an invitation is sent
	UserAttributes []attribute `aws:"AttributeListType"`
	Groups         []string
}

type seedIdentityPoolEntry struct {
	Id string `aws:"IdentityPoolId,required"`
	identityPoolSettings
	Roles map[string]string `aws:"RolesMap"`
}

// SeedJSON applies a seed file. It is applied whole or, if something in it is refused, up to there.
func (s *Server) SeedJSON(text []byte) error {
	file, err := readSeed(text)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.options.BaseURL, nil)
	if err != nil {
		return err
	}
	c := s.newCall(r, "Seed")
	s.mu.Lock()
	for _, p := range file.UserPools {
		if err = p.apply(c); err != nil {
			err = fmt.Errorf("user pool %s: %w", p.Id, err)
			break
		}
	}
	for _, p := range file.IdentityPools {
		if err == nil {
			err = p.apply(c)
		}
	}
	s.mu.Unlock()
	return errors.Join(err, s.commit())
}

func readSeed(text []byte) (*seedFile, error) {
	var file seedFile
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("line %d: %w", 1+bytes.Count(text[:syntax.Offset], []byte("\n")), err)
		}
		return nil, err
	}
	return &file, decode(text, reflect.TypeFor[seedFile](), &file)
}

func (p *seedUserPool) apply(c *call) error {
	if c.state.pools.get(p.Id) == nil {
		_, err := c.addPool(p.Id, &createUserPoolInput{
			PoolName: p.UserPoolName, poolSettings: p.beforeMFA(), AliasAttributes: p.AliasAttributes, UsernameAttributes: p.UsernameAttributes,
			Schema: p.Schema, UsernameConfiguration: p.UsernameConfiguration,
		})
		if err != nil {
			return err
		}
	} else if _, err := updateUserPool(c, &updateUserPoolInput{poolInput{p.Id}, p.UserPoolName, p.beforeMFA()}); err != nil {
		return err
	}
	for _, step := range []func(*call) error{p.applyMFA, p.applyDomain, p.applyProviders, p.applyServers, p.applyClients, p.applyGroups, p.applyUsers} {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

// beforeMFA are the settings without MFA, whose methods are turned on after.
func (p *seedUserPool) beforeMFA() poolSettings {
	s := p.poolSettings
	s.MfaConfiguration = ""
	return s
}

func (p *seedUserPool) applyMFA(c *call) error {
	in := &setMFAConfigInput{poolInput{p.Id}, mfaSettings{MfaConfiguration: cmp.Or(p.MfaConfiguration, "OFF"), WebAuthnConfiguration: p.WebAuthnConfiguration}}
	for _, method := range p.EnabledMfas {
		switch method {
		case "SMS_MFA":
			in.SmsMfaConfiguration = &smsMFA{SmsConfiguration: cmp.Or(p.SmsConfiguration, &smsConfiguration{SnsCallerArn: "arn:aws:iam::000000000000:role/local-sms"})}
		case "SOFTWARE_TOKEN_MFA":
			in.SoftwareTokenMfaConfiguration = &softwareMFA{Enabled: true}
		case "EMAIL_OTP":
			in.EmailMfaConfiguration = &emailMFA{}
		default:
			return fail(invalidParameter, "EnabledMfas: %s is none of SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP.", method)
		}
	}
	_, err := setUserPoolMfaConfig(c, in)
	return err
}

func (p *seedUserPool) applyDomain(c *call) error {
	if p.Domain == "" || c.state.pools.get(p.Id).Domain == p.Domain {
		return nil
	}
	_, err := createUserPoolDomain(c, &domainInput{Domain: p.Domain, UserPoolId: p.Id, ManagedLoginVersion: 2})
	return err
}

func (p *seedUserPool) applyProviders(c *call) error {
	for _, idp := range p.IdentityProviders {
		key := providerInput{p.Id, idp.ProviderName}
		_, err := updateIdentityProvider(c, &updateProviderInput{key, idp.ProviderDetails, idp.AttributeMapping, idp.IdpIdentifiers, idp.AcrMapping})
		if isKind(err, resourceNotFound) {
			_, err = createIdentityProvider(c, &createProviderInput{p.Id, idp.ProviderName, idp.ProviderType, idp.ProviderDetails, idp.AttributeMapping, idp.IdpIdentifiers, idp.AcrMapping})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *seedUserPool) applyServers(c *call) error {
	for _, s := range p.ResourceServers {
		c.state.pools.get(p.Id).Servers[s.Identifier] = &resourceServer{p.Id, s.Identifier, s.Name, s.Scopes}
	}
	return nil
}

func (p *seedUserPool) applyClients(c *call) error {
	for _, in := range p.Clients {
		client := c.findClient(in.ClientId)
		if client != nil && client.pool.ID != p.Id {
			return fail(invalidParameter, "The client %s is of another pool.", in.ClientId)
		}
		name := cmp.Or(in.ClientName, in.ClientId)
		var err error
		if client == nil {
			c.now = c.now.Add(time.Millisecond) // so that the file's first one stays the first
			_, err = c.addClient(in.ClientId, &createClientInput{UserPoolId: p.Id, ClientName: name, ClientSecret: in.ClientSecret, clientSettings: in.clientSettings})
		} else {
			_, err = updateUserPoolClient(c, &updateClientInput{clientInput{p.Id, in.ClientId}, name, in.clientSettings})
		}
		if err != nil {
			return fmt.Errorf("client %s: %w", in.ClientId, err)
		}
	}
	return nil
}

func (p *seedUserPool) applyGroups(c *call) error {
	for _, g := range p.Groups {
		in := &groupInput{g.GroupName, p.Id, g.Description, g.RoleArn, g.Precedence}
		_, err := updateGroup(c, in)
		if isKind(err, resourceNotFound) {
			_, err = createGroup(c, in)
		}
		if err != nil {
			return fmt.Errorf("group %s: %w", g.GroupName, err)
		}
	}
	return nil
}

func (p *seedUserPool) applyUsers(c *call) error {
	for _, in := range p.Users {
		if c.state.pools.get(p.Id).find(in.Username) != nil {
			continue
		}
		if err := in.create(c, p.Id); err != nil {
			return fmt.Errorf("user %s: %w", in.Username, err)
		}
	}
	return nil
}

func (in *seedUser) create(c *call, poolID string) error {
	action := "SUPPRESS"
	if in.Password == "" {
		action = ""
	}
	_, err := adminCreateUserOp(c, &adminCreateUserInput{
		UserPoolId: poolID, Username: in.Username, UserAttributes: in.UserAttributes, TemporaryPassword: in.Password,
		MessageAction: action, DesiredDeliveryMediums: []string{"EMAIL", "SMS"},
	})
	if err != nil {
		return err
	}
	who := poolUserInput{poolID, in.Username}
	if in.Password != "" {
		if _, err := adminSetUserPassword(c, &adminSetPasswordInput{who, in.Password, true}); err != nil {
			return err
		}
	}
	for _, group := range in.Groups {
		if _, err := adminAddUserToGroup(c, &memberInput{who, group}); err != nil {
			return err
		}
	}
	return nil
}

func (p *seedIdentityPoolEntry) apply(c *call) error {
	settings := p.identityPoolSettings
	settings.CognitoIdentityProviders = slices.Clone(settings.CognitoIdentityProviders)
	for i, provider := range settings.CognitoIdentityProviders {
		client := c.findClient(provider.ClientId)
		if provider.ProviderName == "" && client != nil { // the pool of the client
			settings.CognitoIdentityProviders[i].ProviderName = userPoolLoginName(client.pool)
		}
	}
	pool := c.state.federation.pools.get(p.Id)
	if pool == nil {
		pool = c.addIdentityPool(p.Id, &settings)
	}
	pool.identityPoolSettings = settings
	if p.Roles == nil {
		pool.roles = map[string]string{"authenticated": SeedAuthenticatedRole, "unauthenticated": SeedGuestRole}
		return nil
	}
	_, err := setIdentityPoolRoles(c, &rolesInput{p.Id, p.Roles, nil})
	return err
}
