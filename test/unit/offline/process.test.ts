import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

import {
    descendantsOf,
    identify,
    lookUp,
    processName,
    type ProcessSource,
    runs,
    thisMachine,
} from "../../../offline/build/process";
import { eventually } from "../../support/eventually";

/** A machine without `/proc`, such as macOS. `ps` answers what the test says. */
function withoutProc(ps: ProcessSource["ps"], exists: ProcessSource["exists"] = () => "yes"): ProcessSource {
    return { exists, proc: () => undefined, procNames: () => undefined, ps };
}

/** A shell with a child, whose number it prints. The shell then turns into a program that never waits for the child. */
async function withChild(child: string, use: (pid: number, parent: number) => Promise<void>): Promise<void> {
    const parent = spawn("sh", ["-c", `${child} & echo $!; exec sleep 60`], { stdio: ["ignore", "pipe", "ignore"] });
    try {
        const printed = await new Promise<string>((resolve) => parent.stdout.setEncoding("utf8").once("data", resolve));
        await use(Number(printed.trim()), parent.pid ?? 0);
    } finally {
        parent.kill("SIGKILL");
    }
}

describe("a process", () => {
    test("has its name and its start", () => {
        expect(processName(process.pid)).toBe(readFileSync("/proc/self/comm", "utf8").trim());
        const started = Date.now() - process.uptime() * 1000;
        expect(Math.abs((lookUp(process.pid)?.since ?? 0) - started)).toBeLessThan(2000);
    });

    test("runs as long as it is the one that was written down", () => {
        const self = identify(process.pid);
        expect(self.started).toBeDefined();
        expect(runs(self)).toBe(true);
        expect(runs({ pid: process.pid, started: "another boot 1" })).toBe(false);
        expect(runs({ pid: process.pid })).toBe(true);
    });

    test("that has ended does not run, though its parent has not noticed", () =>
        withChild("sleep 0.2", async (pid) => {
            const state = (): string | undefined =>
                /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
            const child = identify(pid);
            expect(processName(pid)).toBeDefined();
            expect(runs(child)).toBe(true);
            await eventually("it has ended", () => Promise.resolve(state() === "Z"));
            expect(processName(pid)).toBeUndefined();
            expect(runs(child)).toBe(false);
        }));

    test.each([0, -1, 1.5, Number.NaN, 4_194_305, 2 ** 32 - 1])("of the number %d does not exist", (pid) => {
        expect(lookUp(pid)).toBeUndefined();
    });

    test("of another user that /proc hides still runs", () => {
        const hidden: ProcessSource = {
            ...thisMachine,
            exists: () => "foreign",
            proc: (path) => (path === "self/stat" ? "1 (sh) S 0" : undefined),
        };
        expect(lookUp(7, hidden)).toEqual({ pid: 7 });
        expect(runs({ pid: 7, started: "x" }, hidden)).toBe(true);
        expect(lookUp(7, { ...hidden, exists: () => "yes" })).toBeUndefined();
    });

    test("may be called what it likes", () => {
        const odd: ProcessSource = { ...thisMachine, exists: () => "yes", proc: () => "7 (a) S (b) S 1 2 3" };
        expect(processName(7, odd)).toBe("a) S (b");
    });
});

describe("without /proc", () => {
    const line = "Ss   Sat Nov 28 09:01:07 2026     /opt/homebrew/bin/pulumi\n";

    test("a process has the name and the start that ps tells", () => {
        const mac = withoutProc(() => line);
        expect(lookUp(7, mac)).toEqual({
            pid: 7,
            name: "pulumi",
            started: "Sat Nov 28 09:01:07 2026",
            since: Date.UTC(2026, 10, 28, 9, 1, 7),
        });
        expect(runs(identify(7, mac), mac)).toBe(true);
        expect(runs({ pid: 7, started: "Sat Nov 28 09:01:06 2026" }, mac)).toBe(false);
    });

    test("a zombie and a number that nobody has do not run", () => {
        expect(
            lookUp(
                7,
                withoutProc(() => line.replace("Ss", "Z+")),
            ),
        ).toBeUndefined();
        expect(
            lookUp(
                7,
                withoutProc(
                    () => undefined,
                    () => "no",
                ),
            ),
        ).toBeUndefined();
    });

    test("and without ps, a process that exists counts as running", () => {
        const bare = withoutProc(() => undefined);
        expect(lookUp(7, bare)).toEqual({ pid: 7 });
        expect(runs({ pid: 7, started: "x" }, bare)).toBe(true);
    });

    test("descendants come from ps", () => {
        const mac = withoutProc(() => "    1     0\n   20     1\n   21    20\n   22    21\n   30     1\n");
        expect(descendantsOf(20, mac)).toEqual([22, 21]);
        expect(descendantsOf(99, mac)).toEqual([]);
    });
});

test("descendants are found in /proc, the deepest first", () =>
    withChild("sleep 60", async (pid, parent) => {
        expect(descendantsOf(parent)).toEqual([pid]);
        expect(descendantsOf(process.pid).slice(-1)).not.toEqual([pid]);
        expect(descendantsOf(process.pid)).toEqual(expect.arrayContaining([pid, parent]));
        process.kill(pid, "SIGKILL");
        await eventually("it is gone", () => Promise.resolve(lookUp(pid) === undefined));
    }));
