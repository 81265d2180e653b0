package emulator

import (
	"maps"
	"slices"
)

var adminGroupOperations = service{
	"CreateGroup":              op(createGroup),
	"GetGroup":                 op(getGroup),
	"UpdateGroup":              op(updateGroup),
	"DeleteGroup":              op(deleteGroup),
	"ListGroups":               op(listGroups),
	"AdminAddUserToGroup":      op(adminAddUserToGroup),
	"AdminRemoveUserFromGroup": op(adminRemoveUserFromGroup),
	"AdminListGroupsForUser":   op(adminListGroupsForUser),
	"ListUsersInGroup":         op(listUsersInGroup),
}

type groupInput struct {
	GroupName   string `aws:"GroupNameType,required"`
	UserPoolId  string `aws:"UserPoolIdType,required"`
	Description string `aws:"DescriptionType"`
	RoleArn     string `aws:"ArnType"`
	Precedence  *int
}

type groupOutput struct{ Group group }

func createGroup(c *call, in *groupInput) (*groupOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if p.Groups[in.GroupName] != nil {
		return nil, fail(groupExists, "A group with the name already exists.")
	}
	if in.Precedence != nil && *in.Precedence < 0 {
		return nil, fail(invalidParameter, "Precedence must be zero or greater.")
	}
	g := &group{in.GroupName, p.ID, in.Description, in.RoleArn, in.Precedence, seconds(c.now), seconds(c.now)}
	p.Groups[in.GroupName] = g
	return &groupOutput{*g}, nil
}

func (c *call) group(poolID, name string) (*userPool, *group, error) {
	p, err := c.pool(poolID)
	if err != nil {
		return nil, nil, err
	}
	g := p.Groups[name]
	if g == nil {
		return nil, nil, fail(resourceNotFound, "Group not found.")
	}
	return p, g, nil
}

type groupNameInput struct {
	GroupName  string `aws:"GroupNameType,required"`
	UserPoolId string `aws:"UserPoolIdType,required"`
}

func getGroup(c *call, in *groupNameInput) (*groupOutput, error) {
	_, g, err := c.group(in.UserPoolId, in.GroupName)
	if err != nil {
		return nil, err
	}
	return &groupOutput{*g}, nil
}

func updateGroup(c *call, in *groupInput) (*groupOutput, error) {
	_, g, err := c.group(in.UserPoolId, in.GroupName)
	if err != nil {
		return nil, err
	}
	if in.Description != "" {
		g.Description = in.Description
	}
	if in.RoleArn != "" {
		g.RoleArn = in.RoleArn
	}
	if in.Precedence != nil {
		g.Precedence = in.Precedence
	}
	g.LastModifiedDate = seconds(c.now)
	return &groupOutput{*g}, nil
}

func deleteGroup(c *call, in *groupNameInput) (*empty, error) {
	p, _, err := c.group(in.UserPoolId, in.GroupName)
	if err != nil {
		return nil, err
	}
	delete(p.Groups, in.GroupName)
	for _, u := range p.users.all() {
		u.leave(in.GroupName)
		u.touch()
	}
	return nil, nil
}

func (u *user) leave(groupName string) {
	u.Groups = slices.DeleteFunc(u.Groups, func(name string) bool { return name == groupName })
}

type listInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	Limit      *int   `aws:"QueryLimitType"`
	NextToken  string `aws:"PaginationKey"`
}

type listGroupsOutput struct {
	Groups    []group
	NextToken string `json:",omitempty"`
}

func listGroups(c *call, in *listInput) (*listGroupsOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	return p.pageOfGroups(slices.Sorted(maps.Keys(p.Groups)), in)
}

func (p *userPool) pageOfGroups(names []string, in *listInput) (*listGroupsOutput, error) {
	some, next, err := page(names, in.Limit, 60, in.NextToken, func(name string) string { return name })
	if err != nil {
		return nil, err
	}
	out := &listGroupsOutput{Groups: []group{}, NextToken: next}
	for _, name := range some {
		out.Groups = append(out.Groups, *p.Groups[name])
	}
	return out, nil
}

type memberInput struct {
	poolUserInput
	GroupName string `aws:"GroupNameType,required"`
}

func adminAddUserToGroup(c *call, in *memberInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if _, _, err := c.group(in.UserPoolId, in.GroupName); err != nil {
		return nil, err
	}
	if !slices.Contains(u.Groups, in.GroupName) {
		u.Groups = append(u.Groups, in.GroupName)
	}
	return nil, nil
}

func adminRemoveUserFromGroup(c *call, in *memberInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if _, _, err := c.group(in.UserPoolId, in.GroupName); err != nil {
		return nil, err
	}
	u.leave(in.GroupName)
	return nil, nil
}

type userGroupsInput struct {
	listInput
	Username string `aws:"UsernameType,required"`
}

func adminListGroupsForUser(c *call, in *userGroupsInput) (*listGroupsOutput, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	names, _, _ := p.memberships(u)
	return p.pageOfGroups(names, &in.listInput)
}

type groupUsersInput struct {
	listInput
	GroupName string `aws:"GroupNameType,required"`
}

type usersOutput struct {
	Users     []userDescription
	NextToken string `json:",omitempty"`
}

func listUsersInGroup(c *call, in *groupUsersInput) (*usersOutput, error) {
	p, _, err := c.group(in.UserPoolId, in.GroupName)
	if err != nil {
		return nil, err
	}
	var members []string
	for key, u := range p.users.all() {
		if slices.Contains(u.Groups, in.GroupName) {
			members = append(members, key)
		}
	}
	slices.Sort(members)
	some, next, err := page(members, in.Limit, 60, in.NextToken, func(key string) string { return key })
	if err != nil {
		return nil, err
	}
	out := &usersOutput{Users: []userDescription{}, NextToken: next}
	for _, key := range some {
		out.Users = append(out.Users, p.users.get(key).describe())
	}
	return out, nil
}
