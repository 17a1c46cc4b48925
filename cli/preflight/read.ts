/** Reads all facts that the preflight judges, the slow ones at the same time. Changes nothing but a file that it removes again. */

import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { arch, platform, release, type as systemName } from "node:os";
import { join } from "node:path";

import { LABEL } from "../../model/names";
import { isElsewhere } from "../../model/engine-host";
import { surroundings } from "../../engine/choice";
import type { RunningContainer } from "../../engine/containers";
import type { EngineInfo, EngineVersion } from "../../engine/info";
import { usedApi } from "../engine/found";
import { programOnPath } from "../../engine/host";
import { projectRoot } from "../places";
import { run } from "../processes";
import type { Sight } from "../session";
import { loggedInRegistries } from "../setup/registry";
import { isUsedAsItIs, readStackFile, writtenApi } from "../stacks/copy";
import type { Declared } from "../stacks/platform";
import type { UsedApi } from "./abilities";
import { type AddressFacts, DOCKER_POOLS } from "./addresses";
import type { Answer } from "./engine";
import type { ClientLogins, ImageFacts } from "./images";
import type { MachineFacts } from "./machine";
import { listeningPorts, type PortFacts, processOf } from "./ports";
import { readRoutes } from "./routes";
import type { DiskFacts } from "./space";

/** What is known of the engine once it answers. */
export interface EngineFacts {
    readonly version: EngineVersion;
    readonly info: EngineInfo | undefined;
    readonly api: UsedApi;
    readonly addresses: AddressFacts;
    readonly images: readonly ImageFacts[];
}

/** Everything that the preflight judges. */
export interface Facts {
    readonly machine: MachineFacts;
    readonly answer: Answer;
    /** `undefined` when the engine does not answer. */
    readonly engine: EngineFacts | undefined;
    /** Empty when the engine is on another machine. */
    readonly ports: readonly PortFacts[];
    readonly disks: readonly DiskFacts[];
    readonly logins: ClientLogins;
}

/** What is looked at, and for which stack. */
export interface Subject {
    readonly sight: Sight;
    readonly declared: Declared;
    readonly cache: string;
}

/** Reads the facts. */
export async function readFacts({ sight, declared, cache }: Subject): Promise<Facts> {
    const { engine } = sight;
    const answer = await engine.answer();
    const isHere = !isElsewhere(engine.choice);
    const [facts, running] =
        "silence" in answer
            ? [undefined, []]
            : await Promise.all([readEngine(sight, declared, answer), engine.running()]);
    const isSetUp = facts?.images.every(({ arch }) => arch !== undefined) === true;
    return {
        machine: readMachine(),
        answer,
        engine: facts,
        ports: isHere ? await readPorts(sight.stack.name, declared, running) : [],
        disks: [
            readOwnDisk("cache", cache, isSetUp),
            readOwnDisk("state", projectRoot, true),
            ...(isHere && facts?.info !== undefined ? [readEngineDisk(facts.info, isSetUp)] : []),
        ],
        logins: { registries: loggedInRegistries(clientConfiguration()) },
    };
}

async function readEngine({ engine, stack }: Sight, declared: Declared, version: EngineVersion): Promise<EngineFacts> {
    const images = Object.entries(declared.references);
    const [info, used, networks, routes, architectures] = await Promise.all([
        engine.info(),
        usedApi(engine, stack.name, version.api),
        engine.allNetworks(),
        readRoutes(engine.choice),
        engine.architectures(images.map(([, { reference }]) => reference)),
    ]);
    const file = readStackFile(stack.source);
    const written = writtenApi(file);
    return {
        version,
        info,
        api: { written, used: written ?? (isUsedAsItIs(stack, file) ? undefined : used) },
        addresses: {
            networks,
            ...routes,
            pools: info?.DefaultAddressPools?.map(({ Base }) => Base).filter((it) => it.includes(".")) ?? DOCKER_POOLS,
        },
        images: images.map(([name, { reference, isMadeHere }]) => ({
            name,
            reference,
            isMadeHere,
            arch: architectures.get(reference),
        })),
    };
}

function readMachine(): MachineFacts {
    const kernel = release();
    return {
        platform: platform(),
        arch: arch(),
        isWsl: /microsoft/i.test(kernel),
        name: /^PRETTY_NAME="?([^"\n]+)/m.exec(textOf("/etc/os-release"))?.[1] ?? `${systemName()} ${kernel}`,
    };
}

function readPorts(
    environment: string,
    { platform: { services } }: Declared,
    running: readonly RunningContainer[],
): Promise<PortFacts[]> {
    const tables = [textOf("/proc/net/tcp"), textOf("/proc/net/tcp6")];
    // A kernel without IPv6 has the first one only.
    const listening = tables[0] === "" ? undefined : listeningPorts(tables.join("\n"));
    return Promise.all(
        services
            .flatMap(({ published }) => published)
            .map(async ({ name, address, external: port }): Promise<PortFacts> => {
                const owner = running.find(({ published }) => published.some((it) => meets(it, address, port)));
                const isOwn = owner?.labels[LABEL.environment] === environment;
                const refusal = isOwn ? undefined : await tryToListen(address, port);
                return {
                    name,
                    address,
                    port,
                    isOwn,
                    // An engine without a proxy process publishes by packet filter alone: nothing listens.
                    refusal: owner !== undefined && !isOwn ? "EADDRINUSE" : refusal,
                    isListening: listening?.has(port),
                    holder: owner === undefined ? await holderOf(port, refusal) : describe(owner),
                };
            }),
    );
}

/** Whether a container's `address:port` and a wanted one exclude each other. */
function meets(published: string, address: string, port: number): boolean {
    const at = published.lastIndexOf(":");
    const other = published.slice(0, at);
    const isAny = (it: string): boolean => it === "0.0.0.0" || it === "::" || it === "";
    return Number(published.slice(at + 1)) === port && (isAny(other) || isAny(address) || other === address);
}

function describe({ name, labels }: RunningContainer): string {
    const environment = labels[LABEL.environment];
    const project = labels["com.docker.compose.project"];
    if (environment !== undefined) return `container ${name} of the environment ${environment}`;
    return project === undefined ? `container ${name}` : `container ${name} of the Compose project ${project}`;
}

/** The process that has a port; `undefined` when it is another user's, because only root sees those. */
async function holderOf(port: number, refusal: string | undefined): Promise<string | undefined> {
    if (refusal !== "EADDRINUSE") return undefined;
    if (platform() === "darwin") {
        const asked = await run(
            programOnPath("lsof", process.env) ?? "lsof",
            ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fcp"],
            { timeout: 3000 },
        );
        const [, pid] = /^p(\d+)$/m.exec(asked.stdout) ?? [];
        const [, command] = /^c(.+)$/m.exec(asked.stdout) ?? [];
        return command === undefined ? undefined : `${command} (process ${pid})`;
    }
    return processOf(
        (await run(programOnPath("ss", process.env) ?? "ss", ["-ltnpH", `sport = :${port}`], { timeout: 3000 })).stdout,
    );
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
    });
}

/** The engine's disk. An engine in a virtual machine has its own, although this machine may have a folder of the same name. */
function readEngineDisk({ DockerRootDir, OperatingSystem }: EngineInfo, isSetUp: boolean): DiskFacts {
    const what = "images and volumes";
    const isHidden = platform() !== "linux" || OperatingSystem === "Docker Desktop";
    return isHidden
        ? { what, folder: DockerRootDir, isSetUp, freeMiB: undefined, freeFiles: undefined, refusal: undefined }
        : readDisk(what, DockerRootDir, isSetUp);
}

function readOwnDisk(what: string, folder: string, isSetUp: boolean): DiskFacts {
    const place = nearest(folder);
    return { ...readDisk(what, place, isSetUp), folder, refusal: tryToWrite(place) };
}

function readDisk(what: string, folder: string, isSetUp: boolean): DiskFacts {
    try {
        const { bavail, bsize, ffree, files } = statfsSync(folder);
        return {
            what,
            folder,
            isSetUp,
            freeMiB: (bavail * bsize) / 1024 ** 2,
            freeFiles: files === 0 ? undefined : ffree,
            refusal: undefined,
        };
    } catch {
        return { what, folder, isSetUp, freeMiB: undefined, freeFiles: undefined, refusal: undefined };
    }
}

/** Writes a small file, because only that shows a quota. @returns the error's code; `undefined` when it worked */
function tryToWrite(folder: string): string | undefined {
    const file = join(folder, `.strata-preflight-${process.pid}`);
    try {
        writeFileSync(file, Buffer.alloc(65_536), { mode: 0o600 });
        return undefined;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? "error";
    } finally {
        rmSync(file, { force: true });
    }
}

/** The folder, or the first folder above it that exists: a cache is made when it is needed. */
function nearest(folder: string): string {
    let at = folder;
    for (;;) {
        try {
            statfsSync(at);
            return at;
        } catch (error) {
            const above = join(at, "..");
            if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === at) return at;
            at = above;
        }
    }
}

function clientConfiguration(): string | undefined {
    const { variables, home, read } = surroundings();
    return read(join(variables.DOCKER_CONFIG || join(home, ".docker"), "config.json"));
}

function textOf(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}
