import { ownerName, PLATFORM, productOwners } from "../../model/owner";
import { ENGINES } from "../../model/secrets/secret";
import { stackRule } from "../lib/rule";
import { MOUNT } from "../lib/vault";

/** The first part of a mount's path names its owner, and policies in Vault depend on that. */
export const vaultMountBelongsToOwner = stackRule({
    name: "vault-mount-belongs-to-owner",
    description:
        "A mount in Vault is at <owner>/<engine>, where the owner is a product of the plan, a tenant of one, or the platform.",
    severity: "high",
    *check(stack) {
        const { plan } = stack;
        if (plan === undefined) {
            return;
        }
        const owners = [PLATFORM, ...productOwners(plan).map(ownerName)];
        const paths = owners.flatMap((owner) => ENGINES.map((engine) => [`${owner}/${engine}`, engine] as const));
        for (const mount of stack.ofType(MOUNT)) {
            const { name, urn } = mount;
            const [path, type] = [stack.required(mount, "path"), stack.required(mount, "type")];
            if (path === undefined || type === undefined) {
                continue;
            }
            if (!paths.some(([planned, engine]) => planned === path && engine === type)) {
                const problem =
                    "it is not at a path of a product of the plan or of the platform; mount it at <owner>/<engine>, by its engine";
                yield { name, urn, problem };
            }
        }
    },
});
