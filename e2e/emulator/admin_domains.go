package emulator

import "strings"

var adminDomainOperations = service{
	"CreateUserPoolDomain":   op(createUserPoolDomain),
	"DescribeUserPoolDomain": op(describeUserPoolDomain),
	"UpdateUserPoolDomain":   op(updateUserPoolDomain),
	"DeleteUserPoolDomain":   op(deleteUserPoolDomain),
}

type domainInput struct {
	Domain              string `aws:"DomainType,required"`
	UserPoolId          string `aws:"UserPoolIdType,required"`
	ManagedLoginVersion int
	CustomDomainConfig  *customDomain
	Routing             *domainRouting
}

// customDomain names the certificate of a domain of one's own. Here that is this server's origin as well.
type customDomain struct {
	CertificateArn string `aws:"ArnType,required"`
}

// domainRouting says by which health check a domain goes to the replica's Region.
type domainRouting struct {
	Failover *struct {
		SecondaryRegion             string `aws:"RegionCodeType,required"`
		PrimaryRoute53HealthCheckId string `aws:"StringType,required"`
	} `json:",omitempty"`
}

// domainSettings are what a domain prefix is set to.
type domainSettings struct {
	ManagedLoginVersion int
	Version             string         // of the domain's files, a time
	Custom              *customDomain  `json:",omitempty"`
	Routing             *domainRouting `json:",omitempty"`
}

type domainOutput struct {
	ManagedLoginVersion int            `json:",omitempty"`
	Routing             *domainRouting `json:",omitempty"`
}

// createUserPoolDomain claims a domain prefix. The domain is this server's own origin, whatever the prefix.
func createUserPoolDomain(c *call, in *domainInput) (*domainOutput, error) {
	p, err := c.pool(in.UserPoolId)
	switch {
	case err != nil:
		return nil, err
	case c.domainOwner(in.Domain) != nil:
		return nil, fail(invalidParameter, "Domain already associated with another user pool.")
	case p.Domain != "":
		return nil, fail(invalidParameter, "User pool already has a domain configured.")
	case strings.Contains(in.Domain, "cognito") || strings.Contains(in.Domain, "aws"):
		return nil, fail(invalidParameter, "Domain cannot contain reserved word: cognito")
	}
	if err := p.checkRouting(in.Routing); err != nil {
		return nil, err
	}
	p.Domain = in.Domain
	return p.setDomain(c, in), nil
}

func (p *userPool) setDomain(c *call, in *domainInput) *domainOutput {
	p.DomainSettings = domainSettings{in.ManagedLoginVersion, c.now.UTC().Format("20060102150405"), in.CustomDomainConfig, in.Routing}
	return &domainOutput{in.ManagedLoginVersion, in.Routing}
}

// checkRouting refuses to fail over to where the pool has no replica. The exception is not documented.
func (p *userPool) checkRouting(r *domainRouting) error {
	if r == nil || r.Failover == nil || p.Replica != nil && p.Replica.Region == r.Failover.SecondaryRegion {
		return nil
	}
	return fail(invalidParameter, "The user pool has no replica in %s.", r.Failover.SecondaryRegion)
}

// updateUserPoolDomain replaces the settings of a domain. Nothing fails over here: there are no health checks.
func updateUserPoolDomain(c *call, in *domainInput) (*domainOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if p.Domain != in.Domain {
		return nil, fail(invalidParameter, "No such domain or user pool exists.")
	}
	if err := p.checkRouting(in.Routing); err != nil {
		return nil, err
	}
	return p.setDomain(c, in), nil
}

type describeDomainInput struct {
	Domain string `aws:"DomainType,required"`
}

// domainDescription has the members of the API reference's DomainDescriptionType.
type domainDescription struct {
	UserPoolId             string         `json:",omitempty"`
	AWSAccountId           string         `json:",omitempty"`
	Domain                 string         `json:",omitempty"`
	S3Bucket               string         `json:",omitempty"`
	CloudFrontDistribution string         `json:",omitempty"`
	Version                string         `json:",omitempty"`
	Status                 string         `json:",omitempty"`
	CustomDomainConfig     *customDomain  `json:",omitempty"`
	ManagedLoginVersion    int            `json:",omitempty"`
	Routing                *domainRouting `json:",omitempty"`
}

type describeDomainOutput struct{ DomainDescription domainDescription }

func describeUserPoolDomain(c *call, in *describeDomainInput) (*describeDomainOutput, error) {
	p := c.domainOwner(in.Domain)
	if p == nil {
		return &describeDomainOutput{}, nil
	}
	return &describeDomainOutput{domainDescription{
		UserPoolId: p.ID, AWSAccountId: "000000000000", Domain: in.Domain, S3Bucket: "aws-cognito-prod-local-assets",
		CloudFrontDistribution: "local.cloudfront.net", Version: p.DomainSettings.Version, Status: "ACTIVE",
		CustomDomainConfig: p.DomainSettings.Custom, ManagedLoginVersion: p.DomainSettings.ManagedLoginVersion, Routing: p.DomainSettings.Routing,
	}}, nil
}

func deleteUserPoolDomain(c *call, in *domainInput) (*empty, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if p.Domain != in.Domain {
		return nil, fail(invalidParameter, "No such domain or user pool exists.")
	}
	p.Domain, p.DomainSettings = "", domainSettings{}
	return nil, nil
}

// domainOwner is the pool that has a domain; nil if none has.
func (c *call) domainOwner(domain string) *userPool {
	for _, p := range c.state.pools.all() {
		if p.Domain == domain {
			return p
		}
	}
	return nil
}
