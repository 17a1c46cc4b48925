import { COMMAND, CONTAINER, GROUP, MOUNT, NETWORK, REALM, ROLE, VOLUME } from "./resource-types";

/**
 * The place of each type of resource on its server, with its inputs in braces. Two resources with the same place are the
 * same object: when one of them is deleted, the other is gone as well. In Vault the place is the path of its API, which
 * several types share.
 */
const PLACES: Readonly<Record<string, string>> = {
    [CONTAINER]: "container {name}",
    [NETWORK]: "network {name}",
    [VOLUME]: "volume {name}",

    [MOUNT]: "Vault sys/mounts/{path}",
    "vault:appRole/authBackendRole:AuthBackendRole": "Vault auth/{backend}/role/{roleName}",
    "vault:database/secretBackendConnection:SecretBackendConnection": "Vault {backend}/config/{name}",
    "vault:database/secretBackendRole:SecretBackendRole": "Vault {backend}/roles/{name}",
    "vault:generic/secret:Secret": "Vault {path}",
    "vault:identity/group:Group": "Vault identity/group/name/{name}",
    "vault:identity/groupAlias:GroupAlias": "Vault identity/group-alias/{mountAccessor}/{name}",
    "vault:identity/oidcKey:OidcKey": "Vault identity/oidc/key/{name}",
    "vault:identity/oidcRole:OidcRole": "Vault identity/oidc/role/{name}",
    "vault:index/authBackend:AuthBackend": "Vault sys/auth/{path}",
    "vault:index/policy:Policy": "Vault sys/policies/acl/{name}",
    "vault:index/quotaRateLimit:QuotaRateLimit": "Vault sys/quotas/rate-limit/{name}",
    "vault:jwt/authBackend:AuthBackend": "Vault sys/auth/{path}",
    "vault:jwt/authBackendRole:AuthBackendRole": "Vault auth/{backend}/role/{roleName}",
    "vault:kv/secretBackendV2:SecretBackendV2": "Vault {mount}/config",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": "Vault {backend}/roles/{name}",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert": "Vault {backend}/root",
    "vault:transit/secretBackendKey:SecretBackendKey": "Vault {backend}/keys/{name}",

    [REALM]: "Keycloak {realm}",
    "keycloak:index/realmEvents:RealmEvents": "Keycloak {realmId}/events",
    "keycloak:index/realmUserProfile:RealmUserProfile": "Keycloak {realmId}/user-profile",
    "keycloak:index/requiredAction:RequiredAction": "Keycloak {realmId}/required-actions/{alias}",
    [GROUP]: "Keycloak {realmId}/groups/{name}",
    "keycloak:index/groupRoles:GroupRoles": "Keycloak {realmId}/groups/{groupId}/roles",
    [ROLE]: "Keycloak {realmId}/roles/{name}",
    "keycloak:index/genericRoleMapper:GenericRoleMapper": "Keycloak {realmId}/clients/{clientId}/scope/{roleId}",
    "keycloak:openid/client:Client": "Keycloak {realmId}/clients/{clientId}",
    "keycloak:openid/clientDefaultScopes:ClientDefaultScopes": "Keycloak {realmId}/clients/{clientId}/default-scopes",
    "keycloak:openid/clientOptionalScopes:ClientOptionalScopes":
        "Keycloak {realmId}/clients/{clientId}/optional-scopes",
    "keycloak:openid/clientScope:ClientScope": "Keycloak {realmId}/client-scopes/{name}",
    "keycloak:openid/audienceProtocolMapper:AudienceProtocolMapper":
        "Keycloak {realmId}/clients/{clientId}/mappers/{name}",
    "keycloak:openid/groupMembershipProtocolMapper:GroupMembershipProtocolMapper":
        "Keycloak {realmId}/clients/{clientId}/mappers/{name}",
    "keycloak:openid/userAttributeProtocolMapper:UserAttributeProtocolMapper":
        "Keycloak {realmId}/client-scopes/{clientScopeId}/mappers/{name}",
    "keycloak:authentication/bindings:Bindings": "Keycloak {realmId}/flow-bindings",
    "keycloak:authentication/executionConfig:ExecutionConfig": "Keycloak {realmId}/executions/{executionId}/config",
    "keycloak:authentication/flow:Flow": "Keycloak {realmId}/flows/{alias}",
    "keycloak:authentication/subflow:Subflow": "Keycloak {realmId}/flows/{alias}",
};

/**
 * Types without a place: each resource is a separate object, exists in the state only, or leaves everything as it is when
 * it is deleted.
 */
export const PLACELESS: readonly string[] = [
    COMMAND,
    "random:index/randomPassword:RandomPassword",
    // The server gives each of them an id.
    "keycloak:authentication/execution:Execution",
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
    // Deleting these changes nothing in Vault.
    "vault:generic/endpoint:Endpoint",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned",
    "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate",
];

/** Whether a type is listed above, with or without a place. */
export function isPlaced(type: string): boolean {
    return type in PLACES || PLACELESS.includes(type);
}

/**
 * The place of a resource, for example `Vault psra/kv/config/jwt-secret` or `container local-edge`.
 *
 * @param inputs - without those that are not known yet
 * @returns undefined when the resource has no place, or when the place is not known yet
 */
export function placeOfResource(type: string, inputs: Readonly<Record<string, unknown>>): string | undefined {
    const place = PLACES[type];
    const names = [...(place ?? "").matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => inputs[name]);
    if (place === undefined || names.some((name) => typeof name !== "string" || name === "")) return undefined;
    return place.replace(/\{(\w+)\}/g, (_all, name: string) => String(inputs[name]));
}
