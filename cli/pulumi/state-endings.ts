/** What in a stack's state ends at a time: certificates, authorities, secret-ids. Pure. */

import { X509Certificate } from "node:crypto";

import { PLATFORM } from "../../model/platform";
import type { RawResource } from "./state-document";

const EDGE = "strata:edge:Edge";
const ROOT = "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert";
const INTERMEDIATE = "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate";
const SECRET_ID = "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId";

/** A service's secret-id. */
export interface KnownSecretId {
    readonly urn: string;
    readonly service: string;
    /** When Vault stops taking it: milliseconds since 1970. Unknown for a secret-id that was made by hand and imported. */
    readonly ends?: number;
}

/** A certificate that the program made. */
export interface KnownCertificate {
    readonly urn: string;
    /** What clients trust, or what the edge shows them. */
    readonly kind: "authority" | "certificate";
    /** Milliseconds since 1970. */
    readonly ends: number;
}

/** A certificate that issues others. */
export interface KnownAuthority {
    readonly urn: string;
    /** The product, or `platform` for the root. */
    readonly owner: string;
    readonly isRoot: boolean;
    /** End of its certificate: milliseconds since 1970. */
    readonly ends: number;
}

/** The secret-ids of all services. */
export function secretIds(resources: readonly RawResource[]): KnownSecretId[] {
    return resources.filter(({ type }) => type === SECRET_ID).map(secretId);
}

/** The edge's own certificates. */
export function certificates(resources: readonly RawResource[]): KnownCertificate[] {
    return resources.filter(({ type }) => type === EDGE).flatMap((edge) => certificatesOf(edge, resources));
}

/** Authorities that Vault signs certificates with. */
export function authorities(resources: readonly RawResource[]): KnownAuthority[] {
    return resources.filter(({ type }) => type === ROOT || type === INTERMEDIATE).flatMap(authority);
}

function secretId({ urn, inputs, created }: RawResource): KnownSecretId {
    const ends = Date.parse(created ?? "") + Number(inputs?.["ttl"]) * 1000;
    return { urn, service: String(inputs?.["roleName"]), ...(Number.isFinite(ends) && { ends }) };
}

/** The certificates of an edge. Their ends are outputs of the edge; what they are made with is a secret. */
function certificatesOf({ urn, outputs }: RawResource, resources: readonly RawResource[]): KnownCertificate[] {
    return (["authority", "certificate"] as const).flatMap((kind) => {
        const ends = Date.parse(String(outputs?.[`${kind}Ends`]));
        const made = resources.find(({ parent, urn: own }) => parent === urn && own.endsWith(`-${kind}`));
        return made !== undefined && Number.isFinite(ends) ? [{ urn: made.urn, kind, ends }] : [];
    });
}

function authority({ urn, type, inputs, outputs }: RawResource): KnownAuthority[] {
    const certificate = outputs?.["certificate"];
    const name = String(inputs?.["commonName"]).split(" ");
    try {
        const ends = Date.parse(new X509Certificate(String(certificate)).validTo);
        const isRoot = type === ROOT;
        // `strata <environment> <product> authority`
        return [{ urn, owner: isRoot ? PLATFORM : (name.at(2) ?? PLATFORM), isRoot, ends }];
    } catch {
        return [];
    }
}
