/**
 * The program with `strata:identity.vault` alone: what it registers beyond a stack without the identity layer. The same
 * conventions as `golden.test.ts`.
 */

import { join } from "node:path";

import { judgeProgram } from "../support/policy";
import { expectReviewed, type GoldenResource, goldenOf } from "../support/golden";
import { collectProgram, type Program, Secret } from "../support/program";

const FILE = join(__dirname, "local-identity-vault.json");
const config = { "strata:identity": { vault: {} } };

let without: Program;
let program: Program;
let preview: Program;

beforeAll(async () => {
    without = await collectProgram("local", { config: { "strata:identity": {} } });
    program = await collectProgram("local", { config });
    preview = await collectProgram("local", { config, preview: true });
});

test("registers what its golden file says beyond the stack without it", () => {
    const known = new Set(goldenOf(without).map((resource) => JSON.stringify(resource)));
    const actual: GoldenResource[] = goldenOf(program).filter((resource) => !known.has(JSON.stringify(resource)));
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

test("the provider has a plain address, and its login is secret", () => {
    const [provider] = program.resources.filter(({ type }) => type === "pulumi:providers:vault");
    expect(provider?.inputs["address"]).toBe("http://127.0.0.1:9401");
    // Providers get their nested inputs as JSON text.
    expect(provider?.inputs["authLogin"]).toBeInstanceOf(Secret);
    expect(provider?.inputs["token"]).toBeUndefined();
    expect(String(provider?.inputs["skipChildToken"])).toBe("true");
});

test("no generated value is anywhere in the open", () => {
    const open = program.resources.filter(({ inputs, outputs }) =>
        JSON.stringify({ inputs, outputs }, hide).includes("canary"),
    );
    expect(open.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
});

/** Secrets are not looked into. */
function hide(_key: string, value: unknown): unknown {
    return value instanceof Secret ? "[secret]" : value;
}

test("every resource in Vault waits for the server and for the way to it", () => {
    const inVault = program.resources.filter(({ type }) => type.startsWith("vault:"));
    expect(inVault.length).toBeGreaterThan(40);
    for (const { name, options } of inVault) {
        const after = options.dependsOn.map((urn) => urn.split("::").pop());
        expect([name, after]).toEqual([name, expect.arrayContaining(["vault-container", "edge-container"])]);
    }
});
