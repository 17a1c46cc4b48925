/**
 * What the platform's layers claim before any product, whether a stack has the layer or not: a layer that comes later must
 * not find its names taken.
 */

import { addressesOf, PLATFORM_SUBNETS } from "../address-plan";
import type { Claim, ClaimKind } from "../claims";
import {
    VAULT_CLIENT,
    ADMIN_GROUP,
    ADMIN_ROLE,
    FORWARD_AUTH_CLIENT,
    FORWARD_AUTH_PATH,
    protectedHosts,
    SECOND_FACTOR_ROLE,
} from "../identity/realm";
import { PLATFORM_ADMIN_POLICY } from "../identity/people";
import { KEYCLOAK, KEYCLOAK_POSTGRES, OAUTH2_PROXY } from "../identity/services";
import { PLATFORM, type Platform } from "../platform";
import { EDGE, PLATFORM_POSTGRES, VAULT } from "../platform-services";
import { SERVICES_LOGIN } from "../secrets/access";
import { CONSOLES, DEFAULT_KEYCLOAK_HOST } from "../stack-config";
import {
    BREAK_GLASS_LOGIN,
    BREAK_GLASS_POLICY,
    BUILT_IN_MOUNTS,
    BUILT_IN_POLICIES,
    PEOPLE_LOGIN,
    peoplePolicy,
    PROVISIONER,
} from "../vault-names";
import { serviceClaims } from "./services";

/** Names of the layers: they are values of `strata.layer`, and folders of the program. */
const LAYERS = ["foundation", "orchestration", "identity", "observability", "network", "products"];

const SERVICES = [EDGE, VAULT, PLATFORM_POSTGRES, KEYCLOAK, KEYCLOAK_POSTGRES, OAUTH2_PROXY];

/** Services of layers that are still to come. */
const TO_COME = ["temporal", "monitoring"];

/** Clients that every realm has from the start. */
const KEYCLOAK_CLIENTS = [
    "account",
    "account-console",
    "admin-cli",
    "broker",
    "realm-management",
    "security-admin-console",
];

/** Realm roles that every realm has from the start, with `default-roles-<realm>`. */
const KEYCLOAK_ROLES = ["offline_access", "uma_authorization", "default-roles-*"];

const owner = { product: PLATFORM };

/** Claims of every layer, present or not. */
export function layerClaims(platform: Platform): Claim[] {
    return [
        ...platform.services
            .filter(({ product }) => product === PLATFORM)
            .flatMap((service) => serviceClaims(platform, service)),
        ...absentServices(platform),
        ...zones(platform),
        ...guestAliases(platform),
        ...hosts(platform),
        ...vault(),
        ...keycloak(),
    ];
}

function claims(of: ClaimKind, by: string, values: readonly string[]): Claim[] {
    return values.map((value) => ({ of, value, owner, by }));
}

/** Product names are parts of most other names, so words of the platform are no products. */
export function productWords(): Claim[] {
    return [
        ...claims("product", "the platform", [PLATFORM, ...LAYERS]),
        ...claims("product", "a service of the platform", [...SERVICES, ...TO_COME]),
        ...claims("product", "Vault", [
            ...BUILT_IN_MOUNTS.filter((mount) => !LAYERS.includes(mount)),
            SERVICES_LOGIN,
            PEOPLE_LOGIN,
            BREAK_GLASS_LOGIN,
            BREAK_GLASS_POLICY,
            PROVISIONER,
            "people",
            peoplePolicy("*"),
        ]),
    ];
}

/** Names of the services that this stack has not got. */
function absentServices({ services }: Platform): Claim[] {
    const own = services.filter(({ product }) => product === PLATFORM).map(({ name }) => name);
    const absent = [...SERVICES, ...TO_COME].filter((name) => !own.includes(name));
    return claims("service", "the platform", absent);
}

/** Whoever serves products joins zones of theirs under its own name, sooner or later. */
function guestAliases({ zones: all, services }: Platform): Claim[] {
    return all
        .filter(({ product }) => product !== PLATFORM)
        .flatMap(({ name: within }) =>
            [EDGE, VAULT]
                .filter((guest) => !services.some(({ name, zones: own }) => name === guest && own.includes(within)))
                .map((value): Claim => ({ of: "alias", value, owner, by: "a guest of the platform", within })),
        );
}

function zones(platform: Platform): Claim[] {
    const edge = platform.zones.find(({ tier }) => tier === "edge");
    const base = edge?.subnet.split(".").slice(0, 2).join(".") ?? "";
    return Object.entries(PLATFORM_SUBNETS).flatMap(([name, octet]): Claim[] => [
        { of: "zone", value: name, owner, by: "the platform" },
        { of: "subnet", value: addressesOf(base, octet).subnet, owner, by: name },
    ]);
}

function hosts({ domain, realm, services }: Platform): Claim[] {
    const usual = `${DEFAULT_KEYCLOAK_HOST}.${domain}`;
    const keycloak: Claim = { of: "host", value: realm?.host ?? usual, owner, by: "Keycloak" };
    return [
        ...claims(
            "host",
            "a console of the platform",
            CONSOLES.map((name) => `${name}.${domain}`),
        ),
        { ...keycloak, ...(realm && { at: "strata:identity.keycloak.host" }) },
        // A stack that gives Keycloak another host may go back to the usual one.
        ...(keycloak.value === usual ? [] : [{ ...keycloak, value: usual }]),
        ...protectedHosts(services).flatMap((host): Claim[] => {
            const claimed = { value: `${host}${FORWARD_AUTH_PATH}`, owner, by: "forward authentication" };
            const routed = services.filter(({ routes }) => routes.some((route) => route.host === host));
            return [
                ...[...new Set(routed.map(({ product }) => product))].map((within): Claim => ({
                    ...claimed,
                    of: "path",
                    within,
                })),
                { ...claimed, of: "callback" },
            ];
        }),
    ];
}

function vault(): Claim[] {
    return [
        ...claims("mount", "Vault", BUILT_IN_MOUNTS),
        ...claims("mount", "the platform", [PLATFORM]),
        ...claims("policy", "Vault", BUILT_IN_POLICIES),
        ...claims("policy", "the platform", [PROVISIONER, BREAK_GLASS_POLICY, PLATFORM_ADMIN_POLICY]),
        ...claims("policy", "people who keep a product's values", [peoplePolicy("*")]),
        ...claims("approle", "the program", [PROVISIONER]),
    ];
}

function keycloak(): Claim[] {
    return [
        ...claims("client", "Keycloak", KEYCLOAK_CLIENTS),
        ...claims("client", "forward authentication", [FORWARD_AUTH_CLIENT]),
        ...claims("client", "people's login to Vault", [VAULT_CLIENT]),
        ...claims("role", "Keycloak", KEYCLOAK_ROLES),
        ...claims("role", "the platform", [ADMIN_ROLE, SECOND_FACTOR_ROLE]),
        ...claims("group", "the platform", [ADMIN_GROUP]),
    ];
}
