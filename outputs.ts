import * as pulumi from "@pulumi/pulumi";

import type { Edge } from "./components/edge/traefik";
import type { Keycloak } from "./components/identity/keycloak";
import type { VaultConfiguration, VaultOutputs } from "./components/identity/vault-configuration";
import type { Network } from "./components/network";
import type { Realm } from "./model/identity/realm";
import type { Platform } from "./model/platform";

/**
 * What other programs may read from a stack. Adding is free, renaming or removing is a breaking change. The outputs contain
 * no administrator's login: a program that reads one URL can read all outputs.
 */
export interface StackOutputs {
    readonly environment: string;
    /** Public URLs by service, one for each route. Keycloak's are path prefixes. */
    readonly urls: Readonly<Record<string, string[]>>;
    /** Engine IDs of the networks by zone. */
    readonly networkIds: pulumi.Output<Record<string, string>>;
    /** Vault's API, for programs on the engine's host. */
    readonly vaultAddress: string;
    /** Traefik's API, `/metrics` and, with the published image, `/dashboard/`; for programs and people on the engine's host. */
    readonly edgeDashboard: string;
    /** Certificate of the environment's own authority (PEM), for clients to trust; missing with ACME. */
    readonly authority?: pulumi.Output<string>;
    /** Mounts and role ids in Vault. */
    readonly vault: VaultOutputs;
    /** How to check tokens and log in; only with `strata:identity.keycloak`. */
    readonly identity?: IdentityOutputs;
}

/** What programs that check tokens or log people in need to know. */
export interface IdentityOutputs {
    readonly realm: string;
    /** `iss` of every token. */
    readonly issuer: string;
    /** Public keys (JWKS) with which tokens are signed. */
    readonly jwksUrl: string;
    /** Client ids of the realm. Each is the `aud` of the tokens for that client. */
    readonly clientIds: readonly string[];
    /** Administration API, for programs on the engine's host; below it `/admin/<realm>/console/`, for people. */
    readonly adminUrl: string;
}

function identityOutputs(realm: Realm, keycloak: Keycloak): IdentityOutputs {
    return {
        realm: realm.name,
        issuer: realm.issuer,
        jwksUrl: `${realm.issuer}/protocol/openid-connect/certs`,
        clientIds: realm.clients.filter(({ enabled }) => enabled).map(({ id }) => id),
        adminUrl: keycloak.adminUrl,
    };
}

/** @returns the stack's outputs, each written here once. */
export function stackOutputs(layers: {
    readonly platform: Platform;
    readonly network: Network;
    readonly edge: Edge;
    readonly vault: VaultConfiguration;
    readonly keycloak?: Keycloak | undefined;
}): StackOutputs {
    const { platform, network, edge, vault, keycloak } = layers;
    const routed = platform.services.filter(({ routes }) => routes.length > 0);
    return {
        environment: platform.environment,
        urls: Object.fromEntries(
            routed.map(({ name, routes }) => [name, routes.map((route) => edge.publicUrl(route))]),
        ),
        networkIds: pulumi.output(
            Object.fromEntries(Object.entries(network.zones).map(([zone, { id }]) => [zone, id])),
        ),
        vaultAddress: edge.managementUrl("vault"),
        edgeDashboard: edge.managementUrl("traefik"),
        ...(edge.authority && { authority: edge.authority }),
        vault: vault.result,
        ...(keycloak && platform.realm && { identity: identityOutputs(platform.realm, keycloak) }),
    };
}
