/** The routes of the machine that the engine runs on, read from a program or from a file of the kernel. */

import { readFileSync } from "node:fs";
import { platform } from "node:os";

import { isElsewhere } from "../../model/engine-host";
import type { EngineChoice } from "../../engine/choice";
import { programOnPath } from "../../engine/host";
import { lastWords } from "../../engine/client";
import { type Ended, run } from "../processes";
import {
    type AddressFacts,
    readIpRoutes,
    readKernelRoutes,
    readNetstatRoutes,
    type Route,
    type UntoldRoutes,
} from "./addresses";

/** Routes, and what could not be read. */
export type RouteFacts = Pick<AddressFacts, "routes" | "untold">;

/** Milliseconds for a program that reads tables of the kernel. */
const TIMEOUT = 3000;

/** Where routes are read: programs of the machine, and without them a file of the kernel. */
export interface RouteSources {
    readonly system: NodeJS.Platform;
    /** Runs a program of the machine. */
    readonly ask: (program: string, args: readonly string[]) => Promise<Ended>;
    /** `/proc/net/route`, or `undefined` where it cannot be read. */
    readonly kernel: () => string | undefined;
}

/** Reads the routes. The routes of another machine cannot be seen from here. */
export function readRoutes(choice: Pick<EngineChoice, "host">, sources: RouteSources = machine()): Promise<RouteFacts> {
    if (isElsewhere(choice)) {
        const value = `the routes of ${choice.host} cannot be looked at from here`;
        return Promise.resolve({
            routes: [],
            untold: { value, fix: "look there: ip route show table all", lasting: true },
        });
    }
    return sources.system === "darwin" ? askNetstat(sources) : askIp(sources);
}

async function askNetstat({ ask }: RouteSources): Promise<RouteFacts> {
    const args = ["-rn", "-f", "inet"];
    const asked = await ask("netstat", args);
    const isTable = asked.code === 0 && /^Destination\s/m.test(asked.stdout);
    if (isTable) return { routes: readNetstatRoutes(asked.stdout) };
    return { routes: [], untold: refused("netstat", args, asked, "look yourself: /usr/sbin/netstat -rn -f inet") };
}

/** Reads all routing tables with `ip`. Without it, the kernel's own file shows the main table only. */
async function askIp({ ask, kernel }: RouteSources): Promise<RouteFacts> {
    const args = ["-j", "-4", "route", "show", "table", "all"];
    const asked = await ask("ip", args);
    const routes = asked.code === 0 ? parsed(asked.stdout) : undefined;
    if (routes !== undefined) return { routes };
    const fix =
        asked.code === 127
            ? "install the program ip (Debian: apt-get install iproute2), then run it again"
            : "look yourself: ip route show table all";
    const untold = refused("ip", args, asked, fix);
    const table = kernel();
    if (table === undefined) return { routes: [], untold };
    return {
        routes: readKernelRoutes(table),
        untold: { ...untold, value: `${untold.value}; only the main table was read, and a VPN may have its own` },
    };
}

function refused(program: string, args: readonly string[], asked: Ended, fix: string): UntoldRoutes {
    const command = [program, ...args].join(" ");
    const why = asked.code === 0 ? "gave no list" : `ended with ${asked.code} (${lastWords(asked)})`;
    return { value: asked.code === 127 ? `there is no program ${program}` : `${command} ${why}`, fix };
}

function parsed(text: string): Route[] | undefined {
    try {
        return readIpRoutes(text);
    } catch {
        return undefined;
    }
}

/** The sources of this machine. */
function machine(): RouteSources {
    return {
        system: platform(),
        // A user's PATH often lacks the system folders in which `ip` and `netstat` are.
        ask: (program, args) => run(programOnPath(program, process.env) ?? program, args, { timeout: TIMEOUT }),
        kernel: () => {
            try {
                return readFileSync("/proc/net/route", "utf8");
            } catch {
                return undefined;
            }
        },
    };
}
