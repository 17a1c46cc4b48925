/** Names of resources for people: `Vault policy psra-api`. Pure. */

/** Names that the rule in {@link kindOf} would not find. */
const KINDS: Readonly<Record<string, string>> = {
    "keycloak:authentication/bindings:Bindings": "Keycloak login flow bindings",
    "keycloak:authentication/execution:Execution": "Keycloak login step",
    "keycloak:authentication/executionConfig:ExecutionConfig": "Keycloak login step setting",
    "keycloak:authentication/flow:Flow": "Keycloak login flow",
    "keycloak:authentication/subflow:Subflow": "Keycloak login subflow",
    "keycloak:index/genericRoleMapper:GenericRoleMapper": "Keycloak role scope",
    "keycloak:index/realmUserProfile:RealmUserProfile": "Keycloak user profile",
    "vault:appRole/authBackendRole:AuthBackendRole": "Vault AppRole",
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": "Vault secret-id",
    "vault:database/secretBackendConnection:SecretBackendConnection": "Vault database connection",
    "vault:database/secretBackendRole:SecretBackendRole": "Vault database role",
    "vault:generic/endpoint:Endpoint": "Vault setting",
    "vault:generic/secret:Secret": "Vault secret",
    "vault:index/authBackend:AuthBackend": "Vault auth method",
    "vault:jwt/authBackend:AuthBackend": "Vault auth method",
    "vault:jwt/authBackendRole:AuthBackendRole": "Vault OIDC role",
    "vault:kv/secretBackendV2:SecretBackendV2": "Vault KV settings",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest":
        "Vault authority request",
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned": "Vault authority",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": "Vault certificate role",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert": "Vault root authority",
    "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate":
        "Vault authority certificate",
    "vault:transit/secretBackendKey:SecretBackendKey": "Vault transit key",
};

/** How packages are written where that differs from their name. Docker's objects need no mention of Docker. */
const PACKAGES: Readonly<Record<string, string>> = { docker: "", keycloak: "Keycloak", vault: "Vault" };

/** Inputs that name a resource, the first that is there. Most types have one of them. */
const NAMES = ["name", "path", "realm", "roleName", "alias", "commonName", "backend"];

/** What the engine writes in place of a secret, and of a string that is not known yet. */
const HIDDEN = ["[secret]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"];

/**
 * The kind of a resource: `container`, `Keycloak role`, `random password`. A type without an entry above is taken apart:
 * `vault:identity/groupAlias:GroupAlias` becomes `Vault identity group alias`.
 */
export function kindOf(type: string): string {
    const known = KINDS[type];
    if (known !== undefined) return known;
    const [provider = "", module = "", name = ""] = type.split(":");
    const [folder = ""] = module.split("/");
    const words = splitWords(name);
    // `random:index/randomPassword` says its package twice.
    const start = PACKAGES[provider] ?? (words.startsWith(`${provider} `) || words === provider ? "" : provider);
    const middle = ["", "index", "local"].includes(folder) ? "" : splitWords(folder);
    return [start, middle, words].filter((part) => part !== "").join(" ");
}

/**
 * A resource's kind and name.
 *
 * @param inputs - as an event has them: marks, which are not names, replace secrets and values that are not known yet
 */
export function labelOf(urn: string, type: string, inputs: Readonly<Record<string, unknown>> | undefined): string {
    return `${kindOf(type)} ${nameOf(urn, inputs)}`;
}

/** The name by which a person knows a resource: its name on the server, otherwise its name in the program. */
export function nameOf(urn: string, inputs: Readonly<Record<string, unknown>> | undefined): string {
    const named = NAMES.map((key) => inputs?.[key]).find(isShown);
    return named ?? logicalName(urn);
}

/** Whether an input is a text that the engine shows: neither secret nor unknown yet. */
export function isShown(value: unknown): value is string {
    return typeof value === "string" && value !== "" && !HIDDEN.includes(value);
}

/** The part of a URN that the program's author wrote. */
export function logicalName(urn: string): string {
    return urn.split("::").at(-1) ?? urn;
}

/** `GroupAlias` as `group alias`, `OIDCClient` as `OIDC client`. */
function splitWords(name: string): string {
    return name
        .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
        .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
        .split(" ")
        .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
        .join(" ");
}
