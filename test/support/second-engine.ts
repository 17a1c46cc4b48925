/** A current Docker engine beside the machine's own, in a network namespace of its own: two in one would share packet filters. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cacheFolder } from "../../cli/places";
import { engineFolder } from "../../offline/build/engine";
import { eventually } from "./eventually";
import { run } from "./live-engine";
import { isAlive, processTree, signalAll } from "./processes";

/** One at a time on a machine, as test runs are, so that a killed run's leftovers are found by their name. */
const NAME = "strata-test-engine";
const FOLDER = join(tmpdir(), NAME);
const NAMESPACE = `/run/netns/${NAME}`;

/** Runs a command in the engine's network. `ip netns exec` would also mount another /sys, without cgroups. */
const ENTER = ["nsenter", `--net=${NAMESPACE}`] as const;

/**
 * What an engine is started through: it is told to stop when this process ends, however it ends, and what it mounts is seen
 * by it alone, so that its end removes the mounts.
 */
const CONTAINED = ["setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "--propagation", "slave"] as const;

/** The machine's own PATH has programs that the engine calls, such as `iptables`. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

/** The engine that {@link engineSteps} of the set-up made; it has no way to a registry or to any other machine. */
export class SecondEngine {
    /** As `DOCKER_HOST` takes it. */
    public readonly host = `unix://${join(FOLDER, "docker.sock")}`;
    /** In front of a command that asks published ports: they are in the engine's network only. */
    public readonly enter: readonly string[] = ENTER;
    private readonly machine: NodeJS.ProcessEnv = { ...process.env };
    private daemon: ChildProcess | undefined;

    /** Starts it, without anything of an earlier one. @throws Error with the end of its log when it does not answer */
    async start(): Promise<void> {
        await removeLeftovers();
        mkdirSync(FOLDER, { mode: 0o700 });
        await succeed("ip", "netns", "add", NAME);
        await succeed("ip", "-n", NAME, "link", "set", "lo", "up");
        const place = (name: string): string => join(FOLDER, name);
        // Otherwise it would read the configuration of the machine's own engine.
        writeFileSync(place("daemon.json"), "{}");
        const log = openSync(place("log"), "w");
        const [command, ...enter] = ENTER;
        const args = [
            ...[...enter, ...CONTAINED, join(engineFolder(cacheFolder()), "dockerd")],
            ...["--config-file", place("daemon.json"), "--data-root", place("data"), "--exec-root", place("exec")],
            ...["--pidfile", place("pid"), "--host", this.host],
        ];
        const path = `${engineFolder(cacheFolder())}:${SYSTEM_PATH}`;
        // A session of its own: a Ctrl-C at the terminal is for the tests, which then stop it in order.
        const daemon = spawn(command, args, { detached: true, stdio: ["ignore", log, log], env: { PATH: path } });
        this.daemon = daemon;
        await eventually("the second engine answers", async () => {
            if (daemon.exitCode !== null) throw new Error("it has ended");
            return (await run("docker", ["--host", this.host, "version"])).code === 0;
        }).catch((error: Error) => {
            const lines = readFileSync(place("log"), "utf8").trimEnd().split("\n").slice(-20);
            throw new Error([error.message, ...lines].join("\n"));
        });
    }

    /** Copies images of the machine's own engine. */
    async load(images: readonly string[]): Promise<void> {
        const script = 'host=$0; docker save "$@" | docker --host "$host" load';
        const { code, stderr } = await run("bash", ["-o", "pipefail", "-c", script, this.host, ...images], {
            env: this.machine,
        });
        if (code !== 0) throw new Error(`copying ${images.join(", ")} ended with ${code}: ${stderr}`);
    }

    /** Ends the daemon as a machine without memory does: its containers go on. */
    kill(): void {
        this.daemon?.kill("SIGKILL");
    }

    /** Stops it with its containers, and removes its images, volumes and network. */
    async stop(): Promise<void> {
        const pid = this.daemon?.pid;
        if (pid !== undefined) {
            signalAll([pid], "SIGTERM");
            await eventually("the second engine has stopped", () => Promise.resolve(!isAlive(pid))).catch(
                () => undefined,
            );
        }
        await removeLeftovers();
    }
}

/** Ends what still runs in the engine's network, the containers too, and removes the network and the folder. */
async function removeLeftovers(): Promise<void> {
    const listed = await run("ip", ["netns", "pids", NAME]);
    if (listed.code === 0) {
        const pids = listed.stdout.split("\n").filter(Boolean).map(Number).flatMap(processTree);
        signalAll(pids, "SIGKILL");
        await eventually("the second engine's processes have ended", () => Promise.resolve(!pids.some(isAlive)));
        await succeed("ip", "netns", "del", NAME);
    }
    rmSync(FOLDER, { recursive: true, force: true });
}

async function succeed(command: string, ...args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(command, args);
    if (code !== 0) throw new Error(`${[command, ...args].join(" ")} ended with ${code}: ${stderr}`);
}
