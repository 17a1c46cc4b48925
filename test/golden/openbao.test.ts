/**
 * The program with `server: openbao`: the same as with Vault but for the server's own container and its files. The same
 * conventions as `golden.test.ts`.
 */

import { join } from "node:path";

import { expectReviewed, type GoldenResource, goldenOf } from "../support/golden";
import { judgeProgram } from "../support/policy";
import { collectProgram, type Program } from "../support/program";

const FILE = join(__dirname, "local-openbao.json");
const identity = { "strata:identity": {} };
const seal = { kind: "local" };
const config = { ...identity, "strata:vault": { server: "openbao", seal } };

let withVault: Program;
let program: Program;
let preview: Program;

beforeAll(async () => {
    withVault = await collectProgram("local", { config: { ...identity, "strata:vault": { seal } } });
    program = await collectProgram("local", { config });
    preview = await collectProgram("local", { config, preview: true });
});

function differing(): GoldenResource[] {
    const known = new Set(goldenOf(withVault).map((resource) => JSON.stringify(resource)));
    return goldenOf(program).filter((resource) => !known.has(JSON.stringify(resource)));
}

test("registers what its golden file says where it differs from a stack with Vault", () => {
    const actual = differing();
    expectReviewed(FILE, actual);
});

test("nothing but the server's container, its files and the agents' program differs, and the program's login is the same", () => {
    const agents = program.resources.filter(({ name }) => name.endsWith("-agent-container"));
    expect(agents.length).toBeGreaterThan(0);
    expect(differing().map(({ resource }) => resource)).toEqual([
        ...agents.map(({ type, name }) => `${type} ${name}`).sort(),
        "docker:index/container:Container vault-container",
        "docker:index/container:Container vault-writer",
    ]);
    const names = ({ resources }: Program): string[] => resources.map(({ type, name }) => `${type} ${name}`).sort();
    expect(names(program)).toEqual(names(withVault));
    expect(names(preview)).toEqual(names(program));
    expect(program.outputs).toEqual(withVault.outputs);
});

test.each([
    ["an update", () => program],
    ["a first preview", () => preview],
])("%s breaks no rule of the policy pack", async (_name, which) => {
    expect(await judgeProgram(which())).toEqual({});
});
