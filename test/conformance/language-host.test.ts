import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectRoot } from "../../cli/places";
import { engineEnvironment } from "./engine";

jest.setTimeout(120_000);

interface Result {
    readonly code: number;
    readonly output: string;
}

describe("language host", () => {
    let folder: string;
    let environment: NodeJS.ProcessEnv;

    /** Runs the CLI in the project and never throws. */
    const cli = (...args: string[]): Promise<Result> =>
        new Promise((resolve) => {
            execFile(
                "pulumi",
                [...args, "--non-interactive"],
                {
                    cwd: folder,
                    env: environment,
                },
                (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
            );
        });
    const write = (file: string, content: string | object): void =>
        writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));

    beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "strata-host-"));
        environment = {
            ...process.env,
            ...(await engineEnvironment()),
            PULUMI_BACKEND_URL: `file://${folder}/state`,
        };
        mkdirSync(join(folder, "state"));
        mkdirSync(join(folder, "pack"));
        symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
        write("Pulumi.yaml", {
            name: "conformance-host",
            runtime: {
                name: "nodejs",
                options: { typescript: false, nodeargs: "--import tsx --title='strata program'" },
            },
        });
        write("package.json", { name: "conformance-host", main: "index.ts" });
        // `enum` and `import` need the loader that nodeargs names.
        write(
            "index.ts",
            `import * as pulumi from "@pulumi/pulumi";
             import * as command from "@pulumi/command";
             enum Kind { Plain = "plain" }
             const config = new pulumi.Config();
             console.log("a line on the standard output");
             if (config.getBoolean("throw")) throw new Error("the program's own words");
             if (config.getBoolean("fail")) new command.local.Command("failing", { create: "echo the disk is full >&2; exit 3" });
             export const kind = Kind.Plain;
             export const title = process.title;
             export const where = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()];
             export const plain = config.requireObject("plain");
             export const password = config.requireSecret("password");
             export const isSecret = config.get("password") !== undefined;`,
        );
        write("pack/PulumiPolicy.yaml", { runtime: "nodejs" });
        write("pack/package.json", { name: "pack", version: "0.0.1", main: "start.cjs" });
        write("pack/start.cjs", `require("tsx/cjs"); require("./policy.ts");`);
        write(
            "pack/policy.ts",
            `import * as pulumi from "@pulumi/pulumi";
             import { PolicyPack } from "@pulumi/policy";
             new PolicyPack("pack", { policies: [{
                 name: "says-where", description: "Says where it runs.", enforcementLevel: "advisory",
                 validateStack: (stack, report) => {
                     const config = new pulumi.Config("conformance-host");
                     report([pulumi.getProject(), pulumi.getStack(), config.require("level"), stack.resources.length].join("/"));
                 },
             }, {
                 name: "stops", description: "Stops what it is told to.", enforcementLevel: "mandatory",
                 validateStack: (_stack, report) => {
                     if (new pulumi.Config("conformance-host").getBoolean("stop")) report("stopped by the pack");
                 },
             }] });`,
        );
        await cli("stack", "init", "test");
        const values = [
            "--plaintext",
            "level=high",
            "--plaintext",
            "plain.list[0]=one",
            "--secret",
            "password=open-sesame",
        ];
        expect(await cli("config", "set-all", "--path", ...values)).toMatchObject({ code: 0 });
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test("runs a TypeScript program with the node arguments of the project, and its configuration", async () => {
        const up = await cli("up", "--yes", "--skip-preview");
        expect(up).toMatchObject({ code: 0 });
        expect(up.output).toContain("a line on the standard output");
        expect(up.output).not.toContain("open-sesame");
        const outputs = await cli("stack", "output", "--json", "--show-secrets");
        expect(JSON.parse(outputs.output)).toEqual({
            kind: "plain",
            title: "strata program",
            where: ["organization", "conformance-host", "test", false],
            plain: { list: ["one"] },
            password: "open-sesame",
            isSecret: true,
        });
    });

    test("runs a policy pack, which knows the stack and its configuration", async () => {
        const preview = await cli("preview", "--policy-pack", "pack", "--config", "stop=true");
        expect(preview.output).toContain("conformance-host/test/high/1");
        expect(preview.output).toContain("stopped by the pack");
        expect(preview.code).not.toBe(0);
    });

    test("fails when the program throws, and shows its error once", async () => {
        const failed = await cli("preview", "--config", "throw=true");
        expect(failed.code).not.toBe(0);
        expect(failed.output.match(/Error: the program's own words/g)).toHaveLength(1);
        expect(failed.output).not.toContain("exited with code");
    });

    test("fails when a resource fails, with the resource's words", async () => {
        const failed = await cli("up", "--yes", "--skip-preview", "--config", "throw=false", "--config", "fail=true");
        expect(failed.code).not.toBe(0);
        expect(failed.output).toContain("the disk is full");
        expect((await cli("stack", "export")).output).not.toContain("::failing");
    });
});
