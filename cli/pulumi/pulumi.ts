/** Runs the `pulumi` command line on a stack. */

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";

import { Failure, npmRun } from "../failure";
import { onInterrupt } from "../interrupt";
import { privateFolder, projectRoot } from "../places";
import { type Ended, run } from "../processes";
import { readStackFile } from "../stacks/copy";
import { type Encryption, encryptionIn } from "../stacks/encryption";
import { refuseWrongPassphrase } from "../stacks/passphrase";
import { PROJECT, type Stack } from "../stacks/stack";
import { type Lock, parseLocks, workedOn } from "./locks";
import { dropOldLogs, runName } from "./run-logs";
import { forgetRun, rememberRun, type Verb } from "./run-record";
import { type KnownState, readState } from "./state";
import { copyState } from "./state-copy";

/** How a run ended. */
export interface PulumiRun {
    readonly code: number;
    /** Signal that killed `pulumi` from outside. */
    readonly endedBy: NodeJS.Signals | undefined;
    /** Everything `pulumi` printed; kept for the last runs. */
    readonly logFile: string;
    readonly interrupted: boolean;
}

/** The outcome of an attempt to create a stack. */
export type Creation =
    | { readonly outcome: "created"; readonly encryption: Encryption }
    | { readonly outcome: "exists" }
    | { readonly outcome: "locked"; readonly locks: readonly Lock[] };

const POLL_MILLISECONDS = 100;

/** `pulumi` for one stack. */
export class Pulumi {
    /**
     * @param configFile - what `refreshCopy` returned
     * @param env - what `pulumiEnvironment` returned
     */
    constructor(
        readonly stack: Stack,
        readonly configFile: string,
        private readonly env: NodeJS.ProcessEnv,
    ) {}

    /** Runs a short command to its end. */
    ask(args: readonly string[], cwd: string = projectRoot): Promise<Ended> {
        return run("pulumi", [...args, "--non-interactive", "--color", "never"], { env: this.env, cwd });
    }

    /** The stack's state; empty for a stack that was never deployed. @throws Failure when it cannot be read */
    async state(): Promise<KnownState> {
        const asked = await this.ask(["stack", "export", "--stack", this.stack.name]);
        if (asked.code !== 0) {
            refuseWrongPassphrase(this.stack.name, asked.stderr);
            throw new Failure(
                `the state of ${this.stack.name} cannot be read: ${lastLine(asked.stderr)}`,
                `run: ${npmRun("doctor")}`,
            );
        }
        return readState(JSON.parse(asked.stdout));
    }

    /** Replaces the stack's state by what `edit` makes of it. Secrets stay as they are: encrypted. */
    async rewrite(edit: (exported: unknown) => unknown): Promise<void> {
        const folder = mkdtempSync(join(privateFolder(), "state-"));
        const file = join(folder, "state.json");
        const stack = ["--stack", this.stack.name, "--file", file];
        try {
            for (const verb of ["export", "import"]) {
                const asked = await this.ask(["stack", verb, ...stack]);
                if (asked.code !== 0) {
                    const locks = parseLocks(asked.stderr);
                    if (locks.length > 0) throw workedOn(this.stack.name, locks);
                    refuseWrongPassphrase(this.stack.name, asked.stderr);
                    throw new Failure(`pulumi stack ${verb}: ${lastLine(asked.stderr)}`, `run: ${npmRun("doctor")}`);
                }
                if (verb === "export") {
                    writeFileSync(file, JSON.stringify(edit(JSON.parse(readFileSync(file, "utf8")))), { mode: 0o600 });
                }
            }
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    }

    /**
     * What the backend has of the stack: the document of `pulumi stack export`, or `undefined` when it has no such stack.
     *
     * @throws Failure when the backend does not answer
     */
    async exported(): Promise<unknown> {
        const asked = await this.ask(["stack", "export", "--stack", this.stack.name]);
        if (asked.code === 0) return JSON.parse(asked.stdout);
        if (/no stack named .* found/.test(asked.stderr)) return undefined;
        refuseWrongPassphrase(this.stack.name, asked.stderr);
        throw new Failure(
            `the backend of ${this.stack.name} does not answer: ${lastLine(asked.stderr)}`,
            "check where you are logged in (PULUMI_BACKEND_URL, or: pulumi whoami -v) and your access to it",
        );
    }

    /**
     * Works on a copy of the state, which is removed afterwards.
     *
     * @param exported - what {@link exported} returned
     */
    async onCopy<T>(exported: unknown, work: (copy: Pulumi) => Promise<T>): Promise<T> {
        const { backend, configFile, remove } = copyState(this.stack.name, exported, this.configFile);
        try {
            return await work(new Pulumi(this.stack, configFile, { ...this.env, PULUMI_BACKEND_URL: backend }));
        } finally {
            remove();
        }
    }

    /**
     * Creates the stack in the backend, unless it exists. A backend without a service locks the stack for this before it looks
     * whether it exists, so the answer also tells whether somebody works on it.
     *
     * It works in a folder of its own, because `stack init` writes the salt into the stack file beside `Pulumi.yaml`, whatever
     * other file is asked for. Pulumi Cloud encrypts by itself and has nothing written.
     *
     * @param encryption - what the stack's author wrote about it
     */
    async createStack(encryption: Encryption): Promise<Creation> {
        const folder = mkdtempSync(join(privateFolder(), "init-"));
        const file = join(folder, `Pulumi.${this.stack.name}.yaml`);
        try {
            writeFileSync(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
            if (Object.keys(encryption).length > 0) writeFileSync(file, stringify(encryption));
            const { secretsprovider } = encryption;
            const provider = secretsprovider === undefined ? [] : ["--secrets-provider", secretsprovider];
            const asked = await this.ask(["stack", "init", this.stack.name, "--no-select", ...provider], folder);
            const locks = parseLocks(asked.stderr);
            if (locks.length > 0) return { outcome: "locked", locks };
            if (/already exists/.test(asked.stderr)) return { outcome: "exists" };
            if (asked.code === 0) {
                return { outcome: "created", encryption: existsSync(file) ? encryptionIn(readStackFile(file)) : {} };
            }
            refuseWrongPassphrase(this.stack.name, asked.stderr);
            throw new Failure(
                `stack ${this.stack.name} cannot be created: ${lastLine(asked.stderr)}`,
                `run: ${npmRun("doctor")}`,
            );
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    }

    /**
     * Runs `up`, `preview`, `refresh` or `destroy` and hands its events on as they come.
     *
     * `pulumi` writes to files, not to pipes of this process, and has a session of its own: if this process is killed it
     * finishes the running step and keeps the state whole instead of dying of a closed pipe, and a Ctrl-C at the terminal
     * reaches it once, through us.
     *
     * @param onStopping - told the first time the user asks to stop
     */
    async operate(
        verb: Verb,
        args: readonly string[],
        onEvent: (event: EngineEvent) => void,
        onStopping: () => void,
    ): Promise<PulumiRun> {
        const folder = privateFolder("logs");
        const base = join(folder, runName(this.stack.name, verb, new Date()));
        const eventsFile = `${base}.events`;
        const logFile = `${base}.log`;
        writeFileSync(eventsFile, "", { mode: 0o600 });
        const log = openSync(logFile, "w", 0o600);
        const common = ["--stack", this.stack.name, "--config-file", this.configFile, "--event-log", eventsFile];
        const child = spawn("pulumi", [verb, ...common, "--non-interactive", "--color", "never", ...args], {
            cwd: projectRoot,
            env: this.env,
            detached: true,
            stdio: ["ignore", log, log],
        });
        closeSync(log);
        const record = child.pid === undefined ? undefined : rememberRun(this.stack, verb, child.pid);
        const events = new Tail(eventsFile, onEvent);
        let interrupts = 0;
        let endedBy: NodeJS.Signals | undefined;
        const release = onInterrupt(() => {
            interrupts += 1;
            if (interrupts === 1) onStopping();
            // The first asks the engine to stop after the running step, the second to stop at once.
            if (child.pid) process.kill(child.pid, interrupts < 3 ? "SIGINT" : "SIGKILL");
        });
        const poll = setInterval(() => events.read(), POLL_MILLISECONDS);
        try {
            const code = await new Promise<number>((resolve, reject) => {
                child.on("error", (error) =>
                    reject(new Failure(`pulumi cannot be started: ${error.message}`, `run: ${npmRun("setup")}`)),
                );
                child.on("close", (exit, signal) => {
                    endedBy = signal ?? undefined;
                    resolve(exit ?? 1);
                });
            });
            events.read();
            return { code, endedBy, logFile, interrupted: interrupts > 0 };
        } finally {
            clearInterval(poll);
            release();
            if (record) forgetRun(this.stack);
            rmSync(eventsFile, { force: true });
            dropOldLogs(folder, this.stack.name);
        }
    }
}

/** Reads what was appended to a file of JSON lines since the last time. */
class Tail {
    private position = 0;
    private partial = Buffer.alloc(0);

    constructor(
        private readonly file: string,
        private readonly onEvent: (event: EngineEvent) => void,
    ) {}

    read(): void {
        const handle = openSync(this.file, "r");
        try {
            const chunk = Buffer.alloc(65_536);
            for (let count; (count = readSync(handle, chunk, 0, chunk.length, this.position)) > 0;) {
                this.position += count;
                this.partial = Buffer.concat([this.partial, chunk.subarray(0, count)]);
            }
        } finally {
            closeSync(handle);
        }
        for (let end; (end = this.partial.indexOf(10)) >= 0; this.partial = this.partial.subarray(end + 1)) {
            if (end > 0) this.onEvent(JSON.parse(this.partial.subarray(0, end).toString("utf8")) as EngineEvent);
        }
    }
}

/** Arguments that leave resources as the state knows them. Pure. */
export function excluding(urns: readonly string[]): string[] {
    return urns.flatMap((urn) => ["--exclude", urn]);
}

/** The last line of an error that says something. */
export function lastLine(text: string): string {
    return text.trim().split("\n").at(-1)?.trim() ?? "";
}
