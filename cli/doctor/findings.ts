/** What `strata doctor` looks at. */

import { statfsSync } from "node:fs";
import { createServer } from "node:net";

import { npmRun } from "../failure";
import type { Sight } from "../session";
import { mebibytes } from "../output/text";
import { run } from "../processes";
import type { Foundations } from "../setup/setup";
import { pinnedVersions } from "../setup/toolchain";
import type { Declared } from "../stacks/platform";

/** One thing that was looked at. */
export interface Finding {
    readonly what: string;
    /** What was found. */
    readonly value: string;
    /** `note`: works, but less well than it could. `unknown`: could not be told. */
    readonly verdict: "good" | "note" | "bad" | "unknown";
    /** One line; missing when nothing has to change. */
    readonly fix?: string;
}

/** What the inspection needs. */
export interface Machine {
    readonly sight: Sight;
    readonly found: Foundations;
    readonly declared: Declared;
    readonly cache: string;
    readonly env: NodeJS.ProcessEnv;
}

/** Free space that a first set-up with all images takes, in MiB. */
const DISK_MIB = 8 * 1024;
/** First engine API whose internal networks can have an isolated gateway. */
export const ISOLATED_GATEWAY_API = "1.47";

/** Looks at everything, the slow things at the same time. */
export async function inspectMachine(machine: Machine): Promise<Finding[]> {
    const engine = await machine.sight.engine.version();
    const [versions, plugins, engineFindings, ports] = await Promise.all([
        inspectPrograms(machine),
        inspectPlugins(machine),
        engine ? inspectEngine(machine, engine) : [],
        inspectPorts(machine),
    ]);
    const noEngine: Finding = {
        what: "Docker engine",
        value: "does not answer",
        verdict: "bad",
        fix: `run: ${npmRun("setup")}`,
    };
    return [
        { what: "way", value: `${machine.found.decision.way} (${machine.found.decision.reason})`, verdict: "good" },
        ...versions,
        ...plugins,
        ...(engine ? engineFindings : [noEngine]),
        ...ports,
        diskOf("cache", machine.cache),
    ];
}

async function inspectPrograms({ found, env }: Machine): Promise<Finding[]> {
    const { pulumi } = pinnedVersions();
    const path = `${found.toolchain.bin}:${env.PATH ?? ""}`;
    const asked = await run("pulumi", ["version"], { env: { ...env, PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    const version = asked.stdout.trim().replace(/^v/, "");
    const findings: Finding[] = [{ what: "Node.js", value: process.versions.node, verdict: "good" }];
    if (asked.code !== 0) {
        findings.push({ what: "pulumi", value: "is not installed", verdict: "bad", fix: `run: ${npmRun("setup")}` });
    } else if (version !== pulumi) {
        const fix = `install ${pulumi}, or run: STRATA_OFFLINE=1 ${npmRun("setup")}`;
        findings.push({ what: "pulumi", value: `${version}, pinned is ${pulumi}`, verdict: "bad", fix });
    } else {
        findings.push({ what: "pulumi", value: version, verdict: "good" });
    }
    if (found.decision.way === "offline") {
        const go = await run("go", ["version"], { env });
        const value = go.code === 0 ? (go.stdout.split(" ")[2] ?? "").replace(/^go/, "") : "is not installed";
        const fix = "install Go >= 1.26: the next change of a plugin or image needs it";
        findings.push({
            what: "Go",
            value,
            verdict: go.code === 0 ? "good" : "note",
            ...(go.code === 0 ? {} : { fix }),
        });
    }
    return findings;
}

/** A plugin of another version is used with a mere warning, so the versions are compared here. */
async function inspectPlugins({ found, env }: Machine): Promise<Finding[]> {
    const path = `${found.toolchain.bin}:${env.PATH ?? ""}`;
    const options = {
        env: { ...env, PATH: path, PULUMI_HOME: found.toolchain.home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    };
    const asked = await run("pulumi", ["plugin", "ls", "--json"], options);
    if (asked.code !== 0)
        return [{ what: "plugins", value: "cannot be listed", verdict: "unknown", fix: `run: ${npmRun("setup")}` }];
    const installed = JSON.parse(asked.stdout) as { name: string; version?: string }[];
    return Object.entries(pinnedVersions().plugins).map(([name, version]) => {
        const what = `plugin ${name}`;
        if (installed.some((it) => it.name === name && it.version?.replace(/^v/, "") === version)) {
            return { what, value: version, verdict: "good" };
        }
        return { what, value: `${version} is not installed`, verdict: "bad", fix: `run: ${npmRun("setup")}` };
    });
}

async function inspectEngine(machine: Machine, engine: { version: string; api: string }): Promise<Finding[]> {
    const findings: Finding[] = [
        { what: "Docker engine", value: `${engine.version}, API ${engine.api}`, verdict: "good" },
        gatewayFinding(engine.api),
    ];
    const asked = await machine.sight.engine.docker(["info", "--format", "{{json .}}"]);
    if (asked.code !== 0) return [...findings, { what: "engine's resources", value: "not told", verdict: "unknown" }];
    const info = JSON.parse(asked.stdout) as {
        MemTotal: number;
        NCPU: number;
        DockerRootDir: string;
        Warnings?: string[] | null;
    };
    findings.push(memoryFinding(info.MemTotal / 1024 ** 2, machine.declared));
    // Zones are found by name: user-defined networks always have the engine's own DNS.
    findings.push({ what: "DNS in zones", value: "the engine's own, in every user-defined network", verdict: "good" });
    const filters = (info.Warnings ?? []).filter((line) => line.includes("bridge-nf-call"));
    findings.push(
        filters.length === 0
            ? { what: "isolation between networks", value: "filtered by the engine", verdict: "good" }
            : {
                  what: "isolation between networks",
                  value: "traffic inside a bridge is not filtered",
                  verdict: "note",
                  fix: "sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1",
              },
    );
    if (machine.sight.dockerEnv.DOCKER_HOST?.startsWith("unix://"))
        findings.push(diskOf("images and volumes", info.DockerRootDir));
    return findings;
}

/** Whether internal networks can be without a gateway address on the host. Pure. */
export function gatewayFinding(api: string): Finding {
    const what = "gateway isolation";
    const number = (version: string): number => Number(version.split(".")[1] ?? 0);
    if (number(api) >= number(ISOLATED_GATEWAY_API)) return { what, value: `known (API ${api})`, verdict: "good" };
    return {
        what,
        value: `not known: internal networks have an address of the host (needs API ${ISOLATED_GATEWAY_API}, is ${api})`,
        verdict: "note",
        fix: "upgrade to Docker Engine >= 27.1, then set strata:engine.api",
    };
}

/** The sum of all memory limits against what the engine has. Pure. */
export function memoryFinding(availableMiB: number, { platform }: Pick<Declared, "platform">): Finding {
    const limits = platform.services.reduce((sum, { limits: { memoryMiB } }) => sum + memoryMiB, 0);
    const value = `limits add up to ${mebibytes(limits)} of ${mebibytes(availableMiB)}`;
    return limits <= availableMiB
        ? { what: "memory", value, verdict: "good" }
        : {
              what: "memory",
              value,
              verdict: "bad",
              fix: "run fewer products (strata:products) or use a larger machine",
          };
}

function diskOf(what: string, folder: string): Finding {
    try {
        const { bavail, bsize } = statfsSync(folder);
        const free = (bavail * bsize) / 1024 ** 2;
        const value = `${mebibytes(free)} free in ${folder}`;
        return free >= DISK_MIB
            ? { what: `disk for ${what}`, value, verdict: "good" }
            : {
                  what: `disk for ${what}`,
                  value,
                  verdict: "note",
                  fix: `a first set-up takes ${mebibytes(DISK_MIB)}: free some`,
              };
    } catch {
        return { what: `disk for ${what}`, value: `${folder} does not exist yet`, verdict: "note" };
    }
}

/** A port that this environment's own edge holds is as good as a free one. */
async function inspectPorts({ sight, declared }: Machine): Promise<Finding[]> {
    if (!sight.dockerEnv.DOCKER_HOST?.startsWith("unix://")) return [];
    const own = await sight.engine.containers(sight.stack.name).catch(() => []);
    const held = new Set(own.flatMap(({ published }) => published));
    const ports = declared.platform.services.flatMap(({ published }) => published);
    return Promise.all(
        ports.map(async ({ name, address, external }): Promise<Finding> => {
            const what = `port ${name}`;
            const place = `${address}:${external}`;
            if (held.has(place)) return { what, value: `${place} is this environment's`, verdict: "good" };
            if (await isFree(address, external)) return { what, value: `${place} is free`, verdict: "good" };
            const fix = `find out who has it: ss -ltnp 'sport = :${external}'; or set another in the stack file`;
            return { what, value: `${place} is taken`, verdict: "bad", fix };
        }),
    );
}

function isFree(address: string, port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => resolve(false));
        server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
    });
}
