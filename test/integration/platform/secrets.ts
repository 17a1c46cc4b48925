import { isOf } from "../../../components/kinds";
import { type Canary, findLeaks } from "../../support/leaks";
import { docker } from "../../support/live-engine";
import { placesOf, secretsOf } from "../../support/places";
import { ENV, of, platform, say, stack } from "./live";
import { SEAL_KEY } from "./vault";

/** Every secret value, looked for where it must not be. */
export function secretsTests(): void {
    let canaries: Canary[];
    beforeAll(async () => {
        const vaultKey = (await docker(["exec", of("vault"), "cat", SEAL_KEY])).trim();
        canaries = [...(await secretsOf(stack)), { name: "unseal key of Vault", value: vaultKey }];
    });

    test("are known to this test: one password per role and user, the edge's key, Vault's identity", () => {
        const names = canaries.map(({ name }) => name);
        const passwords = [
            ...platform.services
                .filter(isOf("postgres"))
                .flatMap(({ name, spec }) => [
                    `${name}-superuser`,
                    ...spec.databases.map(({ role }) => `${name}-${role}`),
                ]),
            ...platform.services
                .filter(isOf("redis"))
                .flatMap(({ name, spec }) => spec.users.map((user) => `${name}-${user.name}`)),
        ];
        expect(names).toEqual(expect.arrayContaining([...passwords, "vault-provisioner"]));
        expect(canaries.some(({ value }) => value.includes("PRIVATE KEY"))).toBe(true);
        expect(canaries.some(({ value }) => value.startsWith("postgresql://psra:"))).toBe(true);
        say(`${canaries.length} secret values`);
    });

    test("are in no argument, environment, label, log, output, state or file of the command line", async () => {
        const places = await placesOf(stack);
        // Controls: the places hold what they should, so finding nothing in them means something.
        expect(places.get("docker container inspect")).toContain(of("psra-postgres"));
        expect(places.get(`log of /${of("psra-postgres")}`)).toContain("ready to accept connections");
        expect(
            [...places].filter(([place, text]) => place.startsWith("process") && text.includes("HOME=")).length,
        ).toBeGreaterThan(0);
        expect([...places.keys()].some((place) => place.endsWith(`/stacks/strata/${ENV}.json`))).toBe(true);
        say(`${places.size} places`);
        expect(findLeaks(canaries, places)).toEqual([]);
    });
}
