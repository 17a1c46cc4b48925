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
 * The right to take a backup of a running server. The backup is encrypted, and only the unseal keys open it. Restoring it
 * takes a root token.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/storage/raft#take-a-snapshot-of-the-raft-cluster
 */
const SNAPSHOT: Grant = { path: "sys/storage/raft/snapshot", capabilities: ["read"] };

/**
 * The program's rights inside the mounts: on their configuration, and on the values that it writes itself. It can delete
 * every value of a mount and read only its own. It can list the folders of declared values, so that it overwrites no value
 * that people wrote (`cli/pulumi/kept-values.ts`). It also has {@link SNAPSHOT}, for the backup in `docs/backup.md` with
 * the program's login.
 *
 * Rights to delete cover a whole mount: an update narrows this policy first, and deletes values that are no longer declared
 * last.
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
        // The server's set-up lets the program configure everything below `identity/`.
        ...of("token").map((secret) => ({ path: `${mountOf(secret)}/token/*`, capabilities: ["deny"] as const })),
        ...(of("pki").length > 0 ? [{ path: `${PLATFORM_PKI}/*`, capabilities: CONFIGURE }] : []),
        SNAPSHOT,
    ];
    const unique = new Map(grants.map((grant) => [grant.path, grant]));
    return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The folder of a path as Vault lists it, with a slash: `config/` for `config/jwt`, nothing for `jwt`. */
function folderOf(path: string): string {
    return path.slice(0, path.lastIndexOf("/") + 1);
}

/**
 * The provisioner's own policy: the rights from Vault's set-up, and those inside the mounts. It takes effect at once, even
 * for the token that declares it. It stays when the declaration is deleted: the program could not log in without its
 * policy.
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
 * The provisioner's own role, which Vault's set-up creates. It is declared for two reasons: a preview shows changes by
 * hand, and a role of an earlier release gets bound to the program's networks. It stays when the declaration is deleted, as
 * its policy does. An `approle.AuthBackendRole` cannot be written over an existing role.
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
