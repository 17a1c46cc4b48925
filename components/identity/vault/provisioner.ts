import * as vault from "@pulumi/vault";

import { type Grant, policyText } from "../../../model/secrets/access";
import { mountOf, type ResolvedSecret } from "../../../model/secrets/secret";
import { entranceOf } from "../../../model/secrets/entrance";
import { PROVISIONER } from "../../../model/vault-names";
import { PROVISIONER_HCL, PROVISIONER_LOGIN, provisionerRole } from "../../foundation/vault";
import { PLATFORM_PKI } from "./certificates";
import { inVault, type VaultContext } from "./context";

const CONFIGURE = ["create", "read", "update", "delete", "list"] as const;

/** What the program needs inside the mounts: their configuration, and the secrets that it writes itself, nobody else's. */
export function provisionerGrants(secrets: readonly ResolvedSecret[]): Grant[] {
    const of = (engine: ResolvedSecret["engine"]): ResolvedSecret[] =>
        secrets.filter((secret) => secret.engine === engine);
    const grants: Grant[] = [
        ...of("kv").map((secret) => ({ path: `${mountOf(secret)}/config`, capabilities: CONFIGURE })),
        ...of("kv")
            .filter(({ source }) => source !== "written")
            .flatMap((secret) => [
                { path: `${mountOf(secret)}/data/${secret.path}`, capabilities: CONFIGURE },
                { path: `${mountOf(secret)}/metadata/${secret.path}`, capabilities: ["read", "delete"] as const },
            ]),
        ...of("database").flatMap((secret) => [
            { path: `${mountOf(secret)}/config/*`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/roles/${secret.path}`, capabilities: CONFIGURE },
        ]),
        ...of("transit").flatMap((secret) => [
            { path: `${mountOf(secret)}/keys/${secret.path}`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/keys/${secret.path}/config`, capabilities: ["create", "update"] as const },
        ]),
        ...of("pki").flatMap((secret) => [
            { path: `${mountOf(secret)}/*`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/issue/*`, capabilities: ["deny"] as const },
            { path: `${mountOf(secret)}/sign/*`, capabilities: ["deny"] as const },
        ]),
        ...(of("pki").length > 0 ? [{ path: `${PLATFORM_PKI}/*`, capabilities: CONFIGURE }] : []),
    ];
    const unique = new Map(grants.map((grant) => [grant.path, grant]));
    return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The provisioner's own policy: what Vault's set-up gave it, and what it needs inside the mounts. Takes effect at once, also for
 * the token that declares it. It stays when the declaration goes: the program cannot log in with a policy that is gone.
 */
export function provisionerPolicy(context: VaultContext): vault.Policy {
    const inside = policyText("What the program configures inside the mounts.", provisionerGrants(context.secrets));
    return new vault.Policy(
        "vault-provisioner-policy",
        { name: PROVISIONER, policy: `${PROVISIONER_HCL}\n${inside}` },
        { ...inVault(context), retainOnDelete: true },
    );
}

/**
 * The provisioner's own role, which Vault's set-up makes: declared, so that a change by hand is seen, and so that a role from
 * before it was bound to where the program comes from is bound. It stays when the declaration goes, as its policy does. Not an
 * `approle.AuthBackendRole`: that one cannot be written over a role that is there.
 */
export function declareProvisionerRole(context: VaultContext, policy: vault.Policy): vault.generic.Endpoint {
    return new vault.generic.Endpoint(
        "vault-provisioner-role",
        {
            path: `auth/${PROVISIONER_LOGIN}/role/${PROVISIONER}`,
            dataJson: JSON.stringify(provisionerRole(entranceOf(context.platform))),
            ignoreAbsentFields: true,
            disableRead: false,
            disableDelete: true,
        },
        inVault(context, [policy]),
    );
}
