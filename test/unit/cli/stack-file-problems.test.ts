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

function stackWith(settings: Readonly<Record<string, unknown>>): Stack {
    const folder = mkdtempSync(join(tmpdir(), "strata-problems-"));
    const stack = {
        name: "test-problems",
        source: join(folder, "Pulumi.test-problems.yaml"),
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
    expect(details.join("\n")).toContain("next: correct it in Pulumi.test-problems.yaml");
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
