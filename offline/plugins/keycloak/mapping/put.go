package mapping

import (
	"context"
	_ "unsafe" // for go:linkname

	"github.com/keycloak/terraform-provider-keycloak/keycloak"
)

// put sends a request with the provider's own session. The provider exports no function that sends a priority, and a second
// client would need a second login. The build fails if a later version has no such method.
//
//go:linkname put github.com/keycloak/terraform-provider-keycloak/keycloak.(*KeycloakClient).put
func put(client *keycloak.KeycloakClient, ctx context.Context, path string, body interface{}) error
