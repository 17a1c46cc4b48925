/** A stack of the real program on the real engine, driven as a user drives it. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { TESTING } from "../../cli/stacks/stack";
import { type AdministratorLogins, readLogins } from "../../cli/pulumi/logins";
import { isRunFile } from "../../cli/pulumi/run-logs";
import { parseConfig, type StackConfig } from "../../config/load";
import type { Platform } from "../../model/platform";
import { resolvePlatform } from "../../model/resolve";
import { products } from "../../products";
import { type Ended, refuseUnreserved, removeLabelled, run } from "./live-engine";
import { expectSuccess } from "./outcome";

const ROOT = join(__dirname, "..", "..");
const PRIVATE = join(ROOT, ".strata");

/** Settings in which two stacks on one machine differ. */
export interface LiveStackOptions {
    /**
     * A name that is reserved for tests (`RESERVED_FOR_TESTS`). Leftovers of environments that begin with `test-` are removed before
     * tests run. A test with another reserved name removes its own leftovers.
     */
    readonly name: string;
    /** First two octets of its subnets. */
    readonly addressBase: string;
    /** First of the stack's ports on 127.0.0.1: http, https, then the management ports. */
    readonly port: number;
    /** Further configuration: a value replaces the value of `Pulumi.local.yaml`, `undefined` removes it. */
    readonly config?: Readonly<Record<string, unknown>>;
    /** Root of another checkout to work from. @default this one */
    readonly checkout?: string;
    /** Environment variables of the operator, for example a login. @default none */
    readonly operator?: Readonly<Record<string, string>>;
    /** Words in front of every command, to run it in an engine's network. @default none: the engine is this machine's own */
    readonly enter?: readonly string[];
}

/** A stack like `local`, with its own name, addresses, ports and files. */
export class LiveStack {
    public readonly name: string;
    public readonly domain: string;
    public readonly ports: {
        readonly http: number;
        readonly https: number;
        readonly dashboard: number;
        readonly vault: number;
    };
    /** Everything that the command line and `pulumi` printed, in order. */
    public readonly output: string[] = [];
    private readonly folder: string;
    private readonly file: string;
    private readonly checkout: string;
    private readonly operator: Readonly<Record<string, string>>;
    private readonly enter: readonly string[];
    private variables: NodeJS.ProcessEnv | undefined;

    /** @throws Error for a name that is not reserved for tests, because {@link remove} also deletes the stack's state */
    constructor({ name, addressBase, port, config = {}, ...options }: LiveStackOptions) {
        refuseUnreserved(name);
        this.name = name;
        this.checkout = options.checkout ?? ROOT;
        this.operator = options.operator ?? {};
        this.enter = options.enter ?? [];
        this.domain = `${name}.localhost`;
        this.ports = { http: port, https: port + 1, dashboard: port + 2, vault: port + 3 };
        this.folder = mkdtempSync(join(tmpdir(), `strata-${name}-`));
        this.file = join(this.folder, `Pulumi.${name}.yaml`);
        const local = parse(readFileSync(join(ROOT, "Pulumi.local.yaml"), "utf8")) as {
            config: Record<string, unknown>;
        };
        const own = {
            "strata:domain": this.domain,
            "strata:addressBase": addressBase,
            "strata:edge": {
                http: { address: "127.0.0.1", port: this.ports.http },
                https: { address: "127.0.0.1", port: this.ports.https },
            },
            "strata:management": { port: this.ports.dashboard },
        };
        writeFileSync(this.file, stringify({ config: { ...local.config, ...own, ...config } }));
    }

    /** The configuration and the platform that the stack's file declares. */
    declared(): { readonly config: StackConfig; readonly platform: Platform } {
        const raw = (parse(readFileSync(this.file, "utf8")) as { config: Record<string, unknown> }).config;
        const config = parseConfig(raw);
        return { config, platform: resolvePlatform({ environment: this.name, config, products }) };
    }

    /** Writes other values into the stack's file. */
    declare(config: Readonly<Record<string, unknown>>): void {
        const written = parse(readFileSync(this.file, "utf8")) as { config: Record<string, unknown> };
        writeFileSync(this.file, stringify({ config: { ...written.config, ...config } }));
    }

    /** `strata <verb>` on the stack; a verb may be of two words. */
    async strata(verb: string, ...args: readonly string[]): Promise<Ended> {
        const ended = await this.run(this.commandLine(verb, args), this.environment(), 600_000);
        this.output.push(ended.stdout, ended.stderr);
        return ended;
    }

    /** Starts `strata <verb>`, so that a test can interrupt it. */
    start(verb: string, ...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
        const [command, ...rest] = [...this.enter, ...this.commandLine(verb, args)] as [string, ...string[]];
        const child = spawn(command, rest, { env: this.environment(), cwd: this.checkout });
        const output = { stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
        const ended = new Promise<Ended>((resolve) =>
            child.on("exit", (code, signal) => {
                this.output.push(output.stdout, output.stderr);
                resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 128), ...output });
            }),
        );
        return { child, ended };
    }

    /** Runs plain `pulumi` with the variables that `strata env` exports. */
    async pulumi(...args: readonly string[]): Promise<Ended> {
        this.variables ??= await this.exported();
        const ended = await this.run(["pulumi", ...args, "--non-interactive"], this.variables);
        // An exported state that shows secrets is not recorded: leak checks read the recorded output.
        if (!args.includes("--show-secrets")) {
            this.output.push(ended.stdout, ended.stderr);
        }
        return ended;
    }

    /** Runs commands of the documentation with the variables that `strata env` exports. */
    async shell(script: string): Promise<Ended> {
        this.variables ??= await this.exported();
        const ended = await this.run(["bash", "-c", script], this.variables);
        this.output.push(ended.stdout, ended.stderr);
        return ended;
    }

    /** Runs the drift gate exactly as documented. @returns exit code 0 for no changes, 7 for changes, any other: could not tell */
    async gate(): Promise<Ended> {
        return this.pulumi("preview", "--refresh", "--expect-no-changes");
    }

    /** Outputs of the stack, secrets included. */
    async outputs(): Promise<Readonly<Record<string, unknown>>> {
        const { code, stdout, stderr } = await this.pulumi("stack", "output", "--json", "--show-secrets");
        if (code !== 0) {
            throw new Error(`pulumi stack output ended with ${code}: ${stderr}`);
        }
        return JSON.parse(stdout) as Record<string, unknown>;
    }

    /** The program's administrator logins, as the command line reads them. */
    async logins(): Promise<AdministratorLogins> {
        const { code, stdout, stderr } = await this.pulumi("stack", "export", "--show-secrets");
        if (code !== 0) {
            throw new Error(`pulumi stack export ended with ${code}: ${stderr}`);
        }
        return readLogins(JSON.parse(stdout));
    }

    /** Changes the state, with `pulumi stack export` and `import`. */
    async rewriteState(change: (exported: string) => string): Promise<void> {
        const file = join(this.folder, "state.json");
        expectSuccess(await this.pulumi("stack", "export", "--file", file));
        writeFileSync(file, change(readFileSync(file, "utf8")));
        expectSuccess(await this.pulumi("stack", "import", "--file", file));
    }

    /** Texts of the state, its history and the runs' logs, by path. */
    privateFiles(): ReadonlyMap<string, string> {
        const files = readdirSync(PRIVATE, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name))
            .filter((path) => path.includes(this.name) && !path.endsWith(`passphrase-${this.name}`));
        return new Map(files.map((path) => [path, readFileSync(path, "utf8")]));
    }

    /** The passphrase of the stack's secrets. */
    passphrase(): string {
        return readFileSync(join(PRIVATE, `passphrase-${this.name}`), "utf8").trim();
    }

    /** The record of a run that did not end in order. */
    recordedRun(): string | undefined {
        const file = join(PRIVATE, `run-${this.name}.json`);
        return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    }

    /** Whether a run holds the lock of the state in this checkout. */
    isLocked(): boolean {
        return listed(join(PRIVATE, "state", ".pulumi", "locks", "organization", "strata", this.name)).length > 0;
    }

    /** Removes everything of this stack: labelled objects, state and private files. Touches no other stack. */
    async remove(): Promise<void> {
        await removeLabelled(this.name);
        rmSync(this.folder, { recursive: true, force: true });
        forget(this.name);
    }

    /** Removes leftovers of an earlier run of the same test. */
    async removeLeftovers(): Promise<void> {
        await removeLabelled(this.name);
        forget(this.name);
    }

    private commandLine(verb: string, args: readonly string[]): string[] {
        const launch = [process.execPath, join(this.checkout, "cli", "launch.mjs")];
        return [...launch, ...verb.split(" "), "--stack", this.name, "--config-file", this.file, ...args];
    }

    private run(commandLine: readonly string[], env: NodeJS.ProcessEnv, timeout?: number): Promise<Ended> {
        const [command, ...args] = [...this.enter, ...commandLine] as [string, ...string[]];
        return run(command, args, { env, cwd: this.checkout, ...(timeout !== undefined && { timeout }) });
    }

    private environment(): NodeJS.ProcessEnv {
        return { ...environment(), ...this.operator };
    }

    private async exported(): Promise<NodeJS.ProcessEnv> {
        const lines = await this.run(this.commandLine("env", []), this.environment());
        if (lines.code !== 0) {
            throw new Error(`strata env ended with ${lines.code}: ${lines.stderr}`);
        }
        // The lines are for a shell, so a shell reads them.
        const script = 'eval "$0"; env -0';
        const shell = await run("sh", ["-c", script, lines.stdout], { env: this.environment() });
        return Object.fromEntries(
            shell.stdout
                .split("\0")
                .filter((line) => line.includes("="))
                .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
        );
    }
}

/** This process's environment without the variables of jest and of a developer's own Pulumi. */
function environment(): NodeJS.ProcessEnv {
    const foreign = /^(PULUMI_|JEST_|NODE_ENV$|NODE_OPTIONS$|STRATA_LAUNCHER$)/;
    const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
    return { ...Object.fromEntries(own), [TESTING]: "1" };
}

/** Removes the private files of a stack. Each of them has the stack's name in its own. */
function forget(name: string): void {
    const inside = (...parts: readonly string[]): string => join(PRIVATE, ...parts);
    for (const folder of [inside(), inside("logs"), inside("state", ".pulumi", "stacks", "strata")]) {
        for (const file of listed(folder).filter((entry) => isOf(name, entry))) {
            rmSync(join(folder, file), { recursive: true, force: true });
        }
    }
    for (const kind of ["history", "backups"]) {
        rmSync(inside("state", ".pulumi", kind, "strata", name), { recursive: true, force: true });
    }
    rmSync(inside("state", ".pulumi", "locks", "organization", "strata", name), { recursive: true, force: true });
}

function isOf(name: string, file: string): boolean {
    const own = [
        `Pulumi.${name}.yaml`,
        `Pulumi.${name}.yaml.record`,
        `passphrase-${name}`,
        `run-${name}.json`,
        `${name}.json`,
        `${name}.json.bak`,
        `${name}.json.attrs`,
    ];
    return own.includes(file) || isRunFile(name, file);
}

function listed(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}
