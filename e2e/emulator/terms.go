package emulator

import (
	"maps"
	"slices"
)

// Terms documents of managed login: stored and given back, not shown.

var termsOperations = service{
	"CreateTerms":           op(createTerms),
	"DescribeTerms":         op(describeTerms),
	"DescribeTermsByClient": op(describeTermsByClient),
	"UpdateTerms":           op(updateTerms),
	"DeleteTerms":           op(deleteTerms),
	"ListTerms":             op(listTerms),
}

type termsSettings struct {
	TermsName   string            `json:",omitempty" aws:"TermsNameType"`
	TermsSource string            `json:",omitempty" aws:"TermsSourceType"`
	Enforcement string            `json:",omitempty" aws:"TermsEnforcementType"`
	Links       map[string]string `json:",omitempty" aws:"LinksType"`
}

type terms struct {
	TermsId, UserPoolId, ClientId string
	termsSettings
	CreationDate, LastModifiedDate epoch
}

type createTermsInput struct {
	clientInput
	termsSettings
}

type termsOutput struct{ Terms terms }

func createTerms(c *call, in *createTermsInput) (*termsOutput, error) {
	client, err := c.poolClient(in.clientInput)
	switch {
	case err != nil:
		return nil, err
	case in.TermsName == "" || in.TermsSource == "" || in.Enforcement == "":
		return nil, fail(invalidParameter, "Terms need TermsName, TermsSource and Enforcement.")
	case client.pool.termsOf(client.ID, in.TermsName) != nil:
		return nil, fail("TermsExistsException", "The app client has terms of the name %s already.", in.TermsName)
	}
	t := &terms{uuid(), in.UserPoolId, in.ClientId, in.termsSettings, seconds(c.now), seconds(c.now)}
	client.pool.Terms[t.TermsId] = t
	return &termsOutput{*t}, nil
}

func (p *userPool) termsOf(clientID, name string) *terms {
	for _, t := range p.Terms {
		if t.ClientId == clientID && t.TermsName == name {
			return t
		}
	}
	return nil
}

type termsInput struct {
	TermsId    string `aws:"TermsIdType,required"`
	UserPoolId string `aws:"UserPoolIdType,required"`
}

func (c *call) termsByID(in termsInput) (*userPool, *terms, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, nil, err
	}
	if p.Terms[in.TermsId] == nil {
		return nil, nil, fail(resourceNotFound, "Terms %s do not exist.", in.TermsId)
	}
	return p, p.Terms[in.TermsId], nil
}

func describeTerms(c *call, in *termsInput) (*termsOutput, error) {
	_, t, err := c.termsByID(*in)
	if err != nil {
		return nil, err
	}
	return &termsOutput{*t}, nil
}

type termsByClientInput struct {
	clientInput
	TermsName string `aws:"TermsNameType,required"`
}

func describeTermsByClient(c *call, in *termsByClientInput) (*termsOutput, error) {
	client, err := c.poolClient(in.clientInput)
	if err != nil {
		return nil, err
	}
	t := client.pool.termsOf(client.ID, in.TermsName)
	if t == nil {
		return nil, fail(resourceNotFound, "The app client has no terms of the name %s.", in.TermsName)
	}
	return &termsOutput{*t}, nil
}

type updateTermsInput struct {
	termsInput
	termsSettings
}

func updateTerms(c *call, in *updateTermsInput) (*termsOutput, error) {
	_, t, err := c.termsByID(in.termsInput)
	if err != nil {
		return nil, err
	}
	for _, change := range []struct {
		to   *string
		from string
	}{{&t.TermsName, in.TermsName}, {&t.TermsSource, in.TermsSource}, {&t.Enforcement, in.Enforcement}} {
		if change.from != "" {
			*change.to = change.from
		}
	}
	if in.Links != nil {
		t.Links = in.Links
	}
	t.LastModifiedDate = seconds(c.now)
	return &termsOutput{*t}, nil
}

func deleteTerms(c *call, in *termsInput) (*empty, error) {
	p, t, err := c.termsByID(*in)
	if err != nil {
		return nil, err
	}
	delete(p.Terms, t.TermsId)
	return nil, nil
}

type listTermsInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	MaxResults *int   `aws:"QueryLimit"`
	NextToken  string `aws:"PaginationKey"`
}

type termsDescription struct {
	TermsId, TermsName, Enforcement string
	CreationDate, LastModifiedDate  epoch
}

type listTermsOutput struct {
	Terms     []termsDescription
	NextToken string `json:",omitempty"`
}

func listTerms(c *call, in *listTermsInput) (*listTermsOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	some, next, err := page(slices.Sorted(maps.Keys(p.Terms)), in.MaxResults, 60, in.NextToken, func(id string) string { return id })
	if err != nil {
		return nil, err
	}
	out := &listTermsOutput{Terms: []termsDescription{}, NextToken: next}
	for _, id := range some {
		t := p.Terms[id]
		out.Terms = append(out.Terms, termsDescription{id, t.TermsName, t.Enforcement, t.CreationDate, t.LastModifiedDate})
	}
	return out, nil
}
