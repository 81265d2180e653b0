package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Summary tells a person what there is and what to put into an app that shall use it.
func (s *Server) Summary() string {
	id := s.firstClient()
	a := s.AppConfig(id)
	if a.ClientID == "" {
		return "It has no app client yet.\n"
	}
	var b strings.Builder
	if a.UserPoolID == SeedPoolID {
		b.WriteString(SeedSummary)
	} else {
		s.mu.Lock()
		for _, poolID := range slices.Sorted(s.state.pools.keys()) {
			p := s.state.pools.rows[poolID]
			fmt.Fprintf(&b, "User pool %s (%s), %d users\n", p.ID, p.Name, p.users.len())
		}
		clients := slices.SortedFunc(maps.Values(s.state.clients.rows), func(x, y *poolClient) int { return strings.Compare(x.ID, y.ID) })
		for _, client := range clients {
			fmt.Fprintf(&b, "  client %s (%s) of %s\n", client.ID, client.Name, client.pool.ID)
		}
		s.mu.Unlock()
	}
	resources, err := json.MarshalIndent(a.ResourcesConfig(), "  ", "  ")
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(&b, `
What it does, live: %[1]s/_emulator/

Amplify JS: Amplify.configure takes this, also at %[1]s/_emulator/resources_config.json
  %[2]s
This library: amplify_outputs.json at %[1]s/_emulator/amplify_outputs.json (of which Amplify JS does not read the endpoints)
The mobile SDKs: awsconfiguration.json at %[1]s/_emulator/awsconfiguration.json; ?client=ID names another client.

AWS SDKs and CLI: any credentials, and these endpoints
  export AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=%[1]s AWS_ENDPOINT_URL_COGNITO_IDENTITY=%[1]s AWS_ENDPOINT_URL_STS=%[1]s
  export AWS_REGION=%[3]s AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws cognito-idp list-users --user-pool-id %[4]s
Token checks: issuer %[5]s, keys at %[5]s/.well-known/jwks.json
`, s.options.BaseURL, resources, a.region(), a.UserPoolID, s.options.BaseURL+"/"+a.UserPoolID)
	return b.String()
}
