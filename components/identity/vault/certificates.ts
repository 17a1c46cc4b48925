import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { PLATFORM } from "../../../model/platform";
import { mountOf } from "../../../model/secrets/secret";
import { inVault, type VaultContext } from "./context";
import { mount } from "./engines";

/** Where the environment's internal authority is. Its key is made in Vault and never leaves it. */
export const PLATFORM_PKI = `${PLATFORM}/pki`;

const DAY = 24 * 3600;

/** S1: ten years. */
const ROOT_SECONDS = 10 * 365 * DAY;
const INTERMEDIATE_SECONDS = 5 * 365 * DAY;
const CERTIFICATE_SECONDS = 3 * DAY;

/**
 * One authority for the environment, one below it for each product, which issues certificates for the product's services only.
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
    const root = new vault.pkisecret.SecretBackendRootCert(
        "vault-platform-authority",
        {
            backend: mount(context, PLATFORM_PKI, PLATFORM, "pki").path,
            type: "internal",
            commonName: `strata ${environment} internal authority`,
            issuerName: "root",
            ttl: String(ROOT_SECONDS),
            excludeCnFromSans: true,
            maxPathLength: 1,
            ...key,
        },
        inVault(context, [policy]),
    );
    for (const owner of new Set(roles.map((secret) => secret.owner))) {
        const own = roles.filter((secret) => secret.owner === owner);
        const backend = mounted.get(mountOf(own[0]!))!.path;
        const commonName = `strata ${environment} ${owner} authority`;
        const request = new vault.pkisecret.SecretBackendIntermediateCertRequest(
            `vault-${owner}-authority-request`,
            { backend, type: "internal", commonName, excludeCnFromSans: true, addBasicConstraints: true, ...key },
            inVault(context, [policy]),
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
                ttl: String(INTERMEDIATE_SECONDS),
                useCsrValues: false,
            },
            inVault(context, [policy, root]),
        );
        const authority = new vault.pkisecret.SecretBackendIntermediateSetSigned(
            `vault-${owner}-authority`,
            { backend, certificate: signed.certificateBundle },
            inVault(context, [policy]),
        );
        const names = services
            .filter(({ product, kind }) => product === owner && kind === "application")
            .map(({ name }) => name)
            .sort();
        for (const secret of own) {
            const role = new vault.pkisecret.SecretBackendRole(
                `vault-${secret.name.replaceAll("/", "-")}`,
                {
                    backend,
                    name: secret.path,
                    issuerRef: "default",
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
                inVault(context, [policy, authority]),
            );
            built.set(secret.name, role);
        }
    }
    return built;
}
