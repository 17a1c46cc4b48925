/**
 * Gets a Docker engine to answer on a machine that has none. What a machine has already is neither replaced nor started
 * unasked: a stopped or rootless engine, Docker's own packages, a context that points elsewhere.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { DEFAULT_SOCKET, type EngineChoice, socketOf } from "../../engine/choice";
import type { Engine } from "../../engine/engine";
import { programOnPath, readHost } from "../../engine/host";
import type { Host, Silence } from "../../engine/silence";
import { Failure } from "../failure";
import type { Progress } from "../output/progress";
import { processName } from "../../offline/build/process";
import { onPath, run } from "../processes";
import { installDebianPackage } from "./debian";

const PID_FILE = "/var/run/docker.pid";
const CONTAINERD_FOLDER = "/var/run/docker/containerd";
const START_TIMEOUT = 90_000;

/** The Debian package with the engine that the set-up installs. */
const PACKAGE = "docker.io";

/** The Debian package with the client, where it is not in {@link PACKAGE}. */
const CLIENT_PACKAGE = "docker-cli";

/**
 * What a verb may do for an engine that does not answer: `bare` prepares one on a machine that has none, `asked` also starts
 * one that is installed, because its user said so, `never` only says what is missing.
 */
export type Permission = "bare" | "asked" | "never";

/** What can be done: install and start an engine, start the one that is installed, or nothing without the user. */
export type Preparation = "install" | "start" | "none";

/** Facts beside those of {@link Host} on which {@link preparationOf} decides. */
export interface Installed {
    /** Debian's `apt-get` is there. */
    readonly hasApt: boolean;
    /** The `dockerd` on this machine is that of Debian's package, and an earlier set-up installed or started it. */
    readonly isOurs: boolean;
}

/**
 * Decides what can be done. Pure.
 *
 * A machine is bare when this user is root, no other engine was chosen than the one in Docker's usual place, and there is no
 * engine program. The set-up also starts an engine again that it has installed or started, on a machine without a service manager,
 * such as a container or a CI image: nothing else would start it there. Any other engine is its owner's, who has to ask.
 */
export function preparationOf(
    choice: Pick<EngineChoice, "host" | "source">,
    { kind }: Pick<Silence, "kind">,
    host: Pick<Host, "platform" | "isRoot" | "hasDaemon" | "hasServiceManager">,
    { hasApt, isOurs }: Installed,
    permission: Permission,
): Preparation {
    const isUsualPlace = socketOf(choice) === DEFAULT_SOCKET && choice.source !== "context";
    const isAbsent = ["no client", "not installed", "stopped"].includes(kind);
    if (permission === "never" || host.platform !== "linux" || !host.isRoot || !isUsualPlace || !isAbsent)
        return "none";
    const install = hasApt ? "install" : "none";
    if (!host.hasDaemon) return install;
    const isAsked = permission === "asked";
    switch (kind) {
        case "no client":
            // An installation that was cut off may have brought the engine and not the client.
            return isAsked || isOurs ? install : "none";
        default:
            return isAsked || (isOurs && !host.hasServiceManager) ? "start" : "none";
    }
}

/**
 * Returns once the engine answers.
 *
 * @param cache - folder for the engine's log when it is started here, and for the mark that the set-up installed it
 * @throws Failure that says why the engine does not answer and what to type, when the machine is not bare
 */
export async function ensureEngine(
    progress: Progress,
    cache: string,
    engine: Engine,
    env: NodeJS.ProcessEnv,
    permission: Permission,
): Promise<void> {
    const answer = await engine.answer();
    if (!("silence" in answer)) return;
    const { silence } = answer;
    const preparation = await preparationFor(engine, cache, silence, env, permission);
    if (preparation === "none") throw engine.silent(silence);
    if (preparation === "install") {
        await progress.step(`Docker engine (Debian package ${PACKAGE})`, (say) => install(cache, env, say));
    }
    await progress.step("Docker engine", (say) => start(engine, cache, env, say));
}

/** What the set-up would do about an engine that does not answer. Changes nothing. */
export async function preparationFor(
    { choice }: Pick<Engine, "choice">,
    cache: string,
    silence: Silence,
    env: NodeJS.ProcessEnv,
    permission: Permission,
): Promise<Preparation> {
    const daemon = programOnPath("dockerd", env);
    const owner = daemon === undefined ? undefined : await run("dpkg", ["-S", daemon], { env });
    const installed = {
        hasApt: await onPath("apt-get", env),
        isOurs:
            [markerIn(cache), logIn(cache)].some(existsSync) &&
            owner?.code === 0 &&
            owner.stdout.startsWith(`${PACKAGE}:`),
    };
    return preparationOf(choice, silence, readHost(choice, env), installed, permission);
}

/** The file that says that the set-up installed the engine of this machine. */
function markerIn(cache: string): string {
    return join(cache, "engine-installed");
}

/** The log of an engine that the set-up has started. */
function logIn(cache: string): string {
    return join(cache, "logs", "dockerd.log");
}

async function install(cache: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void> {
    const isFirst = programOnPath("dockerd", env) === undefined;
    const marker = markerIn(cache);
    if (isFirst) {
        // Written before the installation: after a run that is killed during it, the engine still counts as the set-up's.
        mkdirSync(cache, { recursive: true });
        writeFileSync(
            marker,
            `strata installed the Debian package ${PACKAGE} on this machine, so npm run up may start it\n`,
        );
    }
    try {
        await installDebianPackage(PACKAGE, env, say);
    } catch (error) {
        if (isFirst) rmSync(marker, { force: true });
        throw error;
    }
    // From Debian 13 on the client is a package of its own, which the engine only recommends.
    if (!(await onPath("docker", env))) await installDebianPackage(CLIENT_PACKAGE, env, say);
}

async function start(
    engine: Engine,
    cache: string,
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
): Promise<void> {
    // Installing the package or a service manager may have started it already.
    if (await engine.version()) return;
    const log = logIn(cache);
    if (existsSync("/run/systemd/system")) {
        say("systemctl start docker");
        const started = await run("systemctl", ["start", "docker"], { env });
        if (started.code !== 0) {
            throw new Failure(
                `systemctl start docker: ${started.stderr.trim()}`,
                "look at: journalctl -u docker -n 50",
            );
        }
    } else if (!isProcess(PID_FILE, "dockerd")) {
        removeLeftovers();
        mkdirSync(join(cache, "logs"), { recursive: true });
        // Through a shell that ends at once: the engine must not be a descendant, or Ctrl-C here would end it.
        await run("sh", ["-c", 'setsid nohup dockerd >>"$0" 2>&1 </dev/null &', log], { env });
    }
    const deadline = Date.now() + START_TIMEOUT;
    while (!(await engine.version())) {
        if (Date.now() > deadline) {
            throw new Failure(
                `the Docker engine does not answer after ${START_TIMEOUT / 1000} s`,
                existsSync(log) ? `read ${log}` : "look at what the service manager says about it",
                2,
                existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").slice(-20) : [],
            );
        }
        say("waiting until it answers");
        await new Promise((resolve) => setTimeout(resolve, 300));
    }
}

/**
 * Removes the pid files and sockets that a machine leaves when it is switched off, or an engine when it is killed. Their pids may
 * belong to other processes by now, and then the engine waits for a process that is not containerd.
 */
function removeLeftovers(): void {
    rmSync(PID_FILE, { force: true });
    if (isProcess(join(CONTAINERD_FOLDER, "containerd.pid"), "containerd")) return;
    if (!existsSync(CONTAINERD_FOLDER)) return;
    for (const file of readdirSync(CONTAINERD_FOLDER)) {
        if (/\.(pid|sock|ttrpc)$/.test(file)) rmSync(join(CONTAINERD_FOLDER, file), { force: true });
    }
}

function isProcess(pidFile: string, name: string): boolean {
    if (!existsSync(pidFile)) return false;
    return processName(Number(readFileSync(pidFile, "utf8").trim())) === name;
}
