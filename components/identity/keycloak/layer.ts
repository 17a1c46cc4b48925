/** The identity layer: Keycloak, its database, and forward authentication. It needs `strata:identity.keycloak`. */

import type { Claim } from "../../../model/claims";
import { platformClaims } from "../../../model/claims/platform";
import { RATE_LIMIT } from "../../../model/defaults";
import { checkIdentity } from "../../../model/identity/check";
import {
    ADMIN_GROUP,
    ADMIN_ROLE,
    FORWARD_AUTH_CLIENT,
    FORWARD_AUTH_PATH,
    groupName,
    loginEnd,
    protectedHosts,
    realmOf,
    roleName,
    SECOND_FACTOR_ROLE,
    VAULT_CLIENT,
} from "../../../model/identity/realm";
import { ownerName } from "../../../model/owner";
import { PLATFORM, type Platform } from "../../../model/platform";
import { platformService, platformZone } from "../../../model/platform-service";
import type { Product } from "../../../model/product";
import { CONSOLES, DEFAULT_KEYCLOAK_HOST } from "../../../model/stack-config";
import { EDGE } from "../../edge/traefik/kind";
import { databaseName, databaseUser } from "../../foundation/databases";
import { POSTGRES_PORT } from "../../foundation/postgres/kind";
import { VAULT_MANAGEMENT_OFFSET } from "../../foundation/vault/kind";
import type { Layer, MakeProductClaim } from "../../layer";
import { OAUTH2_PROXY, OAUTH2_PROXY_PORT } from "../oauth2-proxy/kind";
import { KEYCLOAK, KEYCLOAK_PORT, KEYCLOAK_POSTGRES } from "./kind";

/** Zone of the edge, Keycloak and oauth2-proxy. */
export const KEYCLOAK_ZONE = "keycloak-net";

/** Zone of Keycloak and its database. */
const DATABASE_ZONE = "keycloak-db-net";

const SUBNETS = { [KEYCLOAK_ZONE]: 8, [DATABASE_ZONE]: 10 };

/** Clients that every realm has from the start. */
const BUILT_IN_CLIENTS = [
    "account",
    "account-console",
    "admin-cli",
    "broker",
    "realm-management",
    "security-admin-console",
];

/** Realm roles that every realm has from the start, with `default-roles-<realm>`. */
const BUILT_IN_ROLES = ["offline_access", "uma_authorization", "default-roles-*"];

export const keycloakLayer: Layer = {
    name: "identity",
    subnets: SUBNETS,
    services: [KEYCLOAK, KEYCLOAK_POSTGRES, OAUTH2_PROXY],
    guests: [],
    contribute({ environment, config, products, services: present }) {
        const keycloak = config.identity?.keycloak;
        if (keycloak === undefined) {
            return {};
        }
        const host = `${keycloak.host}.${config.domain}`;
        const database = {
            name: databaseName(KEYCLOAK, environment),
            role: databaseUser(KEYCLOAK),
            extensions: [],
            clients: [KEYCLOAK],
            migrates: true,
        };
        const services = [
            platformService(config, {
                kind: "postgres",
                name: KEYCLOAK_POSTGRES,
                layer: "identity",
                spec: { databases: [database] },
                zones: [DATABASE_ZONE],
            }),
            platformService(config, {
                kind: "keycloak",
                name: KEYCLOAK,
                layer: "identity",
                spec: {},
                zones: [KEYCLOAK_ZONE, DATABASE_ZONE],
                // All other paths are closed, above all /admin, /metrics, /health and the master realm.
                routes: [`/realms/${keycloak.realm}/`, "/resources/"].map((path) => ({
                    host,
                    path,
                    port: KEYCLOAK_PORT,
                    rateLimit: RATE_LIMIT,
                    auth: false,
                    // Keycloak's consoles show some of its pages in frames, and Keycloak sets the headers for these itself.
                    frames: "own",
                })),
                startsAfter: [KEYCLOAK_POSTGRES],
            }),
            platformService(config, {
                kind: "oauth2-proxy",
                name: OAUTH2_PROXY,
                layer: "identity",
                spec: {},
                zones: [KEYCLOAK_ZONE],
                startsAfter: [KEYCLOAK],
            }),
        ];
        return {
            zones: [
                platformZone(config, KEYCLOAK_ZONE, SUBNETS[KEYCLOAK_ZONE], "platform"),
                platformZone(config, DATABASE_ZONE, SUBNETS[DATABASE_ZONE], "data"),
            ],
            services,
            flows: [
                { from: EDGE, to: OAUTH2_PROXY, port: OAUTH2_PROXY_PORT, zone: KEYCLOAK_ZONE },
                { from: OAUTH2_PROXY, to: KEYCLOAK, port: KEYCLOAK_PORT, zone: KEYCLOAK_ZONE },
                { from: KEYCLOAK, to: KEYCLOAK_POSTGRES, port: POSTGRES_PORT, zone: DATABASE_ZONE },
            ],
            entryPoints: [
                {
                    name: KEYCLOAK,
                    inside: 9002,
                    offset: 2,
                    to: { service: KEYCLOAK, port: KEYCLOAK_PORT, zone: KEYCLOAK_ZONE },
                },
            ],
            realm: realmOf(config, keycloak, products, {
                services: [...present, ...services],
                vaultPort: config.management.port + VAULT_MANAGEMENT_OFFSET,
            }),
        };
    },
    check: ({ identity }, products) => (identity?.keycloak ? checkIdentity(identity.keycloak, products) : []),
    productClaims: (platform, { product }, claim) => identityClaims(platform, product, claim),
    claims: (platform) => [
        ...hosts(platform),
        ...platformClaims("client", "Keycloak", BUILT_IN_CLIENTS),
        ...platformClaims("client", "forward authentication", [FORWARD_AUTH_CLIENT]),
        ...platformClaims("client", "people's login to Vault", [VAULT_CLIENT]),
        ...platformClaims("role", "Keycloak", BUILT_IN_ROLES),
        ...platformClaims("role", "the platform", [ADMIN_ROLE, SECOND_FACTOR_ROLE]),
        ...platformClaims("group", "the platform", [ADMIN_GROUP]),
    ],
};

/** The product's client, roles and groups, whether the stack has Keycloak or not. */
function identityClaims({ domain }: Platform, { name, identity }: Product, claim: MakeProductClaim): Claim[] {
    if (identity === undefined) {
        return [];
    }
    const { host, path } = loginEnd(name, identity);
    const by = (field: string): string => `${name} identity.${field}`;
    return [
        claim("client", name, `${name} identity`),
        ...Object.keys(identity.roles).map((role) => claim("role", roleName(name, role), by(`roles.${role}`))),
        ...Object.keys(identity.groups).map((group) =>
            claim("group", groupName(identity, group), by(`groups.${group}`)),
        ),
        claim("callback", `${host}.${domain}${path}`, by("callback")),
    ];
}

function hosts({ domain, realm, services }: Platform): Claim[] {
    const usual = `${DEFAULT_KEYCLOAK_HOST}.${domain}`;
    const owner = { product: PLATFORM };
    const keycloak: Claim = { of: "host", value: realm?.host ?? usual, owner, by: "Keycloak" };
    return [
        ...platformClaims(
            "host",
            "a console of the platform",
            CONSOLES.map((name) => `${name}.${domain}`),
        ),
        { ...keycloak, ...(realm && { at: "strata:identity.keycloak.host" }) },
        // A stack with another host for Keycloak may return to the usual host.
        ...(keycloak.value === usual ? [] : [{ ...keycloak, value: usual }]),
        ...protectedHosts(services).flatMap((host): Claim[] => {
            const claimed = { value: `${host}${FORWARD_AUTH_PATH}`, owner, by: "forward authentication" };
            const routed = services.filter(({ routes }) => routes.some((route) => route.host === host));
            return [
                ...[...new Set(routed.map(ownerName))].map((within): Claim => ({
                    ...claimed,
                    of: "path",
                    within,
                })),
                { ...claimed, of: "callback" },
            ];
        }),
    ];
}
