package emulator

import "slices"

// AcrMapping says what an OIDC provider calls the levels of step-up authentication: a level that is asked for goes to the
// provider by its name for it, and what its ID token says comes back as a level, the lowest where that is not mapped
// (API reference, CreateIdentityProvider). The exceptions are not documented.

func checkACRMapping(providerType string, mapping map[string]string) error {
	if mapping != nil && providerType != "OIDC" {
		return fail(invalidParameter, "Only identity providers of the type OIDC support AcrMapping.")
	}
	for key := range mapping {
		if !slices.Contains(acrKeys, key) {
			return fail(invalidParameter, "AcrMapping names the levels Level1 to Level4.")
		}
	}
	return nil
}

// mappedACR are the request's acr_values in the words of the provider.
func (r *authRequest) mappedACR(idp *identityProvider) (values []string) {
	for _, level := range r.levels() {
		if value := idp.AcrMapping[acrKeys[level-1]]; value != "" {
			values = append(values, value)
		}
	}
	return values
}

// levelOf is the level of an acr in the words of the provider.
func (idp *identityProvider) levelOf(acr string) int {
	for i, key := range slices.Backward(acrKeys) { // of levels by the same name the highest
		if acr != "" && idp.AcrMapping[key] == acr {
			return i + 1
		}
	}
	return 1
}
