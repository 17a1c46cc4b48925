/** A current Docker engine next to the machine's own. It has its own network namespace: two engines in one would share packet filters. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cacheFolder } from "../../cli/places";
import { engineFolder } from "../../offline/build/engine";
import { eventually } from "./eventually";
import { run } from "./live-engine";
import { isAlive, processTree, signalAll } from "./processes";

/** Prefix of a command that gets SIGTERM when this process ends in any way. */
const MORTAL = ["setpriv", "--pdeathsig", "TERM"] as const;

/** Prefix of the engine's command: only the engine sees its mounts, so its end removes them. */
const CONTAINED = [...MORTAL, "unshare", "--mount", "--propagation", "slave"] as const;

/** PATH of the machine's programs that the engine calls, such as `iptables`. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

/** A program for Node that passes connections from one place on to another; both are in the form of `net.connect`. */
const PASS_ON = `
    const { connect, createServer } = require("node:net");
    const [from, to] = process.argv.slice(1).map((place) => JSON.parse(place));
    createServer((one) => {
        const other = connect(to);
        one.pipe(other).pipe(one);
        for (const it of [one, other]) it.on("error", () => [one, other].forEach((end) => end.destroy()));
    }).listen(from);`;

/** The engine that {@link engineSteps} of the set-up made. It reaches no registry and no other machine, except through {@link letReach}. */
export class SecondEngine {
    /** As `DOCKER_HOST` takes it. */
    public readonly host: string;
    /** Words in front of a command that uses published ports: these are in the engine's network only. */
    public readonly enter: readonly [string, ...string[]];
    private readonly folder: string;
    private readonly machine: NodeJS.ProcessEnv = { ...process.env };
    private daemon: ChildProcess | undefined;
    private readonly helpers: ChildProcess[] = [];

    /** @param name - of its network and folder. Only one engine of a name runs at a time, so a later run finds a killed run's leftovers. */
    constructor(private readonly name: string) {
        this.folder = join(tmpdir(), name);
        this.host = `unix://${join(this.folder, "docker.sock")}`;
        // `ip netns exec` would also mount another /sys, without cgroups.
        this.enter = ["nsenter", `--net=/run/netns/${name}`];
    }

    /** Starts the engine, after removing leftovers of an earlier one. @throws Error with the end of its log when it does not answer */
    async start(): Promise<void> {
        await this.removeLeftovers();
        mkdirSync(this.folder, { mode: 0o700 });
        await succeed("ip", "netns", "add", this.name);
        await succeed("ip", "-n", this.name, "link", "set", "lo", "up");
        const place = (name: string): string => join(this.folder, name);
        // Without its own file the engine would read the configuration of the machine's engine.
        writeFileSync(place("daemon.json"), "{}");
        const log = openSync(place("log"), "w");
        const [command, ...enter] = this.enter;
        const args = [
            ...[...enter, ...CONTAINED, join(engineFolder(cacheFolder()), "dockerd")],
            ...["--config-file", place("daemon.json"), "--data-root", place("data"), "--exec-root", place("exec")],
            ...["--pidfile", place("pid"), "--host", this.host],
        ];
        const path = `${engineFolder(cacheFolder())}:${SYSTEM_PATH}`;
        // The daemon has its own session: a Ctrl-C at the terminal reaches only the tests, which then stop the daemon in order.
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

    /** Kills the daemon, as a machine that is out of memory does. Its containers go on. */
    kill(): void {
        this.daemon?.kill("SIGKILL");
    }

    /** Lets processes in the engine's network reach a port of this machine's loopback address, under the same address. */
    async letReach(port: number): Promise<void> {
        const address = { host: "127.0.0.1", port };
        const socket = { path: join(this.folder, `port-${port}.sock`) };
        const pass = [...MORTAL, process.execPath, "-e", PASS_ON] as const;
        this.helpers.push(start(pass, socket, address));
        start([...this.enter, ...pass], address, socket);
        const look = `require("node:net").connect(${port}, "127.0.0.1", () => process.exit(0))`;
        const [command, ...enter] = this.enter;
        await eventually(`the second engine reaches port ${port}`, async () => {
            return (await run(command, [...enter, process.execPath, "-e", look])).code === 0;
        });
    }

    /** Stops the engine with its containers, and removes its images, volumes and network. */
    async stop(): Promise<void> {
        const pid = this.daemon?.pid;
        if (pid !== undefined) {
            signalAll([pid], "SIGTERM");
            await eventually("the second engine has stopped", () => Promise.resolve(!isAlive(pid))).catch(
                () => undefined,
            );
        }
        await this.removeLeftovers();
        for (const helper of this.helpers.splice(0)) helper.kill();
    }

    /** Kills all processes in the engine's network, containers included, and removes the network and the folder. */
    private async removeLeftovers(): Promise<void> {
        const listed = await run("ip", ["netns", "pids", this.name]);
        if (listed.code === 0) {
            const pids = listed.stdout.split("\n").filter(Boolean).map(Number).flatMap(processTree);
            signalAll(pids, "SIGKILL");
            await eventually("the second engine's processes have ended", () => Promise.resolve(!pids.some(isAlive)));
            await succeed("ip", "netns", "del", this.name);
        }
        rmSync(this.folder, { recursive: true, force: true });
    }
}

async function succeed(command: string, ...args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(command, args);
    if (code !== 0) throw new Error(`${[command, ...args].join(" ")} ended with ${code}: ${stderr}`);
}

function start([command, ...args]: readonly [string, ...string[]], ...places: readonly object[]): ChildProcess {
    return spawn(command, [...args, ...places.map((place) => JSON.stringify(place))], { stdio: "ignore" });
}
