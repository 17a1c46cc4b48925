import * as vault from "@pulumi/vault";

import { type Grant, policyText } from "../../../model/secrets/access";
import { mountOf, type ResolvedSecret } from "../../../model/secrets/secret";
import { entranceOf } from "./entrance";
import { PROVISIONER, PROVISIONER_LOGIN } from "../../../model/vault-names";
import { PROVISIONER_HCL, provisionerRole } from "../../foundation/vault";
import { PLATFORM_PKI } from "./certificates";
import { optionsInVault, type VaultContext } from "./context";

const CONFIGURE = ["create", "read", "update", "delete", "list"] as const;

/**
 * A backup of a server that runs. What is in it is encrypted, and only the unseal keys open it. To put one back takes a root token.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/storage/raft#take-a-snapshot-of-the-raft-cluster
 */
const SNAPSHOT: Grant = { path: "sys/storage/raft/snapshot", capabilities: ["read"] };

/**
 * What the program needs inside the mounts: their configuration, and the values that it writes itself. It can delete every value
 * of a mount and read only its own. It can list the folders of declared values, so that it overwrites nothing that people wrote
 * (`cli/pulumi/kept-values.ts`). And {@link SNAPSHOT}, which `docs/backup.md` takes with the program's login.
 *
 * Rights to delete are those of a whole mount: an update narrows this policy first, and deletes what is no longer declared last.
 */
export function provisionerGrants(secrets: readonly ResolvedSecret[]): Grant[] {
    const of = (engine: ResolvedSecret["engine"]): ResolvedSecret[] =>
        secrets.filter((secret) => secret.engine === engine);
    const grants: Grant[] = [
        ...of("kv").flatMap((secret) => [
            { path: `${mountOf(secret)}/config`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/metadata/*`, capabilities: ["delete"] as const },
            { path: `${mountOf(secret)}/metadata/${folderOf(secret.path)}`, capabilities: ["list"] as const },
        ]),
        ...of("kv")
            .filter(({ source }) => source !== "written")
            .flatMap((secret) => [
                { path: `${mountOf(secret)}/data/${secret.path}`, capabilities: CONFIGURE },
                { path: `${mountOf(secret)}/metadata/${secret.path}`, capabilities: ["read", "delete"] as const },
            ]),
        ...of("database").flatMap((secret) => [
            { path: `${mountOf(secret)}/config/*`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/roles/+`, capabilities: CONFIGURE },
        ]),
        ...of("transit").flatMap((secret) => [
            { path: `${mountOf(secret)}/keys/+`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/keys/+/config`, capabilities: ["create", "update"] as const },
        ]),
        ...of("pki").flatMap((secret) => [
            { path: `${mountOf(secret)}/*`, capabilities: CONFIGURE },
            { path: `${mountOf(secret)}/issue/*`, capabilities: ["deny"] as const },
            { path: `${mountOf(secret)}/sign/*`, capabilities: ["deny"] as const },
        ]),
        ...(of("pki").length > 0 ? [{ path: `${PLATFORM_PKI}/*`, capabilities: CONFIGURE }] : []),
        SNAPSHOT,
    ];
    const unique = new Map(grants.map((grant) => [grant.path, grant]));
    return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** With the slash that a folder has when it is listed: `config/` for `config/jwt`, nothing for `jwt`. */
function folderOf(path: string): string {
    return path.slice(0, path.lastIndexOf("/") + 1);
}

/**
 * The provisioner's own policy: what Vault's set-up gave it, and what it needs inside the mounts. Takes effect at once, also for
 * the token that declares it. It stays when the declaration goes: the program cannot log in with a policy that is gone.
 */
export function provisionerPolicy(context: VaultContext): vault.Policy {
    const inside = policyText(
        "What the program configures inside the mounts, and snapshots.",
        provisionerGrants(context.secrets),
    );
    return new vault.Policy(
        "vault-provisioner-policy",
        { name: PROVISIONER, policy: `${PROVISIONER_HCL}\n${inside}` },
        { ...optionsInVault(context), retainOnDelete: true },
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
        optionsInVault(context, [policy]),
    );
}
