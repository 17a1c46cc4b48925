/**
 * The issuer as Vault sees it. An OpenID Connect issuer has one URL, and Vault refuses an issuer whose own URL differs from
 * the one that Vault asked. So inside its zone Vault reaches the edge under the issuer's public host and port.
 */

import type { StackConfig } from "../stack-config";

/** Where the issuer's URL leads in the zone between Vault and the edge. */
export interface IssuerInside {
    /** Public host of Keycloak, for example `auth.example.com`. */
    readonly host: string;
    /**
     * Public port of the edge's HTTPS. Low ports need no privilege: engines from 20.10 on let every user in a container
     * open them.
     */
    readonly port: number;
}

/** @returns undefined without Keycloak: people then do not log in to Vault */
export function issuerInside({
    domain,
    edge,
    identity,
}: Pick<StackConfig, "domain" | "edge" | "identity">): IssuerInside | undefined {
    const keycloak = identity?.keycloak;
    return keycloak ? { host: `${keycloak.host}.${domain}`, port: edge.https.port } : undefined;
}
