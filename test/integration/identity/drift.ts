import { claimOf } from "../../../model/identity/people";
import { expectGate, expectSuccess, say, stack } from "./live";
import { KEYCLOAK_EDITS } from "./keycloak-edits";
import { policies } from "./people-access";
import { UNSEEN_IN_VAULT, VAULT_EDITS } from "./vault-edits";

const EDITS = [
    ...VAULT_EDITS.map((edit) => ({ ...edit, where: "Vault" })),
    ...KEYCLOAK_EDITS.map((edit) => ({ ...edit, where: "Keycloak" })),
];

/** All of them at once: what is changed on both servers is found, and put back. */
export function driftTests(): void {
    const declared = new Map<string, unknown>();

    test("the gate finds them", async () => {
        for (const { what, read, change } of EDITS) {
            const before = await read();
            await change();
            // One that changes nothing would prove nothing.
            expect([what, await read()]).not.toEqual([what, before]);
            declared.set(what, before);
        }
        say(`${declared.size} changes by hand`);
        await expectGate(7);
    });

    test("`up --refresh` succeeds", async () => {
        expectSuccess(await stack.strata("up", "--refresh"));
    });

    test.each(EDITS)("puts back in $where: $what", async ({ what, read }) => {
        expect(declared.has(what)).toBe(true);
        expect(await read()).toEqual(declared.get(what));
    });

    test("leaves nothing for the gate to find, whatever else was changed that the provider cannot see (docs/drift.md)", async () => {
        for (const [inject] of Object.values(UNSEEN_IN_VAULT)) {
            await inject();
        }
        const gate = await stack.gate();
        for (const [, undo] of Object.values(UNSEEN_IN_VAULT)) {
            await undo();
        }
        expectSuccess(gate);
    });

    test("claims that Vault asks for are those of the declared groups", () => {
        expect(policies.map(claimOf)).toEqual(["/Administrators", "/PSRA Administrators", "/RentGuy Administrators"]);
    });
}
