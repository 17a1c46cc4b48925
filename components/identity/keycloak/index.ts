export { Keycloak, type KeycloakArgs } from "./keycloak";
