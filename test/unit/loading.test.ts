/** What `typescript.cjs` does to a Node process: fast where nothing needs the rest, and whole where something does. */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { version as policySdk } from "@pulumi/policy/package.json";
import { version as sdk } from "@pulumi/pulumi/package.json";
import { parse } from "yaml";

import { MEASURED_WITH } from "../../policies/lib/decode-once";
import measured from "../../runtime/measured.json";

const ROOT = join(__dirname, "..", "..");

/** Runs JavaScript in a process of its own. @returns what it printed */
function node(script: string): unknown {
    const args = ["--no-warnings", "--require", "./runtime/typescript.cjs", "--eval", script];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" })) as unknown;
}

/** What the SDK loads and no process of strata uses. */
const UNUSED =
    /\/(arborist|typescript\/lib|normalize-package-data|automation|v8Hooks\.js)(\/|$)|\/@opentelemetry\/(?!api\/)|\/vendor\/ts-node/;

test("the SDK loads without what turns functions into resources, traces calls and drives other programs", () => {
    const loaded = node(`
        require("@pulumi/pulumi");
        require("@pulumi/pulumi/cmd/run/tracing").newSpan("started");
        console.log(JSON.stringify(Object.keys(require.cache)));
    `) as string[];
    expect(loaded.some((file) => file.endsWith("/@pulumi/pulumi/runtime/closure/codePaths.js"))).toBe(true);
    expect(loaded.filter((file) => UNUSED.test(file))).toEqual([]);
});

test("what waits is whole when it is used", () => {
    const used = node(`
        const { automation } = require("@pulumi/pulumi");
        const tracing = require("@pulumi/pulumi/cmd/run/tracing");
        tracing.start("http://localhost:9411/api/v2/spans");
        console.log(JSON.stringify([typeof automation.LocalWorkspace.create, tracing.newSpan("x").isRecording()]));
        process.exit();
    `);
    expect(used).toEqual(["function", true]);
});

test("a release of the SDK that was not measured is loaded as it is", () => {
    const script = `
        require("./runtime/sdk-parts.cjs").leaveOut("3.0.0");
        require("@pulumi/pulumi");
        console.log(JSON.stringify(Object.keys(require.cache)));
    `;
    const loaded = execFileSync(process.execPath, ["--no-warnings", "--eval", script], { cwd: ROOT, encoding: "utf8" });
    expect(loaded).toContain("/@pulumi/pulumi/automation/");
});

test("the installed SDKs are those that were measured: after an update, measure again and write the new version", () => {
    expect([measured["@pulumi/pulumi"], MEASURED_WITH]).toEqual([sdk, policySdk]);
});

describe("the policy pack", () => {
    const pack = join(ROOT, "policies");
    const { runtime } = parse(readFileSync(join(pack, "PulumiPolicy.yaml"), "utf8")) as {
        runtime: { options: { nodeargs: string } };
    };
    const nodeargs = runtime.options.nodeargs.split(" ");

    /** Where a language host puts its Node options and in which folder it starts the pack. */
    interface Host {
        readonly before?: readonly string[];
        readonly after?: readonly string[];
        readonly cwd?: string;
    }

    /** Starts the pack as a language host does, and ends it as the engine does. @returns names of the files it had loaded */
    async function start({
        before = [],
        after = [],
        cwd = pack,
    }: Host): Promise<{ loaded: string[]; compiled: string[] }> {
        const folder = mkdtempSync(join(tmpdir(), "strata-pack-"));
        const list = join(folder, "list.cjs");
        const tell = 'require("node:fs").writeSync(1, JSON.stringify(Object.keys(require.cache)) + "\\n")';
        writeFileSync(list, `process.on("SIGUSR2", () => ${tell});`);
        const cache = join(folder, "compiled");
        const script = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
        const server = spawn(process.execPath, ["--require", list, ...before, script, ...after, "127.0.0.1:1", pack], {
            cwd,
            env: { ...process.env, NODE_COMPILE_CACHE: cache },
            stdio: ["ignore", "pipe", "inherit"],
        });
        const [port] = (await once(server.stdout, "data")) as [Buffer];
        expect(Number(port.toString())).toBeGreaterThan(0);
        let told = "";
        server.kill("SIGUSR2");
        for await (const data of server.stdout) {
            told += String(data);
            if (told.endsWith("\n")) server.kill("SIGINT");
        }
        const compiled = readdirSync(cache).flatMap((version) => readdirSync(join(cache, version)));
        return { loaded: JSON.parse(told) as string[], compiled };
    }

    test("starts without a compiler, and keeps what V8 compiled", async () => {
        const { loaded, compiled } = await start({ before: nodeargs });
        expect(loaded).toContain(join(pack, "index.ts"));
        expect(loaded.filter((file) => UNUSED.test(file))).toEqual([]);
        expect(compiled.length).toBeGreaterThan(100);
    });

    test("starts with a host that starts packs from the project's folder", async () => {
        expect((await start({ before: nodeargs, cwd: ROOT })).loaded).toContain(join(pack, "index.ts"));
    });

    // https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go#L1690-L1705
    test("starts with the published host, which gives its Node options to the script, and leaves the program's compile cache alone", async () => {
        const { loaded, compiled } = await start({ after: nodeargs });
        expect(loaded).toContain(join(pack, "index.ts"));
        expect(loaded.some((file) => file.endsWith("/v8Hooks.js"))).toBe(true);
        expect(compiled).toEqual([]);
    });
});

test("a program that turns a function into a resource can do so", () => {
    const made = node(`
        const { runtime } = require("@pulumi/pulumi");
        const factor = 7;
        Promise.all([runtime.serializeFunction((x) => x * factor), runtime.computeCodePaths({})])
            .then(([{ text }, paths]) => console.log(JSON.stringify({ text, packages: [...paths.keys()] })));
    `) as { text: string; packages: string[] };
    expect(made.text).toContain("(x) => x * factor");
    expect(made.packages).toContain("node_modules/yaml");
});

test("the project's TypeScript is loaded", () => {
    const line = node(`
        const { npmRun } = require("./cli/failure.ts");
        console.log(JSON.stringify(npmRun("up", "staging")));
    `);
    expect(line).toBe("npm run up -- --stack staging");
});

test("the project's TypeScript is loaded by Node 20 too, which cannot choose whose source maps it reads", () => {
    const script = "delete require('node:module').setSourceMapsSupport";
    const before = join(mkdtempSync(join(tmpdir(), "strata-node-20-")), "before.cjs");
    writeFileSync(before, script);
    const program = "console.log(require('./cli/failure.ts').npmRun('up'))";
    const args = ["--no-warnings", "--require", before, "--require", "./runtime/typescript.cjs", "--eval", program];
    expect(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" })).toBe("npm run up\n");
});

describe("translated code", () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-translated-"));
    const file = join(folder, "program.ts");

    /** Runs a program in TypeScript. @returns what it printed, and whether tsx was loaded for it */
    function start(program: string, env: NodeJS.ProcessEnv = {}, cwd = ROOT): { printed: string; translated: boolean } {
        const told = "console.log(Object.keys(require.cache).some((loaded) => /\\/tsx\\/dist\\//.test(loaded)));";
        writeFileSync(file, `${program}\n${told}`);
        const preload = join(ROOT, "runtime", "typescript.cjs");
        const printed = execFileSync(process.execPath, ["--no-warnings", "--require", preload, file], {
            cwd,
            env: { ...process.env, ...env },
            encoding: "utf8",
        });
        const lines = printed.trimEnd().split("\n");
        return { printed: lines.slice(0, -1).join("\n"), translated: lines.at(-1) === "true" };
    }

    test("is kept: tsx is loaded for a file that is new or has changed, and for no other", () => {
        const [one, two] = [1, 2].map((value) => `const value: number = ${value}; console.log(value);`);
        expect(start(one!)).toEqual({ printed: "1", translated: true });
        expect(start(one!)).toEqual({ printed: "1", translated: false });
        expect(start(two!)).toEqual({ printed: "2", translated: true });
    });

    test("translated code is run from a folder that nobody else can make", () => {
        // The program's own temporary folder stays as it was.
        const program = "const own: unknown = process.env.TMPDIR; console.log(own);";
        for (const translated of [true, false]) {
            expect(start(program, { TMPDIR: folder })).toEqual({ printed: folder, translated });
        }
        expect(readdirSync(folder)).toEqual(["program.ts"]);
    });

    test("asks tsx for a name that Node does not find, kept or not", () => {
        const other = join(mkdtempSync(join(tmpdir(), "strata-other-")), "other");
        writeFileSync(`${other}.ts`, "export const other: string = 'found';");
        const program = `import { other } from "${other}.js"; const said: string = other; console.log(said);`;
        for (const _ of ["translated", "kept"]) expect(start(program)).toEqual({ printed: "found", translated: true });
    });

    test("is the same wherever the command is run", () => {
        const settings = { compilerOptions: { useDefineForClassFields: false } };
        writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
        const program = `class A { set it(_: number) { console.log("the folder's own settings"); } }
            class B extends A { it = 1; }
            console.log(new B().it);`;
        expect(start(program, {}, folder)).toEqual({ printed: "1", translated: true });
        rmSync(join(folder, "tsconfig.json"));
    });

    test("says where an error is in the file that a person wrote, kept or not", () => {
        const program = `type Unused = {\n    a: number;\n};\ntry { throw new Error("here"); } catch (error) {\n console.log((error as Error).stack!.split("\\n")[1]); }`;
        for (const translated of [true, false]) {
            const told = start(program);
            expect(told.translated).toBe(translated);
            expect(told.printed).toContain("program.ts:4:13");
        }
    });

    test("says so too where the SDK runs the program", () => {
        writeFileSync(file, 'type Unused = {\n    a: number;\n};\nthrow new Error("here");\n');
        const script = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
        const args = ["--require", join(ROOT, "runtime", "typescript.cjs"), script, "127.0.0.1:1", file];
        for (const _ of ["translated", "kept"]) {
            const told = spawnSync(process.execPath, args, {
                encoding: "utf8",
                env: { ...process.env, NO_COLOR: "1" },
            });
            expect(told.stderr).toMatch(/Error: here\n.*program\.ts:4:7/);
        }
    });

    test("of jest is in the project's own folder too", () => {
        const folders = node(`
            const { cacheDirectory, projects } = require("./jest.config.js");
            console.log(JSON.stringify([cacheDirectory, ...projects.map((project) => project.cacheDirectory)]));
        `) as string[];
        expect(folders.filter((it) => !it.startsWith(join(ROOT, "node_modules", "/")))).toEqual([]);
    });
});
