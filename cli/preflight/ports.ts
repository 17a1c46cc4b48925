/** Whether the edge gets the host ports that it publishes. */

import type { Finding } from "./finding";

/** One published port, and what an attempt to listen on it showed. */
export interface PortFacts {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    /** Error code of the attempt to listen there; `undefined` when it worked. */
    readonly refusal: string | undefined;
    /** Whether the kernel's list shows a listener there, also on ports for root only; `undefined` when it cannot be read. */
    readonly isListening: boolean | undefined;
    /** Whether this environment's own edge publishes it. */
    readonly isOwn: boolean;
    /** What has it, for example `container web of Compose project shop` or `nginx (process 812)`. */
    readonly holder: string | undefined;
}

/**
 * Judges each port. Pure.
 *
 * @param isEngineTold - whether the engine answered; without an answer, a port in use may be this environment's own
 */
export function judgePorts(ports: readonly PortFacts[], isRootless: boolean, isEngineTold = true): Finding[] {
    if (isEngineTold) return ports.map((port) => judgePort(port, isRootless));
    if (ports.length === 0) return [];
    return [
        {
            what: "ports",
            value: `${ports.map(({ address, port }) => `${address}:${port}`).join(", ")} could not be told: the engine knows which of them are this environment's own`,
            verdict: "unknown",
            fix: "make the engine answer first",
        },
    ];
}

function judgePort(facts: PortFacts, isRootless: boolean): Finding {
    const { name, address, port, refusal, isListening, isOwn, holder } = facts;
    const what = `port ${name}`;
    const place = `${address}:${port}`;
    if (isOwn) return { what, value: `${place} is this environment's`, verdict: "good" };
    const accepted = "a port that nothing listens on";
    const taken: Finding = {
        what,
        value: `${place} is taken${holder === undefined ? "" : ` by ${holder}`}`,
        verdict: "bad",
        accepted,
        fix: `free it${holder === undefined ? ` (who has it: ss -ltnp 'sport = :${port}')` : ""}, or set another in the stack file: ${keyOf(name)}`,
    };
    switch (refusal) {
        case undefined:
            return { what, value: `${place} is free`, verdict: "good" };
        case "EADDRINUSE":
            return taken;
        case "EACCES":
            // Only root may listen below 1024; a system engine is root, its user need not be.
            if (isListening) return taken;
            if (isListening === undefined) {
                return {
                    what,
                    value: `${place} could not be tried: only root may listen there, and the list of listeners cannot be read`,
                    verdict: "unknown",
                    accepted,
                    fix: `look who has it: sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`,
                };
            }
            return isRootless
                ? {
                      what,
                      value: `${place} is only for root, and the engine is rootless`,
                      verdict: "bad",
                      accepted: "a port that the engine's user may listen on",
                      fix: `sysctl -w net.ipv4.ip_unprivileged_port_start=${port}, or set another in the stack file: ${keyOf(name)}`,
                  }
                : { what, value: `${place} is free, and the engine may listen on it`, verdict: "good" };
        case "EADDRNOTAVAIL":
            return {
                what,
                value: `${address} is no address of this machine`,
                verdict: "bad",
                accepted: "an address of this machine, or 0.0.0.0",
                fix: `set it in the stack file: ${keyOf(name)}`,
            };
        default:
            return {
                what,
                value: `${place} could not be tried: ${refusal}`,
                verdict: "unknown",
                fix: `try it: ss -ltn 'sport = :${port}'`,
            };
    }
}

/** The key of the stack file that sets the port. */
function keyOf(name: string): string {
    return name === "http" || name === "https" ? `strata:edge.${name}.port` : "strata:management.port";
}

/** Ports that something listens on, from `/proc/net/tcp` and `tcp6`: readable for every user. Pure. */
export function listeningPorts(table: string): Set<number> {
    return new Set(
        table
            .split("\n")
            .map((line) => line.trim().split(/\s+/))
            // State 0A is LISTEN.
            .filter((columns) => columns[3] === "0A")
            .map((columns) => Number.parseInt(columns[1]?.split(":").at(-1) ?? "", 16)),
    );
}

/** The process in an answer of `ss -ltnpH`: `users:(("nginx",pid=812,fd=6))`. Pure. */
export function processOf(answer: string): string | undefined {
    const found = /users:\(\("([^"]+)",pid=(\d+)/.exec(answer);
    return found ? `${found[1]} (process ${found[2]})` : undefined;
}
