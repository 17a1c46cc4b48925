import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { differences, knownDifferences, type Outputs, type StateResource, TestStack } from "./engine";

jest.setTimeout(120_000);

/** How the engine marks an encrypted value in the state. */
const secretSignature = "4dabf18193072939515e22adb298388d";

describe("command plugin", () => {
    let stack: TestStack;
    let folder: string;

    beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "strata-command-"));
        stack = await TestStack.create("conformance-command");
    });
    afterAll(async () => {
        await stack.dispose();
        rmSync(folder, { recursive: true, force: true });
    });

    const program = (value: string, trigger: string) => (): Outputs => {
        const first = new command.local.Command("first", {
            dir: folder,
            create: 'echo "created $VALUE" | tee first.txt; echo note >&2',
            update: 'echo "updated $VALUE after: $PULUMI_COMMAND_STDOUT"',
            delete: "echo gone > first.txt",
            environment: { VALUE: value },
            triggers: [trigger],
        });
        const repeated = new command.local.Command("repeated", {
            create: 'echo "ran with $VALUE; before: ${PULUMI_COMMAND_STDOUT:-nothing}"',
            environment: { VALUE: value },
            addPreviousOutputInEnv: false,
        });
        const secret = new command.local.Command(
            "secret",
            {
                create: "cat",
                stdin: pulumi.secret("correct-horse"),
                environment: { PASSWORD: pulumi.secret("battery-staple") },
                interpreter: ["/bin/bash", "-c"],
                logging: "none",
            },
            { additionalSecretOutputs: ["stdout"] },
        );
        return {
            first: first.stdout,
            note: first.stderr,
            repeated: repeated.stdout,
            secret: secret.stdout,
        };
    };
    const valueOf = async (name: string): Promise<unknown> => (await stack.outputs())[name]?.value;
    const resource = (name: string): StateResource | undefined =>
        stack.state().find(({ urn }) => urn.endsWith(`::${name}`));

    test("has the names and types of the SDK", async () => {
        expect(await differences("command")).toEqual(await knownDifferences("command"));
    });

    test("runs nothing in a preview, where outputs are unknown", async () => {
        let known = false;
        const watched = (): void => {
            const made = new command.local.Command("first", { dir: folder, create: "touch first.txt" });
            made.stdout.apply(() => (known = true));
            new command.local.Command("after", { create: pulumi.interpolate`echo ${made.stdout}` });
        };
        expect(await stack.preview(watched)).toEqual({ create: 3 });
        expect(known).toBe(false);
        expect(existsSync(join(folder, "first.txt"))).toBe(false);
    });

    test("creates", async () => {
        expect(await stack.up(program("one", "a"))).toEqual({ create: 4 });
        expect(await valueOf("first")).toBe("created one");
        expect(await valueOf("note")).toBe("note");
        expect(readFileSync(join(folder, "first.txt"), "utf8")).toBe("created one\n");
    });

    test("keeps secret inputs and the outputs that are declared secret encrypted", async () => {
        expect((await stack.outputs()).secret).toEqual({ value: "correct-horse", secret: true });
        const state = JSON.stringify(stack.state());
        expect(state).not.toContain("correct-horse");
        expect(state).not.toContain("battery-staple");
        expect(JSON.stringify(resource("secret")?.outputs?.stdout)).toContain(secretSignature);
    });

    test("does nothing when nothing changed", async () => {
        expect(await stack.previewRefreshed(program("one", "a"))).toEqual({});
        expect(await stack.up(program("one", "a"))).toEqual({});
    });

    test("updates with the update command, or with the create command where there is none", async () => {
        const id = resource("first")?.id;
        expect(await stack.up(program("two", "a"))).toEqual({ update: 2 });
        expect(await valueOf("first")).toBe("updated two after: created one");
        expect(await valueOf("repeated")).toBe("ran with two; before: nothing");
        expect(resource("first")?.id).toBe(id);
    });

    test("replaces when a trigger changes, and deletes with the delete command", async () => {
        const id = resource("first")?.id;
        expect(await stack.up(program("two", "b"))).toEqual({ replace: 1 });
        expect(await valueOf("first")).toBe("created two");
        expect(resource("first")?.id).not.toBe(id);
        // The new one is created before the old one is deleted.
        expect(readFileSync(join(folder, "first.txt"), "utf8")).toBe("gone\n");
    });

    test("runs a function each time, and returns the files it is asked for", async () => {
        let answer: command.local.RunResult | undefined;
        await stack.preview(async () => {
            const outputs = program("two", "b")();
            answer = await command.local.run({
                dir: folder,
                command: "mkdir -p out/deep && touch out/a.txt out/deep/b.txt out/deep/c.log; echo $GREETING",
                environment: { GREETING: "hello" },
                assetPaths: ["out/**", "!**.log"],
            });
            return outputs;
        });
        expect(answer?.stdout).toBe("hello");
        expect(Object.keys(answer?.assets ?? {}).sort()).toEqual(["out/a.txt", "out/deep/b.txt"]);
    });
});
