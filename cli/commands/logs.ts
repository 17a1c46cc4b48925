/** `strata logs <service...>`: what services wrote, merged by time. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { suggestion } from "../../model/nearest";
import { instanceOf, type RunningContainer } from "../../engine/containers";
import { ExitCode, Failure, npmRun, rejected } from "../failure";
import { onInterrupt } from "../interrupt";
import { lookAt, type StackOptions } from "../session";

/** Options of `logs`. */
export interface LogsOptions extends StackOptions {
    readonly follow?: boolean;
    /** Lines per service. */
    readonly tail: string;
    readonly json?: boolean;
}

interface LogLine {
    /** Name of the instance. */
    readonly service: string;
    /** RFC 3339 with nanoseconds, as the engine writes it: sorts as text. */
    readonly time: string;
    readonly text: string;
}

/** @returns exit code */
export async function logs(names: readonly string[], options: LogsOptions): Promise<number> {
    if (!/^(\d+|all)$/.test(options.tail)) {
        throw rejected("--tail", options.tail, ["a number of lines", "all"], "for example: --tail 100");
    }
    const { engine, stack, dockerEnv } = lookAt(options);
    const services = (await engine.containers(stack.name)).filter(({ oneShot }) => !oneShot);
    const chosen = choose(names, services, stack.name);
    const width = Math.max(...chosen.map((it) => instanceOf(it).length));
    const print = (line: LogLine): void => {
        if (options.json) console.log(JSON.stringify(line));
        else console.log(chosen.length > 1 ? `${line.service.padEnd(width)} | ${line.text}` : line.text);
    };
    if (!options.follow) {
        const lines = await Promise.all(chosen.map((it) => read(it, ["--tail", options.tail], dockerEnv).lines));
        lines
            .flat()
            .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
            .forEach(print);
        return ExitCode.holds;
    }
    const readers = chosen.map((it) => read(it, ["--follow", "--tail", options.tail], dockerEnv, print));
    // One handler for all: a signal goes to the newest handler only.
    const release = onInterrupt(() => readers.forEach(({ stop }) => stop()));
    await Promise.all(readers.map(({ lines }) => lines));
    release();
    return ExitCode.holds;
}

/** The containers of the named services, or of one instance by its name. Pure. @throws Failure for a service that does not run */
export function choose(
    names: readonly string[],
    services: readonly RunningContainer[],
    environment: string,
): RunningContainer[] {
    const known = [...new Set(services.map(({ service }) => service))].sort();
    if (known.length === 0) {
        throw new Failure(`nothing of ${environment} runs`, `run: ${npmRun("up", environment)}`);
    }
    if (names.length === 0)
        throw new Failure(`service: none was named; accepted: ${known.join(", ")}`, "name one or more");
    return names.flatMap((name) => {
        const own = services.filter(({ service }) => service === name);
        const found = own.length > 0 ? own : services.filter((it) => instanceOf(it) === name);
        if (found.length === 0)
            throw rejected("service", name, known, `${suggestion(name, known)}run: ${npmRun("status", environment)}`);
        return found;
    });
}

/** A log that is being read. */
interface Reader {
    /** All lines, once it has ended. */
    readonly lines: Promise<LogLine[]>;
    /** Ends it. */
    readonly stop: () => void;
}

/** Reads one container's log; with a printer, hands each line on instead of keeping it. */
function read(
    container: RunningContainer,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    print?: (line: LogLine) => void,
): Reader {
    const service = instanceOf(container);
    const child = spawn("docker", ["logs", "--timestamps", ...args, container.id], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: LogLine[] = [];
    for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (raw) => {
            const space = raw.indexOf(" ");
            const line = { service, time: raw.slice(0, space), text: raw.slice(space + 1) };
            if (print) print(line);
            else lines.push(line);
        });
    }
    const ended = new Promise<LogLine[]>((resolve) => child.on("close", () => resolve(lines)));
    return { lines: ended, stop: () => void child.kill() };
}
