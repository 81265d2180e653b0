package emulator

import (
	"maps"
	"strings"
)

// Tags of user pools and identity pools, by the ARN of the resource.

var tagOperations = service{
	"TagResource":         op(tagResource),
	"UntagResource":       op(untagResource),
	"ListTagsForResource": op(listTagsForResource),
}

var identityPoolTagOperations = service{
	"TagResource":         identityOp(tagResource),
	"UntagResource":       identityOp(untagResource),
	"ListTagsForResource": identityOp(listTagsForResource),
}

// tags finds the tags of a resource.
func (c *call) tags(arn string) (*map[string]string, error) {
	id := arn[strings.LastIndexByte(arn, '/')+1:]
	if p := c.state.pools.get(id); p != nil && strings.Contains(arn, ":cognito-idp:") {
		return &p.UserPoolTags, nil
	}
	if p := c.state.federation.pools.get(id); p != nil && strings.Contains(arn, ":cognito-identity:") {
		return &p.IdentityPoolTags, nil
	}
	return nil, fail(resourceNotFound, "Resource %s does not exist.", arn)
}

type tagInput struct {
	ResourceArn string            `aws:"ARNString,required"`
	Tags        map[string]string `aws:"UserPoolTagsType,required"`
}

func tagResource(c *call, in *tagInput) (*empty, error) {
	tags, err := c.tags(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if *tags == nil {
		*tags = map[string]string{}
	}
	maps.Copy(*tags, in.Tags)
	return nil, nil
}

type untagInput struct {
	ResourceArn string   `aws:"ARNString,required"`
	TagKeys     []string `aws:"TagKeysType,required"`
}

func untagResource(c *call, in *untagInput) (*empty, error) {
	tags, err := c.tags(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(*tags, key)
	}
	return nil, nil
}

type resourceInput struct {
	ResourceArn string `aws:"ARNString,required"`
}

type tagsOutput struct{ Tags map[string]string }

func listTagsForResource(c *call, in *resourceInput) (*tagsOutput, error) {
	tags, err := c.tags(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &tagsOutput{map[string]string{}}
	maps.Copy(out.Tags, *tags)
	return out, nil
}
