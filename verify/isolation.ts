/** The live proof that running containers are isolated as declared. */

import { networkInterfaces } from "node:os";

import { type LiveContainer, liveContainers, liveGuests, liveNetworks } from "../engine/attachments";
import { liveMounts, liveVolumes, stillRunning } from "../engine/mounts";
import { type Answers, probeFrom, removeProbes } from "../engine/probe";
import type { EngineReader } from "../engine/reader";
import { type EngineConnection, isElsewhere } from "../model/engine-host";
import type { Platform } from "../model/platform";
import { compareAttachments } from "./attachments";
import { addressOf, type Cell, type Expectation, planCells } from "./cells";
import { judge } from "./judge";
import { locate } from "./locate";
import { compareMounts, pathsToLocate } from "./mounts";
import { type IsolationReport, type JudgedCell, makeReport } from "./report";

/** Options of {@link verifyIsolation}. */
export interface VerifyOptions {
    /** The declared platform, from `resolvePlatform`. Its environment is probed. */
    readonly platform: Platform;
    /** Reference of the image made from `offline/images/probe`. The engine must have the image. */
    readonly probeImage: string;
    /** The environment's engine. */
    readonly engine: EngineReader;
    /**
     * The engine machine's own IPv4 addresses, to prove that no container reaches them. The zones' gateways are always probed.
     * @default this machine's addresses when the engine is reached through a socket on this machine, else none
     */
    readonly hostAddresses?: readonly string[];
    /** Milliseconds to wait for an answer. After a missing answer, a second question waits five times as long. @default 1000 */
    readonly timeout?: number;
    /** Sources that are probed at the same time. @default 4 */
    readonly parallel?: number;
}

/** Factor by which the second question waits longer. */
const PATIENCE = 5;

/** Ports that an engine's machine may have open, besides the ports that the edge publishes. */
const HOST_PORTS = [22, 2375, 2376];

/**
 * Tries, from inside each container's network namespace and by IP address, every port of every other container, the
 * machine's own addresses and the edge's management pages, and compares the answers with the declared flows.
 *
 * Changes nothing: each source gets one short-lived container, which asks the questions and is removed.
 *
 * @returns the report; a source that cannot be probed makes its cells `could not tell`
 * @throws EngineError when the engine does not answer at all
 */
export async function verifyIsolation(options: VerifyOptions): Promise<IsolationReport> {
    const { platform, probeImage, engine } = options;
    const { choice } = engine;
    const { hostAddresses = isElsewhere(choice) ? [] : ownAddresses() } = options;
    const unasked = options.hostAddresses === undefined ? unaskedOn(choice, process.platform) : undefined;
    const { timeout = 1000, parallel = 4 } = options;
    const { environment } = platform;
    const started = Date.now();

    await removeProbes(engine, environment);
    const containers = await liveContainers(engine, environment);
    const networks = await liveNetworks(engine, environment);
    const guests = await liveGuests(engine, { environment, probeImage });
    const volumes = await liveVolumes(engine, environment);
    const mounts = await liveMounts(engine, probeImage);
    const running = containers.filter((container) => container.running);
    const paths = running.length > 0 && volumes.length > 0 ? pathsToLocate(volumes, mounts, choice.host) : [];
    const places = await locate(engine.docker, paths, { image: probeImage });
    const published = platform.services.flatMap((service) => service.published.map(({ external }) => external));
    const cells = planCells(platform, running, {
        addresses: hostAddresses,
        ports: [...new Set([...published, ...HOST_PORTS])],
    });

    const sources = new Map<string, Answers>();
    const ask = (asked: readonly Cell[], patience: number): Promise<void> =>
        inParallel(parallel, bySource(running, asked), async ({ source, addresses }) => {
            const options = { environment, image: probeImage, timeout: patience };
            const answers = await probeFrom(engine, source, addresses, options);
            sources.set(source.name, together(sources.get(source.name), answers));
        });
    try {
        await ask(cells, timeout);
        // A machine under load answers late, so questions without an answer are asked once more.
        const missing = unanswered(judge(cells, sources));
        if (missing.length > 0) await ask(missing, PATIENCE * timeout);
    } finally {
        await removeProbes(engine, environment);
    }
    const findings = [
        ...compareAttachments(platform, containers, networks, guests),
        ...compareMounts(platform, volumes, await stillRunning(engine, mounts), { engine: choice.host, places }).filter(
            // When nothing runs, only containers that mount the environment's data matter.
            ({ verdict }) => running.length > 0 || verdict === "broken",
        ),
    ];
    const subject = { environment, engine: choice.host, ...(unasked !== undefined && { unasked }) };
    return makeReport(subject, judge(cells, sources), findings, Date.now() - started);
}

/**
 * Addresses that are not probed because only the engine's machine knows them, in words. Pure.
 *
 * @param platform - of this machine
 * @returns undefined when this machine is the engine's machine
 */
export function unaskedOn(choice: Pick<EngineConnection, "host">, platform: NodeJS.Platform): string | undefined {
    if (isElsewhere(choice)) {
        return "addresses of the engine's machine, which is another one, besides the zones' gateways";
    }
    return platform === "darwin"
        ? "addresses of the engine's virtual machine besides the zones' gateways; those of this Mac were asked"
        : undefined;
}

/** Expectations that always hold, whose answers decide what silence of the same source means. */
const CONTROLS: readonly Expectation[] = ["may", "heard", "decoy"];

/** The cells to ask again: the missing answers, and those of controls and decoys that the same sources did not get. */
function unanswered(cells: readonly JudgedCell[]): JudgedCell[] {
    const sources = new Set(cells.filter(isMissing).map(({ container }) => container));
    return cells.filter(
        (cell) =>
            isMissing(cell) ||
            (sources.has(cell.container) && CONTROLS.includes(cell.expectation) && !isAnswered(cell)),
    );
}

function isAnswered({ observed }: JudgedCell): boolean {
    return observed !== undefined && ["open", "refused", "resolved", "unresolved"].includes(observed);
}

/** Whether a verdict comes from a missing answer. An answer that should not have come stays broken. */
function isMissing({ verdict, expectation }: JudgedCell): boolean {
    return verdict === "could not tell" || (verdict === "broken" && expectation === "must");
}

/** Merges answers: later ones replace earlier ones. */
function together(before: Answers | undefined, now: Answers): Answers {
    if (before === undefined || "problem" in before) return now;
    return "problem" in now ? before : { answers: new Map([...before.answers, ...now.answers]) };
}

function bySource(
    running: readonly LiveContainer[],
    cells: readonly Cell[],
): { source: LiveContainer; addresses: string[] }[] {
    return running
        .map((source) => ({
            source,
            addresses: cells.filter(({ container }) => container === source.name).map(addressOf),
        }))
        .filter(({ addresses }) => addresses.length > 0);
}

function ownAddresses(): string[] {
    return Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address);
}

async function inParallel<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = [...items];
    const worker = async (): Promise<void> => {
        for (let item = left.shift(); item !== undefined; item = left.shift()) {
            await work(item);
        }
    };
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
