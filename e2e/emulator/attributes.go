package emulator

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// standardAttributes are the OpenID Connect attributes that every pool has.
var standardAttributes = []string{
	"sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
	"website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
	"phone_number_verified", "address", "updated_at",
}

// newSchema lays the attributes of CreateUserPool over the standard ones.
func newSchema(wanted []schemaAttribute) ([]schemaAttribute, error) {
	var schema []schemaAttribute
	for _, name := range standardAttributes {
		a := schemaAttribute{Name: name, AttributeDataType: "String", Mutable: new(name != "sub"), Required: name == "sub"}
		switch name {
		case "email_verified", "phone_number_verified":
			a.AttributeDataType = "Boolean"
		case "updated_at":
			a.AttributeDataType = "Number"
			a.NumberAttributeConstraints = &numberConstraints{MinValue: "0"}
		case "birthdate": // lengths as a described pool has them (AWS CLI reference, describe-user-pool, output)
			a.StringAttributeConstraints = &stringConstraints{MinLength: "10", MaxLength: "10"}
		case "sub":
			a.StringAttributeConstraints = &stringConstraints{MinLength: "1", MaxLength: "2048"}
		default:
			a.StringAttributeConstraints = &stringConstraints{MinLength: "0", MaxLength: "2048"}
		}
		schema = append(schema, a)
	}
	for _, a := range wanted {
		if a.Name == "" {
			return nil, fail(invalidParameter, "Invalid AttributeDataType or name in schema.")
		}
		if i := slices.IndexFunc(schema, func(s schemaAttribute) bool { return s.Name == a.Name }); i >= 0 {
			if a.AttributeDataType == "" {
				a.AttributeDataType = schema[i].AttributeDataType
			}
			schema[i] = a
			continue
		}
		custom, err := customAttribute(a)
		if err != nil {
			return nil, err
		}
		schema = append(schema, custom)
	}
	return schema, nil
}

// customAttribute gives a schema attribute its prefix.
func customAttribute(a schemaAttribute) (schemaAttribute, error) {
	if a.Required {
		return a, fail(invalidParameter, "Required custom attributes are not supported currently.")
	}
	if a.AttributeDataType == "" {
		a.AttributeDataType = "String"
	}
	a.Name = "custom:" + strings.TrimPrefix(a.Name, "custom:")
	if a.DeveloperOnlyAttribute {
		a.Name = "dev:" + a.Name
	}
	return a, nil
}

func (p *userPool) attribute(name string) *schemaAttribute {
	for i := range p.Schema {
		if p.Schema[i].Name == name {
			return &p.Schema[i]
		}
	}
	return nil
}

var (
	emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.?[^@\s]+$`)
	phoneForm = regexp.MustCompile(`^\+[0-9]{2,15}$`)
)

// checkAttributes checks values against the pool's schema. client is nil for admin operations, which may write what
// a client may not; u is nil for a new user. Booleans are taken in any case ("True", as
// clients in Python write them; not documented) and kept in lower case.
func (p *userPool) checkAttributes(client *poolClient, u *user, values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value, schema := values[name], p.attribute(name)
		switch {
		case schema == nil:
			return fail(invalidParameter, "Attributes did not conform to the schema: Type for attribute {%s} could not be determined", name)
		case name == "sub":
			return fail(invalidParameter, "Cannot modify the non-mutable attribute sub")
		case client != nil && !client.writes(name, schema):
			return fail(notAuthorized, "A client attempted to write unauthorized attribute")
		case u != nil && schema.Mutable != nil && !*schema.Mutable && u.Attributes[name] != "":
			return fail(invalidParameter, "user.%s: Attribute cannot be updated.", name)
		case name == "email" && value != "" && !emailForm.MatchString(value):
			return fail(invalidParameter, "Invalid email address format.")
		case name == "phone_number" && value != "" && !phoneForm.MatchString(value):
			return fail(invalidParameter, "Invalid phone number format.")
		}
		if schema.AttributeDataType == "Boolean" {
			value = strings.ToLower(value)
			values[name] = value
		}
		if problem := schema.conforms(value); value != "" && problem != "" { // a blank value deletes (UpdateUserAttributes)
			return fail(invalidParameter, "Attributes did not conform to the schema: %s: %s", name, problem)
		}
	}
	return nil
}

// writes reports whether a client may set an attribute: by default all standard ones (CreateUserPoolClient). The
// verified flags are the service's own.
func (pc *poolClient) writes(name string, schema *schemaAttribute) bool {
	if strings.HasSuffix(name, "_verified") || schema.DeveloperOnlyAttribute {
		return false
	}
	if len(pc.WriteAttributes) == 0 {
		return slices.Contains(standardAttributes, name)
	}
	return slices.Contains(pc.WriteAttributes, name)
}

func (a *schemaAttribute) conforms(value string) string {
	switch a.AttributeDataType {
	case "Number":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return "Attribute is not a number"
		}
		if l := a.NumberAttributeConstraints; l != nil && !(within(l.MinValue, n, true) && within(l.MaxValue, n, false)) {
			return "Number is out of range"
		}
	case "Boolean":
		if value != "true" && value != "false" {
			return "Attribute is not a boolean"
		}
	case "String":
		l := a.StringAttributeConstraints
		if n := int64(utf8.RuneCountInString(value)); l != nil && !within(l.MinLength, n, true) {
			return "String must be longer than " + l.MinLength
		} else if l != nil && !within(l.MaxLength, n, false) {
			return "String must be no longer than " + l.MaxLength
		}
	}
	return ""
}

// within compares n with a bound written as text; an absent bound holds.
func within(bound string, n int64, lower bool) bool {
	b, err := strconv.ParseInt(bound, 10, 64)
	if err != nil {
		return true
	}
	return lower && n >= b || !lower && n <= b
}

// missing returns the required attributes that values do not carry.
func (p *userPool) missing(values map[string]string) []string {
	var names []string
	for _, a := range p.Schema {
		if a.Required && a.Name != "sub" && values[a.Name] == "" {
			names = append(names, a.Name)
		}
	}
	return names
}

// taken reports whether another user already signs in by this attribute value.
func (p *userPool) taken(attr, value string, by *user) bool { return p.rival(attr, value, by) != nil }

// rival finds the other user who signs in by an attribute value. In a pool with UsernameAttributes any value counts; as
// an alias only a verified one, except preferred_username.
func (p *userPool) rival(attr, value string, by *user) *user {
	asName, asAlias := slices.Contains(p.UsernameAttributes, attr), slices.Contains(p.AliasAttributes, attr)
	if value == "" || !asName && !asAlias {
		return nil
	}
	return p.holder(attr, value, !asName && attr != "preferred_username", by)
}

// takeAlias moves an alias to u: its other holder may no longer sign in by it.
func (p *userPool) takeAlias(attr string, u *user) {
	if other := p.rival(attr, u.Attributes[attr], u); other != nil {
		other.Attributes[attr+"_verified"] = "false"
	}
}

// list gives the attributes as operations answer them, sub first; client hides what it may not read.
func (u *user) list(client *poolClient) []attribute {
	list := []attribute{{"sub", u.Sub}}
	for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
		if client == nil || client.reads(name) {
			list = append(list, attribute{name, u.Attributes[name]})
		}
	}
	return list
}

// set writes an attribute. A new e-mail address or phone number is unverified until its code came back.
func (u *user) set(name, value string, c *call) {
	if (name == "email" || name == "phone_number") && u.Attributes[name] != value {
		delete(u.Attributes, name+"_verified")
		if value != "" {
			u.Attributes[name+"_verified"] = "false"
		}
		delete(u.Codes, "VerifyUserAttribute "+name)
	}
	if value == "" {
		delete(u.Attributes, name)
	} else {
		u.Attributes[name] = value
	}
	u.Modified = c.now
}
