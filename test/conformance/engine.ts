/**
 * The real engine and the real plugins, driven through the Automation API: a temporary project with its own file
 * backend for each stack, thrown away at the end.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";

import { cacheFolder, projectRoot } from "../../cli/places";
import { foundations } from "../../cli/setup/setup";
import { compareSchemaWithSdk, type PackageSchema } from "../../offline/build/sdk";

/** The toolchain that the set-up of the test run has installed. */
const toolchain = foundations().then((found) => found.toolchain);

/** What every `pulumi` here is started with, on top of the environment. */
export async function engineEnvironment(): Promise<Record<string, string>> {
    const { bin, home } = await toolchain;
    return {
        PATH: `${bin}:${process.env.PATH ?? ""}`,
        PULUMI_HOME: home,
        PULUMI_CONFIG_PASSPHRASE: "conformance",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
}

/** How many resources each operation touched. */
export type Changes = Readonly<Record<string, number>>;

/** Declares resources; what it returns are the stack's outputs. */
export type Program = () => Outputs | void | Promise<Outputs>;
export type Outputs = Record<string, unknown>;

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A stack whose program can be exchanged between deployments. */
export class TestStack {
    private constructor(
        private readonly stack: Stack,
        private readonly folder: string,
        private readonly name: string,
    ) {}

    /** @param name - also the project's, so that physical names of parallel test files differ */
    static async create(name: string): Promise<TestStack> {
        const folder = mkdtempSync(join(tmpdir(), `strata-${name}-`));
        const { bin } = await toolchain;
        const stack = await LocalWorkspace.createStack(
            { stackName: "test", projectName: name, program: () => Promise.resolve() },
            {
                workDir: folder,
                envVars: await engineEnvironment(),
                pulumiCommand: await PulumiCommand.get(existsSync(join(bin, "pulumi")) ? { root: dirname(bin) } : {}),
                projectSettings: { name, runtime: "nodejs", backend: { url: `file://${folder}` } },
            },
        );
        return new TestStack(stack, folder, name);
    }

    async up(program: Program, options: { readonly refresh?: boolean } = {}): Promise<Changes> {
        this.run(program);
        const { summary } = await this.stack.up({ ...options, suppressProgress: true });
        return changed(summary.resourceChanges ?? {});
    }

    /** What an `up` would do, having looked at the world first. Nothing is stored. */
    async previewRefreshed(program: Program): Promise<Changes> {
        this.run(program);
        const { changeSummary } = await this.stack.preview({ refresh: true, suppressProgress: true });
        return changed(changeSummary);
    }

    async preview(program: Program): Promise<Changes> {
        this.run(program);
        return changed((await this.stack.preview({ suppressProgress: true })).changeSummary);
    }

    private run(program: Program): void {
        this.stack.workspace.program = async () => (await program()) ?? {};
    }

    async outputs(): Promise<Record<string, { value: unknown; secret: boolean }>> {
        return this.stack.outputs();
    }

    /** The state as it is stored, secrets encrypted: the Automation API's export would decrypt them. */
    state(): readonly StateResource[] {
        const file = join(this.folder, ".pulumi", "stacks", this.name, "test.json");
        const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
            checkpoint: { latest: { resources?: readonly StateResource[] } };
        };
        return checkpoint.latest.resources ?? [];
    }

    async destroy(): Promise<void> {
        await this.stack.destroy({ suppressProgress: true });
    }

    /** Destroys what is left, whatever happened before, and forgets the stack. */
    async dispose(): Promise<void> {
        try {
            await this.stack.destroy({ suppressProgress: true });
        } finally {
            rmSync(this.folder, { recursive: true, force: true });
        }
    }
}

/** What changed: what stays the same is left out. The first deployment also creates the stack itself. */
function changed(counts: Readonly<Record<string, number>>): Changes {
    return Object.fromEntries(Object.entries(counts).filter(([operation, count]) => operation !== "same" && count > 0));
}

/** Differences between a plugin and its npm SDK that are known, from `offline/plugins/<plugin>/differences.txt`. */
export async function knownDifferences(plugin: string): Promise<string[]> {
    const file = join(projectRoot, "offline", "plugins", plugin, "differences.txt");
    const { bin } = await toolchain;
    // Made on a machine: with its parts beside `bin`, or in it when it came through a mirror.
    const isMade = ["..", "."].some((place) => existsSync(join(bin, place, "libexec", "language-host.cjs")));
    if (!isMade || !existsSync(file)) return [];
    return readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "");
}

/** Differences between what a plugin answers and the npm SDK. */
export async function differences(plugin: string): Promise<string[]> {
    const sdk = join(projectRoot, "node_modules", "@pulumi", plugin);
    const { version } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { version: string };
    const { stdout } = await promisify(execFile)("pulumi", ["package", "get-schema", `${plugin}@${version}`], {
        env: { ...process.env, ...(await engineEnvironment()) },
        // `pulumi` looks for a project here and in each folder above: neither this project, nor one of anybody's in /tmp.
        cwd: cacheFolder(),
        maxBuffer: 64 * 1024 * 1024,
    });
    return compareSchemaWithSdk(JSON.parse(stdout) as PackageSchema, sdk);
}

/** Runs a program and returns what it prints. */
export async function sh(program: string, ...args: string[]): Promise<string> {
    return (await promisify(execFile)(program, args)).stdout.trim();
}
