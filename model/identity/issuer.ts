/**
 * The issuer as Vault sees it. OpenID Connect has one name for an issuer, and Vault refuses one that calls itself otherwise
 * than it was asked for: inside its zone Vault finds the edge under the issuer's public host and port.
 */

import type { StackConfig } from "../stack-config";

/** Where the issuer's URL leads in the zone between Vault and the edge. */
export interface IssuerInside {
    /** Public host of Keycloak, for example `auth.example.com`. */
    readonly host: string;
    /** Public port of the edge's HTTPS. Low ports need no privilege: engines from 20.10 on open them to everybody in a container. */
    readonly port: number;
}

/** @returns undefined unless people log in to Vault: that takes Keycloak */
export function issuerInside({
    domain,
    edge,
    identity,
}: Pick<StackConfig, "domain" | "edge" | "identity">): IssuerInside | undefined {
    const keycloak = identity?.keycloak;
    return keycloak ? { host: `${keycloak.host}.${domain}`, port: edge.https.port } : undefined;
}
