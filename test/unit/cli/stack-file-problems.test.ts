/** What a wrong stack file is answered with, before anything is touched. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

import { ExitCode, Failure } from "../../../cli/failure";
import { refreshCopy } from "../../../cli/stacks/copy";
import { declaredBy } from "../../../cli/stacks/platform";
import type { Stack } from "../../../cli/stacks/stack";

const found = { decision: { way: "published", reason: "test" }, images: {} } as const;

function stackWith(settings: Readonly<Record<string, unknown>>, name = "test-problems"): Stack {
    const folder = mkdtempSync(join(tmpdir(), "strata-problems-"));
    const stack = {
        name,
        source: join(folder, `Pulumi.${name}.yaml`),
        copy: join(folder, "copy.yaml"),
        passphraseFile: join(folder, "passphrase"),
        stateFolder: join(folder, "state"),
    };
    write(stack.source, settings);
    return stack;
}

function write(file: string, settings: Readonly<Record<string, unknown>>): void {
    const config = {
        "strata:domain": "example.com",
        "strata:addressBase": "172.29",
        "strata:products": [{ name: "psra" }],
        "strata:unreleased": "reference-app",
        "strata:vault": { seal: { kind: "local" } },
        ...settings,
    };
    writeFileSync(file, stringify({ config }));
}

function refusal(stack: Stack): Failure {
    try {
        declaredBy(stack, found);
    } catch (error) {
        if (error instanceof Failure) return error;
        throw error;
    }
    throw new Error("it was accepted");
}

test("is refused before anything is touched, and the stack file is where to mend it", () => {
    const stack = stackWith({ "strata:healthCheckInterval": "five" });
    const { exitCode, next, details } = refusal(stack);
    expect(exitCode).toBe(ExitCode.unknown);
    expect(next).toBe(`mend ${stack.source}, then run it again; nothing was touched`);
    // The file is named once, below all problems.
    expect(details.at(-1)).toBe("     next: correct it");
    expect(details.join("\n")).not.toContain("pulumi config set");
});

test("what was set on this checkout's copy is corrected there, with pulumi config set", () => {
    const stack = stackWith({ "strata:healthCheckInterval": 5 });
    refreshCopy(stack);
    write(stack.copy, { "strata:healthCheckInterval": 5, "strata:edge": { requestTimeout: -1 } });
    const { details, next } = refusal(stack);
    expect(details.join("\n")).toContain("pulumi config set --path 'strata:edge.requestTimeout' <value>");
    expect(next).toContain(stack.copy);
});

test("a stack whose only file is the copy is corrected with pulumi config set", () => {
    const stack = stackWith({ "strata:healthCheckInterval": "five" });
    const { details } = refusal({ ...stack, copy: stack.source });
    expect(details.join("\n")).toContain("pulumi config set 'strata:healthCheckInterval' <value>");
});

describe("what cannot be read hides nothing of what the rest means", () => {
    const operators = { seal: { kind: "operators", pgpKeys: ["mine"], threshold: 1 } };
    const keys = (settings: Readonly<Record<string, unknown>>): string[] => {
        const { details } = refusal(stackWith(settings, "review"));
        return details.flatMap((line) => /^ +\d+\. (\S+)/.exec(line)?.[1] ?? []);
    };
    const local = "strata:vault.seal";
    const standIn = "strata:unreleased";

    test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
        [
            "an unknown key",
            { domian: "x", protectData: false },
            ["strata:domian", local, standIn, "strata:protectData"],
        ],
        [
            "a missing one",
            { "strata:domain": undefined, protectData: false, "strata:addressBase": "10.120" },
            ["strata:domain", local, standIn, "strata:protectData", "strata:addressBase"],
        ],
        [
            "a key of PGP in an accepted risk that is left over",
            { "strata:vault": operators, "strata:acceptedRisks": ["local-seal", "reference-app"] },
            ["strata:vault.seal.pgpKeys[0]", "strata:acceptedRisks"],
        ],
        [
            "an unknown key inside a setting",
            { "strata:vault": { seal: { kind: "local" }, server_: "vault" } },
            ["strata:vault.server_", local, standIn],
        ],
        [
            "a product that is not one of a list",
            { "strata:healthCheckInterval": "5 s", "strata:products": [{ name: "psrb" }] },
            ["strata:healthCheckInterval", local, standIn, "strata:products[0].name"],
        ],
        [
            "a release of nothing, with products that can be read",
            { "strata:edge": [], "strata:releases": { "psra/nothing": `a@sha256:${"a".repeat(64)}` } },
            ["strata:edge", local, standIn, "strata:releases.psra/nothing"],
        ],
    ])("%s", (_, settings, expected) => {
        expect(keys(settings)).toEqual(expected);
    });

    test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
        ["the list of risks", { "strata:acceptedRisks": ["reference-ap"] }, ["strata:acceptedRisks[0]"]],
        ["a misspelt list of risks", { acceptedRisk: ["local-seal", "reference-app"] }, ["strata:acceptedRisk"]],
        [
            "the kind of the seal",
            { "strata:vault": { seal: { kind: "lokal" } }, "strata:acceptedRisks": ["local-seal", "reference-app"] },
            ["strata:vault.seal.kind"],
        ],
        [
            "what unreleased applications do",
            { "strata:unreleased": "run", "strata:acceptedRisks": ["local-seal", "reference-app"] },
            ["strata:unreleased"],
        ],
    ])("and nothing is guessed from %s that is wrong", (_, settings, expected) => {
        expect(keys(settings)).toEqual(expected);
    });
});

describe("a key without a namespace is strata's own, as it is for pulumi", () => {
    test("an unknown one is a problem with the name that was meant", () => {
        const { message, details } = refusal(stackWith({ protectDatas: false }));
        expect(message).toBe("1 problem in the stack's configuration:");
        expect(details.join("\n")).toContain("did you mean strata:protectData?");
    });

    test("a known one counts", () => {
        expect(declaredBy(stackWith({ protectData: false }), found).config.protectData).toBe(false);
    });

    test("one of another namespace is another program's", () => {
        expect(() => declaredBy(stackWith({ "docker:host": "unix:///x" }), found)).not.toThrow();
    });
});
