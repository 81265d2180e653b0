package emulator

import (
	"maps"
	"slices"
)

// Resource servers: the scopes of APIs that a pool issues access tokens for.

var adminServerOperations = service{
	"CreateResourceServer":   op(createResourceServer),
	"DescribeResourceServer": op(describeResourceServer),
	"UpdateResourceServer":   op(updateResourceServer),
	"DeleteResourceServer":   op(deleteResourceServer),
	"ListResourceServers":    op(listResourceServers),
}

type serverScope struct {
	ScopeName        string `aws:"ResourceServerScopeNameType,required"`
	ScopeDescription string `aws:"ResourceServerScopeDescriptionType,required"`
}

type resourceServer struct {
	UserPoolId string        `aws:"UserPoolIdType,required"`
	Identifier string        `aws:"ResourceServerIdentifierType,required"`
	Name       string        `aws:"ResourceServerNameType,required"`
	Scopes     []serverScope `json:",omitempty" aws:"ResourceServerScopeListType"`
}

type serverOutput struct{ ResourceServer resourceServer }

func createResourceServer(c *call, in *resourceServer) (*serverOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if p.Servers[in.Identifier] != nil {
		return nil, fail(invalidParameter, "%s already exists in user pool %s.", in.Identifier, p.ID)
	}
	p.Servers[in.Identifier] = in
	return &serverOutput{*in}, nil
}

type serverInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	Identifier string `aws:"ResourceServerIdentifierType,required"`
}

func (c *call) server(in *serverInput) (*userPool, *resourceServer, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, nil, err
	}
	s := p.Servers[in.Identifier]
	if s == nil {
		return nil, nil, fail(resourceNotFound, "Resource server %s does not exist.", in.Identifier)
	}
	return p, s, nil
}

func describeResourceServer(c *call, in *serverInput) (*serverOutput, error) {
	_, s, err := c.server(in)
	if err != nil {
		return nil, err
	}
	return &serverOutput{*s}, nil
}

func deleteResourceServer(c *call, in *serverInput) (*empty, error) {
	p, _, err := c.server(in)
	if err != nil {
		return nil, err
	}
	delete(p.Servers, in.Identifier)
	return nil, nil
}

// updateResourceServer replaces name and scopes.
func updateResourceServer(c *call, in *resourceServer) (*serverOutput, error) {
	_, s, err := c.server(&serverInput{in.UserPoolId, in.Identifier})
	if err != nil {
		return nil, err
	}
	*s = *in
	return &serverOutput{*s}, nil
}

type listServersInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	MaxResults *int   `aws:"ListResourceServersLimitType"`
	NextToken  string `aws:"PaginationKeyType"`
}

type listServersOutput struct {
	ResourceServers []resourceServer
	NextToken       string `json:",omitempty"`
}

func listResourceServers(c *call, in *listServersInput) (*listServersOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	some, next, err := page(slices.Sorted(maps.Keys(p.Servers)), in.MaxResults, 50, in.NextToken, func(id string) string { return id })
	if err != nil {
		return nil, err
	}
	out := &listServersOutput{ResourceServers: []resourceServer{}, NextToken: next}
	for _, id := range some {
		out.ResourceServers = append(out.ResourceServers, *p.Servers[id])
	}
	return out, nil
}
