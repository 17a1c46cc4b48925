/** The program without Keycloak: what is inside Vault, and how the program gets there. The same conventions as `golden.test.ts`. */

import pgpKeys from "../unit/model/pgp-keys.json";
import { judgeProgram } from "../support/policy";
import { collectProgram, type Program, Secret } from "../support/program";

const PGP_KEY = pgpKeys["ed25519 with a subkey that encrypts"];
const config = { "strata:identity": {} };

let program: Program;
let preview: Program;

beforeAll(async () => {
    program = await collectProgram("local", { config });
    preview = await collectProgram("local", { config, preview: true });
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

describe("with operators, who open Vault after each start", () => {
    const GATE = "vault-operators";
    const seal = { kind: "operators", pgpKeys: [PGP_KEY], threshold: 1 };
    let opened: Program;
    let before: Program;
    beforeAll(async () => {
        const changes = { ...config, "strata:vault": { seal } };
        opened = await collectProgram("local", { config: changes });
        before = await collectProgram("local", { config: changes, preview: true });
    });
    const names = ({ resources }: Program): string[] => resources.map(({ type, name }) => `${type} ${name}`).sort();

    test("one resource more asks whether they have, and everything inside Vault waits for it", () => {
        const added = names(opened).filter((name) => !names(program).includes(name));
        expect(added).toEqual([`command:local:Command ${GATE}`]);
        const inVault = opened.resources.filter(({ type }) => type.startsWith("vault:"));
        expect(inVault.length).toBeGreaterThan(40);
        for (const { name, options } of inVault) {
            expect([name, options.dependsOn.map((urn) => urn.split("::").pop())]).toEqual([
                name,
                expect.arrayContaining([GATE]),
            ]);
        }
    });

    test("it asks again when Vault has another container, and goes with Vault's data", () => {
        const { inputs, options } = opened.resources.find(({ name }) => name === GATE)!;
        const { value } = inputs["stdin"] as Secret;
        const container = opened.resources.find(({ name }) => name === "vault-container")!;
        expect(JSON.parse(String(value))).toMatchObject({
            url: "http://127.0.0.1:9401/v1/auth/approle/login",
            server: container.outputs["id"],
        });
        expect(inputs).not.toHaveProperty("triggers");
        expect(options.dependsOn.map((urn) => urn.split("::").pop()).sort()).toEqual([
            "edge-container",
            "vault-container",
            // Its secret-id, which the login has.
            "vault-provisioner",
        ]);
        expect(options.deletedWith.split("::").at(-1)).toBe("vault-data");
    });

    test.each([
        ["an update", () => opened],
        ["a first preview", () => before],
    ])("%s breaks no rule of the policy pack", async (_name, which) => {
        expect(names(which())).toEqual(names(opened));
        expect(await judgeProgram(which())).toEqual({});
    });
});
