package emulator

import (
	"encoding/json"
	"strings"
)

// NEW_PASSWORD_REQUIRED: users whom an administrator made choose their own password and fill in what is missing.

func issueNewPassword(c *call, a *attempt, answer *authAnswer) error {
	required := []string{}
	for _, name := range a.user.pool.missing(a.user.Attributes) {
		required = append(required, "userAttributes."+name)
	}
	attributes := map[string]string{}
	for name, value := range a.user.Attributes {
		if a.client.reads(name) {
			attributes[name] = value
		}
	}
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.ID
	answer.ChallengeParameters["requiredAttributes"] = jsonText(required)
	answer.ChallengeParameters["userAttributes"] = jsonText(attributes)
	return nil
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func answerNewPassword(c *call, a *attempt, responses map[string]string) error {
	u := a.user
	values := map[string]string{}
	for key, value := range responses {
		if name, ok := strings.CutPrefix(key, "userAttributes."); ok {
			if schema := u.pool.attribute(name); schema != nil && schema.Required && u.Attributes[name] != "" {
				return fail(notAuthorized, "Cannot modify an already provided %s", name)
			}
			values[name] = value
		}
	}
	if err := u.pool.checkAttributes(a.client, u, values); err != nil {
		return err
	}
	for _, name := range u.pool.missing(u.Attributes) {
		if values[name] == "" {
			return fail(invalidParameter, "Invalid attributes given, %s is missing", name)
		}
	}
	for name, value := range values {
		if u.pool.taken(name, value, u) {
			return fail(aliasExists, "An account with the %s already exists.", name)
		}
	}
	if err := c.setPassword(u, responses["NEW_PASSWORD"]); err != nil {
		return err
	}
	for name, value := range values {
		u.set(name, value, c)
	}
	u.Status = "CONFIRMED"
	return nil
}
