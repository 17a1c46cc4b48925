/** A `pulumi` that answers the command line's request for administrators' logins with an exported state that shows secrets. */

import type { Pulumi } from "../../cli/pulumi/pulumi";

/** @param outputs - of the stack: `vaultAddress`, `identity`. Every login's password is `one`. */
export function pulumiWithLogins(outputs: Readonly<Record<string, unknown>>): Pulumi {
    const type = "random:index/randomPassword:RandomPassword";
    const passwords = ["vault-provisioner", "keycloak-provisioner"].map((name) => ({
        urn: `urn:x::${type}::${name}`,
        type,
        outputs: { result: { plaintext: '"one"' } },
    }));
    const resources = [{ urn: "urn:x::stack", type: "pulumi:pulumi:Stack", outputs }, ...passwords];
    const stdout = JSON.stringify({ deployment: { resources } });
    return {
        stack: { name: "test" },
        ask: () => Promise.resolve({ code: 0, stdout, stderr: "" }),
    } as unknown as Pulumi;
}
