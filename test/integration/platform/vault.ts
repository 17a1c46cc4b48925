import { eventually } from "../../support/eventually";
import { docker } from "../../support/live-engine";
import { healthOf, MINUTE, of, stack } from "./live";
import { vaultApi, vaultHealth, vaultLogin, vaultToken } from "./vault-client";

/** Where a Vault that opens itself keeps its key. */
export const SEAL_KEY = "/vault/file/seal/key";

/** An open Vault, and at the end one that lacks its key. */
export function vaultTests(): void {
    test("is initialised and open, and lets the program in through the loopback management port", async () => {
        expect(await vaultHealth()).toMatchObject({ initialized: true, sealed: false, standby: false });
        await vaultToken();
        expect((await vaultLogin("wrong")).status).toBe(400);
        expect((await vaultApi("sys/mounts")).status).toBe(403);
    });

    test("audits, and has no root token any more", async () => {
        const token = await vaultToken();
        const audit = await vaultApi<{ data: Record<string, { type: string }> }>("sys/audit", token);
        expect(Object.values(audit.body.data).map(({ type }) => type)).toEqual(["file"]);
        const lines = async (): Promise<number> =>
            Number(await docker(["exec", of("vault"), "sh", "-c", "wc -l < /vault/file/audit/audit.log"]));
        const before = await lines();
        await vaultApi("sys/mounts", token);
        expect(await lines()).toBeGreaterThan(before);

        const { body } = await vaultApi<{ data: { keys: string[] } }>("auth/token/accessors", token, "LIST");
        expect(body.data.keys.length).toBeGreaterThan(0);
        for (const accessor of body.data.keys) {
            const found = await vaultApi<{ data: { policies: string[] } }>(
                "auth/token/lookup-accessor",
                token,
                "POST",
                { accessor },
            );
            expect(found.body.data.policies).not.toContain("root");
        }
        expect(await docker(["exec", of("vault"), "ls", "/vault/file/seal"])).toBe("key\nprovisioned\n");
        // What the program may not do, although it configures everything.
        expect((await vaultApi("auth/token/create", token, "POST", { policies: ["root"] })).status).toBe(403);
        expect((await vaultApi("sys/raw/core", token)).status).toBe(403);
    });

    test("opens itself after a restart", async () => {
        await docker(["restart", of("vault")]);
        await eventually("vault answers unsealed", async () => !(await vaultHealth()).sealed);
        await vaultToken();
        await eventually("vault is healthy", async () => (await healthOf("vault")) === "healthy");
    });

    test("is sealed after a restart without its key", async () => {
        await docker(["exec", of("vault"), "mv", SEAL_KEY, `${SEAL_KEY}.away`]);
        await docker(["restart", of("vault")]);
        await eventually("vault answers sealed", async () => (await vaultHealth()).sealed);
        expect(await healthOf("vault")).not.toBe("healthy");
    });
}

/** The same Vault later: half a minute of grace has passed since its restart, and other tests did not need it open. */
export function sealedVaultTests(): void {
    test("is unhealthy, and recovers when its key is back", async () => {
        await eventually("vault is unhealthy", async () => (await healthOf("vault")) === "unhealthy", {
            within: 2 * MINUTE,
        });
        expect((await stack.strata("status")).code).toBe(1);
        await docker(["exec", of("vault"), "mv", `${SEAL_KEY}.away`, SEAL_KEY]);
        await eventually("vault is healthy", async () => (await healthOf("vault")) === "healthy");
        expect((await vaultHealth()).sealed).toBe(false);
    });
}
