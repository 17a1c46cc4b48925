/** Whether strata runs on this operating system and processor. */

import type { Finding } from "./finding";

/** The machine that the command line runs on. */
export interface MachineFacts {
    readonly platform: NodeJS.Platform;
    /** As Node names it: `x64`, `arm64`. */
    readonly arch: string;
    /** Name and release, for example `Debian GNU/Linux 12 (bookworm)`. */
    readonly name: string;
    /** Linux inside Windows. */
    readonly isWsl: boolean;
}

const ACCEPTED = "Linux on x64 or arm64; macOS with Docker Desktop or Colima; Windows through WSL 2";
const PAGE = "docs/machines.md";

/** Judges the machine. Pure. */
export function judgeMachine({ platform, arch, name, isWsl }: MachineFacts): Finding {
    const what = "machine";
    const value = `${name}, ${arch}${isWsl ? ", WSL" : ""}`;
    if (platform === "win32") {
        return {
            what,
            value,
            verdict: "bad",
            accepted: ACCEPTED,
            fix: `install WSL 2 and work inside it: see ${PAGE}`,
        };
    }
    if ((platform !== "linux" && platform !== "darwin") || (arch !== "x64" && arch !== "arm64")) {
        return { what, value, verdict: "bad", accepted: ACCEPTED, fix: `use another machine: see ${PAGE}` };
    }
    if (platform === "darwin") {
        const fix = `what works with an engine in a virtual machine: see ${PAGE}`;
        return { what, value, verdict: "note", fix, lasting: true };
    }
    return { what, value, verdict: "good" };
}
