/** Gets a Docker engine to answer: installs Debian's when there is none, and starts it without a service manager if need be. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { Engine } from "../engine/engine";
import { Failure } from "../failure";
import type { Progress } from "../output/progress";
import { processName } from "../../offline/build/process";
import { onPath, run } from "../processes";
import { installDebianPackage } from "./debian";

const PID_FILE = "/var/run/docker.pid";
const CONTAINERD_FOLDER = "/var/run/docker/containerd";
const START_TIMEOUT = 90_000;

/**
 * Returns once the engine answers.
 *
 * @param cache - where the engine's log goes when it is started here
 * @param env - environment of the docker client
 * @throws Failure when the engine is on another machine, cannot be installed or does not start
 */
export async function ensureEngine(progress: Progress, cache: string, env: NodeJS.ProcessEnv): Promise<void> {
    const engine = new Engine(env);
    if (await engine.version()) return;
    const host = env.DOCKER_HOST;
    if (host !== undefined && !host.startsWith("unix://")) {
        throw new Failure(`the Docker engine at ${host} does not answer`, `check it with: docker -H ${host} version`);
    }
    for (const program of ["dockerd", "docker"]) {
        if (await onPath(program, env)) continue;
        await progress.step(`${program} (Debian package docker.io)`, (say) =>
            installDebianPackage("docker.io", env, say),
        );
    }
    await progress.step("Docker engine", (say) => start(engine, cache, env, say));
}

async function start(
    engine: Engine,
    cache: string,
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
): Promise<void> {
    // Installing the package or a service manager may have started it already.
    if (await engine.version()) return;
    const log = join(cache, "logs", "dockerd.log");
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
        if (process.getuid?.() !== 0) {
            throw new Failure("the Docker engine does not run, and only root can start it", "start it: sudo dockerd &");
        }
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
 * A machine that was switched off or an engine that was killed leaves pid files and sockets. Their pids may belong to
 * other processes by now, and then the engine waits for a containerd that is none.
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
