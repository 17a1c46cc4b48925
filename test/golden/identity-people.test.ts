/**
 * What Keycloak changes of a stack without it, beyond its own resources, which are in `identity.json`: people's login to Vault, and
 * what the program writes there for Keycloak's clients. The same conventions as `golden.test.ts`.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expectReviewed, type GoldenResource, goldenOf } from "../support/golden";
import { judgeProgram } from "../support/policy";
import { collectProgram, type Program, type Registered, Secret } from "../support/program";

const FILE = join(__dirname, "identity-people.json");
const keycloak = { protect: ["psra/web"] };
const identity = (layers: object) => ({ "strata:identity": layers });

let without: Program;
let program: Program;
let preview: Program;

beforeAll(async () => {
    without = await collectProgram("local", { config: identity({}) });
    program = await collectProgram("local", { config: identity({ keycloak }) });
    preview = await collectProgram("local", { config: identity({ keycloak }), preview: true });
});

test("registers what its golden file says beyond the stack without Keycloak and Keycloak's own resources", () => {
    const own = JSON.parse(readFileSync(join(__dirname, "identity.json"), "utf8")) as GoldenResource[];
    const known = new Set([...goldenOf(without), ...own].map((resource) => JSON.stringify(resource)));
    const actual = goldenOf(program).filter((resource) => !known.has(JSON.stringify(resource)));
    expectReviewed(FILE, actual);
});

test("registers the same in a first preview, where nothing that is computed is known", () => {
    const names = ({ resources }: Program): string[] => resources.map(({ type, name }) => `${type} ${name}`).sort();
    expect(names(preview)).toEqual(names(program));
});

test.each([
    ["an update", () => program],
    ["a first preview", () => preview],
])("%s breaks no rule of the policy pack", async (_name, which) => {
    expect(await judgeProgram(which())).toEqual({});
});

const find = (type: string): Registered => program.resources.find((resource) => resource.type === type)!;

test("Vault asks the issuer when it, its realm and the edge are there", () => {
    const after = find("vault:jwt/authBackend:AuthBackend").options.dependsOn.map((urn) => urn.split("::").pop());
    expect(after).toEqual(
        expect.arrayContaining([
            "vault-container",
            "edge-container",
            "keycloak-realm",
            "keycloak-realm-client-bao-oidc",
        ]),
    );
});

test("Vault's and the products' copies of a client's secret are secret", () => {
    expect(find("vault:jwt/authBackend:AuthBackend").inputs["oidcClientSecret"]).toBeInstanceOf(Secret);
    const [copy] = program.resources.filter(({ name }) => name === "psra/kv/config/client-secret");
    expect(copy?.inputs["dataJson"]).toBeInstanceOf(Secret);
});
