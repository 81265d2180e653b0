package emulator

import (
	"encoding/base64"
	"slices"
)

// Secrets of an app client: one, or two while the first is being replaced.

var adminSecretOperations = service{
	"AddUserPoolClientSecret":    op(addUserPoolClientSecret),
	"DeleteUserPoolClientSecret": op(deleteUserPoolClientSecret),
	"ListUserPoolClientSecrets":  op(listUserPoolClientSecrets),
}

type clientSecret struct {
	ID, Value string
	Created   epoch
}

// maxSecrets is the limit of the API reference, AddUserPoolClientSecret.
const maxSecrets = 2

// secret is the client's first secret; "" of a public client.
func (pc *poolClient) secret() string {
	if len(pc.Secrets) == 0 {
		return ""
	}
	return pc.Secrets[0].Value
}

func (pc *poolClient) addSecret(c *call, value string) clientSecret {
	s := clientSecret{pc.ID + "--" + randomText(13, "0123456789"), value, seconds(c.now)}
	pc.Secrets = append(pc.Secrets, s)
	return s
}

func newClientSecret() string { return randomText(52, lowerAlphanumeric) }

type addSecretInput struct {
	clientInput
	ClientSecret string `aws:"ClientSecretType"`
}

type secretDescriptor struct {
	ClientSecretId         string
	ClientSecretValue      string `json:",omitempty"` // of one that was made for the caller, once
	ClientSecretCreateDate epoch
}

type secretOutput struct{ ClientSecretDescriptor secretDescriptor }

func addUserPoolClientSecret(c *call, in *addSecretInput) (*secretOutput, error) {
	client, err := c.poolClient(in.clientInput)
	switch {
	case err != nil:
		return nil, err
	case len(client.Secrets) == 0:
		return nil, fail(invalidParameter, "The app client was created without a secret.")
	case len(client.Secrets) >= maxSecrets:
		return nil, fail(limitExceeded, "An app client can have up to %d secrets.", maxSecrets)
	}
	if in.ClientSecret != "" {
		s := client.addSecret(c, in.ClientSecret)
		return &secretOutput{secretDescriptor{s.ID, "", s.Created}}, nil
	}
	s := client.addSecret(c, newClientSecret())
	return &secretOutput{secretDescriptor{s.ID, s.Value, s.Created}}, nil
}

type deleteSecretInput struct {
	clientInput
	ClientSecretId string `aws:"StringType,required"`
}

func deleteUserPoolClientSecret(c *call, in *deleteSecretInput) (*empty, error) {
	client, err := c.poolClient(in.clientInput)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(client.Secrets, func(s clientSecret) bool { return s.ID == in.ClientSecretId })
	switch {
	case i < 0:
		return nil, fail(resourceNotFound, "Client secret %s does not exist.", in.ClientSecretId)
	case len(client.Secrets) == 1:
		return nil, fail(invalidParameter, "The last secret of an app client cannot be deleted.")
	}
	client.Secrets = slices.Delete(client.Secrets, i, i+1)
	return nil, nil
}

type listSecretsInput struct {
	clientInput
	NextToken string `aws:"PaginationKey"`
}

type listSecretsOutput struct {
	ClientSecrets []secretDescriptor
	NextToken     string `json:",omitempty"`
}

func listUserPoolClientSecrets(c *call, in *listSecretsInput) (*listSecretsOutput, error) {
	client, err := c.poolClient(in.clientInput)
	if err != nil {
		return nil, err
	}
	out := &listSecretsOutput{ClientSecrets: []secretDescriptor{}}
	for _, s := range client.Secrets {
		out.ClientSecrets = append(out.ClientSecrets, secretDescriptor{ClientSecretId: s.ID, ClientSecretCreateDate: s.Created})
	}
	return out, nil
}

// checkSecretHash compares SECRET_HASH for any of the names that the client may have used.
func (pc *poolClient) checkSecretHash(given string, names ...string) error {
	switch {
	case pc.secret() == "" && given == "":
		return nil
	case pc.secret() == "":
		return fail(notAuthorized, "Client %s is not configured with a secret but SECRET_HASH was received", pc.ID)
	case given == "":
		return fail(notAuthorized, "Client %s is configured with secret but SECRET_HASH was not received", pc.ID)
	}
	for _, secret := range pc.Secrets {
		for _, name := range names {
			if equal(given, secretHash(secret.Value, name, pc.ID)) {
				return nil
			}
		}
	}
	return fail(notAuthorized, "SecretHash does not match for the client: %s", pc.ID)
}

// secretHash is SECRET_HASH: base64(HMAC-SHA-256(client secret, user name + client id)).
func secretHash(secret, username, clientID string) string {
	return base64.StdEncoding.EncodeToString(mac([]byte(secret), []byte(username), []byte(clientID)))
}
