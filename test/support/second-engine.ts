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

/** A process that is told to stop when this one ends, however it ends. */
const MORTAL = ["setpriv", "--pdeathsig", "TERM"] as const;

/** What an engine is started through: what it mounts is seen by it alone, so that its end removes the mounts. */
const CONTAINED = [...MORTAL, "unshare", "--mount", "--propagation", "slave"] as const;

/** The machine's own PATH has programs that the engine calls, such as `iptables`. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

/** Hands on what connects to one place to another; both as `net.connect` takes them. */
const PASS_ON = `
    const { connect, createServer } = require("node:net");
    const [from, to] = process.argv.slice(1).map((place) => JSON.parse(place));
    createServer((one) => {
        const other = connect(to);
        one.pipe(other).pipe(one);
        for (const it of [one, other]) it.on("error", () => [one, other].forEach((end) => end.destroy()));
    }).listen(from);`;

/** The engine that {@link engineSteps} of the set-up made; it reaches no registry and no other machine but what it is let to. */
export class SecondEngine {
    /** As `DOCKER_HOST` takes it. */
    public readonly host: string;
    /** In front of a command that asks published ports: they are in the engine's network only. */
    public readonly enter: readonly [string, ...string[]];
    private readonly folder: string;
    private readonly machine: NodeJS.ProcessEnv = { ...process.env };
    private daemon: ChildProcess | undefined;
    private readonly helpers: ChildProcess[] = [];

    /** @param name - of its network and folder: one at a time, as test runs are, so that a killed run's leftovers are found by it */
    constructor(private readonly name: string) {
        this.folder = join(tmpdir(), name);
        this.host = `unix://${join(this.folder, "docker.sock")}`;
        // `ip netns exec` would also mount another /sys, without cgroups.
        this.enter = ["nsenter", `--net=/run/netns/${name}`];
    }

    /** Starts it, without anything of an earlier one. @throws Error with the end of its log when it does not answer */
    async start(): Promise<void> {
        await this.removeLeftovers();
        mkdirSync(this.folder, { mode: 0o700 });
        await succeed("ip", "netns", "add", this.name);
        await succeed("ip", "-n", this.name, "link", "set", "lo", "up");
        const place = (name: string): string => join(this.folder, name);
        // Otherwise it would read the configuration of the machine's own engine.
        writeFileSync(place("daemon.json"), "{}");
        const log = openSync(place("log"), "w");
        const [command, ...enter] = this.enter;
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

    /** Lets what is in the engine's network reach a port of this machine's loopback address, under the same address. */
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

    /** Stops it with its containers, and removes its images, volumes and network. */
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

    /** Ends what still runs in the engine's network, the containers too, and removes the network and the folder. */
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
