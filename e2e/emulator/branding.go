package emulator

// Branding of managed login: stored and given back, the pages here look as they look.

var brandingOperations = service{
	"CreateManagedLoginBranding":           op(createBranding),
	"DescribeManagedLoginBranding":         op(describeBranding),
	"DescribeManagedLoginBrandingByClient": op(describeBrandingByClient),
	"UpdateManagedLoginBranding":           op(updateBranding),
	"DeleteManagedLoginBranding":           op(deleteBranding),
}

type brandingAsset struct {
	Category   string `aws:"StringType,required"`
	ColorMode  string `aws:"StringType,required"`
	Extension  string `aws:"StringType,required"`
	Bytes      []byte `json:",omitempty"`
	ResourceId string `json:",omitempty" aws:"StringType"`
}

type brandingSettings struct {
	UseCognitoProvidedValues bool
	Settings                 map[string]any  `json:",omitempty"`
	Assets                   []brandingAsset `json:",omitempty"`
}

type brandingType struct {
	ManagedLoginBrandingId, UserPoolId string
	brandingSettings
	CreationDate, LastModifiedDate epoch
}

// branding is a style and the client that has it.
type branding struct {
	ClientID string
	brandingType
}

type createBrandingInput struct {
	clientInput
	brandingSettings
}

type brandingOutput struct{ ManagedLoginBranding brandingType }

func createBranding(c *call, in *createBrandingInput) (*brandingOutput, error) {
	client, err := c.poolClient(in.clientInput)
	switch {
	case err != nil:
		return nil, err
	case in.UseCognitoProvidedValues && (in.Settings != nil || in.Assets != nil):
		return nil, fail(invalidParameter, "UseCognitoProvidedValues excludes Settings and Assets.")
	case client.pool.brandingOf(client.ID) != nil:
		return nil, fail("ManagedLoginBrandingExistsException", "The app client has a managed login branding style already.")
	}
	b := &branding{in.ClientId, brandingType{uuid(), in.UserPoolId, in.brandingSettings, seconds(c.now), seconds(c.now)}}
	client.pool.Branding[b.ManagedLoginBrandingId] = b
	return &brandingOutput{b.brandingType}, nil
}

func (p *userPool) brandingOf(clientID string) *branding {
	for _, b := range p.Branding {
		if b.ClientID == clientID {
			return b
		}
	}
	return nil
}

type brandingInput struct {
	UserPoolId             string `aws:"UserPoolIdType,required"`
	ManagedLoginBrandingId string `aws:"ManagedLoginBrandingIdType,required"`
}

func (c *call) brandingByID(in brandingInput) (*userPool, *branding, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, nil, err
	}
	if p.Branding[in.ManagedLoginBrandingId] == nil {
		return nil, nil, fail(resourceNotFound, "Managed login branding %s does not exist.", in.ManagedLoginBrandingId)
	}
	return p, p.Branding[in.ManagedLoginBrandingId], nil
}

type describeBrandingInput struct {
	brandingInput
	ReturnMergedResources bool
}

func describeBranding(c *call, in *describeBrandingInput) (*brandingOutput, error) {
	_, b, err := c.brandingByID(in.brandingInput)
	if err != nil {
		return nil, err
	}
	return &brandingOutput{b.brandingType}, nil
}

type describeBrandingByClientInput struct {
	clientInput
	ReturnMergedResources bool
}

func describeBrandingByClient(c *call, in *describeBrandingByClientInput) (*brandingOutput, error) {
	client, err := c.poolClient(in.clientInput)
	if err != nil {
		return nil, err
	}
	b := client.pool.brandingOf(client.ID)
	if b == nil {
		return nil, fail(resourceNotFound, "The app client has no managed login branding style.")
	}
	return &brandingOutput{b.brandingType}, nil
}

type updateBrandingInput struct {
	UserPoolId             string `aws:"UserPoolIdType"`
	ManagedLoginBrandingId string `aws:"ManagedLoginBrandingIdType"`
	brandingSettings
}

func updateBranding(c *call, in *updateBrandingInput) (*brandingOutput, error) {
	_, b, err := c.brandingByID(brandingInput{in.UserPoolId, in.ManagedLoginBrandingId})
	if err != nil {
		return nil, err
	}
	b.brandingSettings, b.LastModifiedDate = in.brandingSettings, seconds(c.now)
	return &brandingOutput{b.brandingType}, nil
}

func deleteBranding(c *call, in *brandingInput) (*empty, error) {
	p, b, err := c.brandingByID(*in)
	if err != nil {
		return nil, err
	}
	delete(p.Branding, b.ManagedLoginBrandingId)
	return nil, nil
}
