/**
 * What the program registers for `local` with Keycloak and a protected route, against a reviewed file: the layer's own
 * resources. What it adds inside Vault is in `identity-people.json`.
 */

import { join } from "node:path";

import { IDENTITY } from "../support/engine";
import { expectReviewed, goldenOf } from "../support/golden";
import { collectProgram, type Program, Secret } from "../support/program";

const FILE = join(__dirname, "identity.json");

describe("local with Keycloak", () => {
    let program: Program;
    let preview: Program;
    const config = { "strata:identity": { keycloak: { protect: ["psra/web"] } } };

    beforeAll(async () => {
        program = await collectProgram("local", { config });
        preview = await collectProgram("local", { config, preview: true });
    });

    test("registers what its golden file says", () => {
        const own = goldenOf(program).filter(
            ({ resource, parent = "" }) =>
                !`${resource} ${parent}`.includes("vault") &&
                /keycloak|oauth2-proxy|strata:identity:/.test(`${resource} ${parent}`),
        );
        expectReviewed(FILE, own);
    });

    test("registers the same in a preview, where nothing that is computed is known", () => {
        const names = ({ resources }: Program): string[] => resources.map(({ type, name }) => `${type} ${name}`).sort();
        expect(names(preview)).toEqual(names(program));
    });

    test("everything in the realm goes with the volume of its database", () => {
        const inRealm = program.resources.filter(({ type }) => type.startsWith("keycloak:"));
        expect(inRealm.length).toBeGreaterThan(50);
        expect(inRealm.filter(({ options }) => !options.provider.includes("providers:keycloak"))).toEqual([]);
        expect([...new Set(inRealm.map(({ options }) => options.deletedWith.split("::").at(-1)))]).toEqual([
            "keycloak-postgres-data",
        ]);
    });

    test("runs the provisioner again when the database has other data, and says in the state which it has", () => {
        const found = (type: string, name: string) =>
            program.resources.find((it) => it.type === type && it.name === name)!;
        const { inputs } = found("command:local:Command", "keycloak-provisioner");
        const { value } = inputs["stdin"] as Secret;
        expect((JSON.parse(String(value)) as { database: string }).database).toBe(IDENTITY);
        // Another trigger would replace the command in environments of earlier releases.
        expect(inputs["triggers"]).toEqual([
            found("docker:index/volume:Volume", "keycloak-postgres-data").outputs["id"],
        ]);
        expect(found("strata:foundation:Postgres", "keycloak-postgres").outputs).toEqual({ identity: IDENTITY });
    });

    test("keeps every generated value secret, in inputs and in outputs", () => {
        const open = program.resources.flatMap(({ type, name, inputs, outputs }) =>
            openCanaries({ inputs, outputs }).map((path) => `${type} ${name} ${path}`),
        );
        // Vault is given the authority that signs for the issuer: its certificate is there to be handed out.
        expect(open.filter((path) => !path.endsWith("puts.oidcDiscoveryCaPem"))).toEqual([]);
        expect(openCanaries(program.outputs)).toEqual(["authority"]);
    });
});

/** Paths of generated values that are not marked as secret. */
function openCanaries(value: unknown, path = ""): string[] {
    if (typeof value === "string") {
        return value.includes("canary") ? [path] : [];
    }
    if (typeof value !== "object" || value === null || value instanceof Secret) {
        return [];
    }
    return Object.entries(value).flatMap(([key, inner]) => openCanaries(inner, path === "" ? key : `${path}.${key}`));
}
