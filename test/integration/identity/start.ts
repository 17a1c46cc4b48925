import { expectHealthy } from "../../support/health";
import type { Ended } from "../../support/live-engine";
import { admin, applications, expectGate, expectSuccess, origin, outputs, platform, stack } from "./live";

/** The first test: without it no other one means anything. */
export const STARTS = "a first preview shows the whole plan, and the first up carries it out";

/** Plan, start, start again, and what other programs are told. */
export function startTests(begun: () => { readonly planned: Ended; readonly first: Ended }): void {
    test(STARTS, async () => {
        const { planned, first } = begun();
        expectSuccess(planned);
        expectSuccess(first);
        const count = (text: string): number => Number(/(\d+) created/.exec(text)?.[1]);
        expect(count(planned.stdout)).toBeGreaterThan(200);
        expect(count(first.stdout)).toBe(count(planned.stdout));
        await expectHealthy(platform);
    });

    test("the second one has nothing to do, and the gate finds nothing", async () => {
        const second = await stack.strata("up");
        expectSuccess(second);
        expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
        await expectGate(0);
    });

    test("hands mounts, role ids, realm and clients to other programs", () => {
        const { vault, identity } = outputs;
        for (const product of ["psra", "rentguy"]) {
            expect(vault.mounts[product]).toEqual({
                database: `${product}/database`,
                kv: `${product}/kv`,
                pki: `${product}/pki`,
                transit: `${product}/transit`,
            });
        }
        expect(vault.roleIds).toEqual(Object.fromEntries(applications.map((name) => [name, name])));
        expect(identity).toMatchObject({
            realm: "sevensa",
            issuer: `${origin("auth")}/realms/sevensa`,
            clientIds: ["psra", "rentguy", "bao-oidc", "oauth2-proxy"],
        });
    });

    test("has taken Keycloak's temporary administrator away, and made nobody else one", async () => {
        await expectNoTemporaryClient();
        expect(await admin.call<unknown[]>("GET", "master/users")).toEqual([]);
    });
}

/** Of the program's clients in Keycloak's own realm, only the lasting one is there. */
export async function expectNoTemporaryClient(): Promise<void> {
    const clients = await admin.call<{ clientId: string }[]>("GET", "master/clients?max=100");
    const own = clients.map(({ clientId }) => clientId).filter((id) => id.startsWith("strata"));
    expect(own).toEqual(["strata-provisioner"]);
}
