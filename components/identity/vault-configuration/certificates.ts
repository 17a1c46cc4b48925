import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { ownerName, PLATFORM } from "../../../model/owner";
import { INTERMEDIATE_SECONDS, ROOT_SECONDS } from "../../../model/secrets/authority";
import { mountOf, placeOf } from "../../../model/secrets/secret";
import { isProgram } from "../../kinds";
import { keep } from "../../hardening/keep";
import { formerlyNamed, optionsInMount, type VaultContext } from "./context";
import { mount } from "./engines";

/** Mount of the environment's internal authority. Its key is created in Vault and never leaves it. */
export const PLATFORM_PKI = `${PLATFORM}/pki`;

const DAY = 24 * 3600;

const CERTIFICATE_SECONDS = 3 * DAY;

/** Days between the ends of two products' authorities, so that not all of them have to be renewed in one week. */
const APART_DAYS = 30;

/**
 * Life of a product's authority in seconds. It always ends before the root's.
 *
 * @param place - of the product among those that have an authority, from 0
 */
export function intermediateSeconds(place: number): number {
    return INTERMEDIATE_SECONDS - (place % 12) * APART_DAYS * DAY;
}

/**
 * Creates one authority for the environment, and below it one for each product. A product's authority issues certificates
 * for the product's services only.
 *
 * @returns the issuing roles by the secret's name
 */
export function authorities(
    context: VaultContext,
    mounted: ReadonlyMap<string, vault.Mount>,
    policy: vault.Policy,
): ReadonlyMap<string, pulumi.Resource> {
    const built = new Map<string, pulumi.Resource>();
    const roles = context.secrets.filter(({ engine }) => engine === "pki");
    if (roles.length === 0) {
        return built;
    }
    const { environment, services } = context.platform;
    const key = { keyType: "ec", keyBits: 256 };
    // Vault limits a certificate's life to its mount's longest lease.
    const rootMount = mount(context, PLATFORM_PKI, PLATFORM, "pki", { longest: ROOT_SECONDS });
    const root = new vault.pkisecret.SecretBackendRootCert(
        "vault-platform-authority",
        {
            backend: rootMount.path,
            type: "internal",
            commonName: `strata ${environment} internal authority`,
            issuerName: "root",
            ttl: String(ROOT_SECONDS),
            excludeCnFromSans: true,
            maxPathLength: 1,
            ...key,
        },
        // Its issuer has a name, which no second issuer can have at the same time.
        keep(context, { ...optionsInMount(context, rootMount, [policy]), deleteBeforeReplace: true }),
    );
    for (const [place, owner] of [...new Set(roles.map((secret) => secret.owner))].entries()) {
        const own = roles.filter((secret) => secret.owner === owner);
        const within = mounted.get(mountOf(own[0]!))!;
        const backend = within.path;
        const commonName = `strata ${environment} ${owner} authority`;
        const request = new vault.pkisecret.SecretBackendIntermediateCertRequest(
            `vault-${owner}-authority-request`,
            { backend, type: "internal", commonName, excludeCnFromSans: true, addBasicConstraints: true, ...key },
            keep(context, optionsInMount(context, within, [policy])),
        );
        const signed = new vault.pkisecret.SecretBackendRootSignIntermediate(
            `vault-${owner}-authority-certificate`,
            {
                backend: PLATFORM_PKI,
                csr: request.csr,
                commonName,
                excludeCnFromSans: true,
                format: "pem_bundle",
                maxPathLength: 0,
                revoke: false,
                ttl: String(intermediateSeconds(place)),
                useCsrValues: false,
            },
            optionsInMount(context, rootMount, [policy, root]),
        );
        const authority = new vault.pkisecret.SecretBackendIntermediateSetSigned(
            `vault-${owner}-authority`,
            { backend, certificate: signed.certificateBundle },
            optionsInMount(context, within, [policy]),
        );
        // A renewed certificate becomes a further issuer, and the mount's default stays the first. The list begins with the
        // new issuer.
        const issuerRef = authority.importedIssuers.apply(
            (issuers: readonly string[] | undefined) => issuers?.[0] ?? "default",
        );
        const names = services
            .filter((service) => ownerName(service) === owner && isProgram(service))
            .map(({ name }) => name)
            .sort();
        for (const secret of own) {
            const role = new vault.pkisecret.SecretBackendRole(
                placeOf(secret),
                {
                    backend,
                    name: secret.path,
                    issuerRef,
                    ttl: String(CERTIFICATE_SECONDS),
                    maxTtl: String(CERTIFICATE_SECONDS),
                    allowedDomains: names,
                    allowBareDomains: true,
                    allowSubdomains: false,
                    allowGlobDomains: false,
                    allowAnyName: false,
                    allowWildcardCertificates: false,
                    allowLocalhost: false,
                    allowIpSans: false,
                    enforceHostnames: true,
                    serverFlag: true,
                    clientFlag: true,
                    codeSigningFlag: false,
                    emailProtectionFlag: false,
                    requireCn: true,
                    generateLease: false,
                    noStore: false,
                    keyUsages: ["DigitalSignature", "KeyAgreement", "KeyEncipherment"],
                    ...key,
                },
                { ...optionsInMount(context, within, [policy, authority]), ...formerlyNamed(secret) },
            );
            built.set(secret.name, role);
        }
    }
    return built;
}
