/**
 * What Keycloak holds, computed from products and configuration: plain data, so that the plan, the components and the
 * readers agree.
 */

import { PLATFORM, type Service } from "../platform";
import { consoleHost } from "./consoles";
import type { ProductIdentity } from "../product";
import { publicUrl } from "../public-url";
import type { SelectedProduct } from "../selection";
import type { KeycloakConfig, StackConfig } from "../stack-config";

/** A realm role. */
export interface RealmRole {
    readonly name: string;
    readonly description: string;
    /** People with the role need a second factor at every login, and set one up at the first login. */
    readonly mfa: boolean;
}

/** A group of people. */
export interface RealmGroup {
    readonly name: string;
    /** Realm roles that its members have: these and no others. */
    readonly roles: readonly string[];
    /**
     * The owner whose values in Vault the members manage: a product, or {@link PLATFORM} for the people who run Vault.
     * @default none
     */
    readonly managesSecretsOf?: string;
}

/** An OpenID Connect client. All are confidential, with authorization code and PKCE S256 and no other flow. */
export interface RealmClient {
    readonly id: string;
    readonly description: string;
    /** `false` for a client that no service uses: its id stays taken and nobody can log in with it. */
    readonly enabled: boolean;
    readonly baseUrl: string;
    /** Whole URLs; no wildcards. */
    readonly redirectUris: readonly string[];
    readonly postLogoutRedirectUris: readonly string[];
    readonly webOrigins: readonly string[];
    /** Realm roles that may appear in its tokens. */
    readonly roles: readonly string[];
    /** Claims besides the standard ones. */
    readonly claims: readonly ("tenant" | "groups")[];
}

/** A realm and everything in it that strata declares. People are not declared. */
export interface Realm {
    readonly name: string;
    /** Public host of the identity provider. */
    readonly host: string;
    /** `iss` of every token. */
    readonly issuer: string;
    readonly roles: readonly RealmRole[];
    readonly groups: readonly RealmGroup[];
    readonly clients: readonly RealmClient[];
}

/** Role of the people who may administer the platform itself. */
export const ADMIN_ROLE = "admin";

/** Group whose members have {@link ADMIN_ROLE}. */
export const ADMIN_GROUP = "Administrators";

/** Role that is part of every role with a second factor. The login flow looks for this role alone. */
export const SECOND_FACTOR_ROLE = "second-factor";

/** Pattern for values of the attribute and claim `tenant`; Java and JavaScript read it alike. */
export const TENANT_PATTERN = "^[a-z][a-z0-9-]{0,62}$";

/** The client behind forward authentication. */
export const FORWARD_AUTH_CLIENT = "oauth2-proxy";

/** Login of the program: the confidential client of a service account in the master realm. */
export const PROVISIONER_CLIENT = "strata-provisioner";

/** The client with which people log in to Vault or OpenBao. */
export const VAULT_CLIENT = "bao-oidc";

/** Path prefix of forward authentication on every protected host. */
export const FORWARD_AUTH_PATH = "/oauth2";

/**
 * Session cookie of forward authentication. It belongs to one host: a product that sees it cannot use it at another host.
 */
export const SESSION_COOKIE = "__Host-strata";

const CALLBACK = "/auth/callback";

/** Name of a product's realm role, for example `psra-admin`. */
export function roleName(product: string, role: string): string {
    return `${product}-${role}`;
}

/** Names of a product's realm roles. */
export function rolesOf(product: string, { roles }: ProductIdentity): string[] {
    return Object.keys(roles).map((role) => roleName(product, role));
}

/** Name of a product's group, for example `PSRA Users`. */
export function groupName({ label }: Pick<ProductIdentity, "label">, group: string): string {
    return `${label} ${group}`;
}

/** Where a product's logins end: labels in front of the environment's domain, and a path. */
export function loginEnd(product: string, { host, callback }: ProductIdentity): { host: string; path: string } {
    return { host: host ?? product, path: callback ?? CALLBACK };
}

/** Realm roles of the people who manage secrets: the platform's administrators, and those of the products. */
export function secretManagers(selected: readonly SelectedProduct[]): string[] {
    return [
        ADMIN_ROLE,
        ...selected.flatMap(({ product: { name, identity } }) =>
            Object.entries(identity?.roles ?? {})
                .filter(([, { secrets }]) => secrets)
                .map(([role]) => roleName(name, role)),
        ),
    ];
}

/** The parts of a platform on which its realm depends. */
interface Surroundings {
    /** All services that may have routes. */
    readonly services: readonly Service[];
    /** Port of Vault on the host's 127.0.0.1. */
    readonly vaultPort: number;
}

export function realmOf(
    config: StackConfig,
    keycloak: KeycloakConfig,
    selected: readonly SelectedProduct[],
    { services, vaultPort }: Surroundings,
): Realm {
    const host = `${keycloak.host}.${config.domain}`;
    const known = selected.flatMap(({ product: { name, identity } }) => (identity ? [{ name, identity }] : []));
    const roles: RealmRole[] = [
        { name: ADMIN_ROLE, description: "Administers the platform", mfa: true },
        ...known.flatMap(({ name, identity }) =>
            Object.entries(identity.roles).map(([role, { description, mfa = false }]) => ({
                name: roleName(name, role),
                description,
                mfa,
            })),
        ),
    ];
    const all = roles.map(({ name }) => name);
    const url = (label: string): string => publicUrl(`${label}.${config.domain}`, config);
    return {
        name: keycloak.realm,
        host,
        issuer: `${publicUrl(host, config)}/realms/${keycloak.realm}`,
        roles,
        groups: [
            { name: ADMIN_GROUP, roles: [ADMIN_ROLE], managesSecretsOf: PLATFORM },
            ...known.flatMap(({ name, identity }) =>
                Object.entries(identity.groups).map(([group, given]) => ({
                    name: groupName(identity, group),
                    roles: given.map((role) => roleName(name, role)),
                    ...(given.some((role) => identity.roles[role]?.secrets) && { managesSecretsOf: name }),
                })),
            ),
        ],
        clients: [
            ...known.map(({ name, identity }) => application(name, identity, url)),
            vaultClient(config, vaultPort, publicUrl(host, config), all),
            forwardAuthClient(config, publicUrl(host, config), services, all),
        ],
    };
}

function application(id: string, identity: ProductIdentity, url: (label: string) => string): RealmClient {
    const { host, path } = loginEnd(id, identity);
    const origin = url(host);
    return {
        id,
        description: `Logins of ${identity.label}`,
        enabled: true,
        baseUrl: `${origin}/`,
        redirectUris: [`${origin}${path}`],
        postLogoutRedirectUris: [`${origin}/`],
        webOrigins: [origin],
        roles: rolesOf(id, identity),
        claims: ["tenant"],
    };
}

/** Address at which `vault login -method=oidc` waits, on a person's own machine. */
export const COMMAND_LINE_LISTENER = "http://localhost:8250";

/** The client for people who log in to Vault through the management port, its console or its command line. */
function vaultClient(config: StackConfig, port: number, origin: string, roles: readonly string[]): RealmClient {
    const console = consoleHost("vault", config);
    const origins = [...(console === undefined ? [] : [publicUrl(console, config)]), `http://127.0.0.1:${port}`];
    return {
        id: VAULT_CLIENT,
        description: "People's logins to Vault and OpenBao",
        enabled: true,
        baseUrl: `${origins[0]}/ui/`,
        redirectUris: [
            `${COMMAND_LINE_LISTENER}/oidc/callback`,
            ...origins.map((at) => `${at}/ui/vault/auth/oidc/oidc/callback`),
        ],
        postLogoutRedirectUris: origins.map((at) => `${at}/ui/`),
        webOrigins: [origin],
        roles,
        claims: ["groups"],
    };
}

function forwardAuthClient(
    config: StackConfig,
    origin: string,
    services: readonly Service[],
    roles: readonly string[],
): RealmClient {
    const origins = protectedHosts(services).map((host) => publicUrl(host, config));
    return {
        id: FORWARD_AUTH_CLIENT,
        description: "Forward authentication in front of consoles and protected routes",
        enabled: origins.length > 0,
        baseUrl: `${origin}/`,
        // Without protected routes, use a redirect URI that answers 404. An empty list would not be managed, so drift in it
        // would go unseen.
        redirectUris: (origins.length > 0 ? origins : [origin]).map((at) => `${at}${FORWARD_AUTH_PATH}/callback`),
        postLogoutRedirectUris: (origins.length > 0 ? origins : [origin]).map((at) => `${at}/`),
        webOrigins: [origin],
        roles,
        claims: ["tenant"],
    };
}

/** Hosts of routes behind forward authentication, each once. */
export function protectedHosts(services: readonly Pick<Service, "routes">[]): string[] {
    const hosts = services.flatMap(({ routes }) => routes.filter(({ auth }) => auth).map(({ host }) => host));
    return [...new Set(hosts)].sort();
}
