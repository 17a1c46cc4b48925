import { readFileSync } from "node:fs";
import { join } from "node:path";

import { admin, ENV, expectCode, expectGate, expectSuccess, logins, stack } from "./live";
import { expectNoTemporaryClient } from "./start";
import { asProvisioner, change } from "./vault-client";

/** The first commands of a section "Locked out", as somebody copies them. */
function commandsOf(document: string): string {
    const text = readFileSync(join(__dirname, "..", "..", "..", "docs", document), "utf8");
    const commands = /^### Locked out$[^]*?^```sh\n([^]*?)^```$/m.exec(text)?.[1];
    if (commands === undefined) throw new Error(`docs/${document} does not say what to do when locked out`);
    return commands.replaceAll("<environment>", ENV);
}

/** Somebody takes the program's own logins away. */
export function lockedOutTests(): void {
    test("a program that Vault does not let in says so, and comes back as documented", async () => {
        const { secretId } = logins.vault;
        await change("POST", "auth/approle/role/provisioner/secret-id/destroy", { secret_id: secretId });
        const refused = await stack.strata("up");
        expectCode(refused, 2);
        expect(refused.stderr + refused.stdout).toMatch(
            /Vault at \S+ does not let the program in: 400 for the AppRole/,
        );

        expectSuccess(await stack.shell(commandsOf("vault.md")));
        expect((await asProvisioner("GET", "sys/policies/acl/provisioner")).status).toBe(200);
    });

    test("a program that Keycloak does not let in says so, and comes back as documented", async () => {
        const { clientId } = logins.keycloak;
        const [client] = await admin.call<Record<string, unknown>[]>("GET", `master/clients?clientId=${clientId}`);
        await admin.call("PUT", `master/clients/${String(client!["id"])}`, { ...client, secret: "changed by hand" });
        const refused = await stack.strata("up", "--refresh");
        expectCode(refused, 2);
        expect(refused.stderr + refused.stdout).toMatch(
            /Keycloak at \S+ does not let the program in: 401 for the client/,
        );

        expectSuccess(await stack.shell(commandsOf("keycloak.md")));
        await expectNoTemporaryClient();
        await expectGate(0);
    });
}
