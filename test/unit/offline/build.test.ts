import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { pinnedVersion } from "../../../offline/build/go";
import { withCacheLock } from "../../../offline/build/lock";
import { identify, machineName } from "../../../offline/build/process";
import { run } from "../../../offline/build/run";
import { digestOf, isStamped, writeStamp } from "../../../offline/build/stamp";

const ROOT = join(__dirname, "..", "..", "..");

let folder: string;
const file = (name: string, content = ""): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
};

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-build-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a failing command", () => {
    const command = (script: string) => ({
        step: "plugin-example",
        program: "/bin/sh",
        args: ["-c", script],
        cwd: folder,
        environment: {},
        logFile: join(folder, "logs", "plugin-example.log"),
    });

    test("names the step, the command, the last 20 lines and the log file", async () => {
        const failure = run(command("for i in $(/usr/bin/seq 1 30); do echo line $i; done; echo broken >&2; exit 3"));
        const message = await failure.then(
            () => "",
            (error: Error) => error.message,
        );
        expect(message).toContain("plugin-example: /bin/sh -c for i in");
        expect(message).toContain("exited with 3");
        expect(message).toContain(join(folder, "logs", "plugin-example.log"));
        expect(message).toContain("    broken");
        expect(message).toContain("    line 30\n");
        expect(message).not.toContain("    line 11\n");
        expect(readFileSync(join(folder, "logs", "plugin-example.log"), "utf8")).toContain("line 1\n");
    });

    test("that does not exist says so", async () => {
        await expect(run({ ...command(""), program: "no-such-program" })).rejects.toThrow("could not be started");
    });
});

describe("a stamp", () => {
    test("is current for the same content and facts, in any folder", async () => {
        const stamp = join(folder, "deep", "artefact.stamp");
        const artefact = file("artefact");
        const digest = await digestOf(folder, [file("main.go", "one")], ["go1"]);
        await writeStamp(stamp, digest);
        expect(await isStamped(artefact, stamp, digest)).toBe(true);
        expect(await digestOf(folder, [file("main.go", "one")], ["go1"])).toBe(digest);
        expect(await digestOf(folder, [file("main.go", "two")], ["go1"])).not.toBe(digest);
        expect(await digestOf(folder, [file("main.go", "one")], ["go2"])).not.toBe(digest);
        expect(await digestOf(tmpdir(), [file("main.go", "one")], ["go1"])).not.toBe(digest);
    });

    test("without its artefact is not", async () => {
        await writeStamp(join(folder, "stamp"), "digest");
        expect(await isStamped(join(folder, "gone"), join(folder, "stamp"), "digest")).toBe(false);
    });
});

describe("the cache lock", () => {
    test("lets one work at a time", async () => {
        const events: string[] = [];
        const work = (name: string) =>
            withCacheLock(
                folder,
                () => undefined,
                async () => {
                    events.push(`${name} starts`);
                    await sleep(30);
                    events.push(`${name} ends`);
                },
            );
        await Promise.all([work("a"), work("b")]);
        expect(events.map((event) => event.split(" ")[1])).toEqual(["starts", "ends", "starts", "ends"]);
    });

    const done = (): Promise<string> =>
        withCacheLock(
            folder,
            () => undefined,
            () => Promise.resolve("done"),
        );
    const lockOf = (pid: number, more: Readonly<Record<string, unknown>> = {}): string =>
        file(".lock", JSON.stringify({ ...identify(pid), machine: machineName(), token: "seen", ...more }));
    const age = (path: string, seconds: number): void =>
        utimesSync(path, new Date(), new Date(Date.now() - seconds * 1000));

    test.each([
        ["a process that is gone", () => lockOf(999_999_999)],
        ["a process whose number another one has by now", () => lockOf(process.pid, { started: "another boot 1" })],
        ["a process that is gone, as locks were written before", () => file(".lock", "999999999")],
        ["nobody, because its writer was killed", () => age(file(".lock"), 6)],
        ["nobody, with half a text", () => age(file(".lock", '{"pid":12'), 6)],
        ["another machine that has been silent for long", () => age(lockOf(1, { machine: "elsewhere" }), 61)],
    ])("of %s holds nobody up", async (_, write) => {
        write();
        await expect(done()).resolves.toBe("done");
        expect(readdirSync(folder)).toEqual([]);
    });

    test.each([
        ["a process that runs", () => lockOf(process.pid)],
        ["a process that runs, as locks were written before", () => file(".lock", String(process.pid))],
        ["another machine that shows that it is alive", () => lockOf(1, { machine: "elsewhere" })],
    ])("of %s is waited for, and the wait is told once", async (_, write) => {
        const path = write();
        const told: string[] = [];
        let over = false;
        const waiting = withCacheLock(
            folder,
            (line) => told.push(line),
            () => Promise.resolve((over = true)),
        );
        await sleep(1200);
        expect(over).toBe(false);
        expect(told).toEqual([
            expect.stringMatching(/^waiting for process \d+.*, which is setting up the same cache$/),
        ]);
        rmSync(path);
        await waiting;
        expect(over).toBe(true);
    });

    test("that replaced a dead one is not removed by a waiter that saw the dead one", async () => {
        lockOf(999_999_999);
        let letGo = (): void => undefined;
        let hasSeen = (): void => undefined;
        const replaced = new Promise<void>((resolve) => (letGo = resolve));
        const seeing = new Promise<void>((resolve) => (hasSeen = resolve));
        const read = fs.readFile;
        const spy = jest.spyOn(fs, "readFile").mockImplementationOnce(async (...args) => {
            const seen = await read(...args);
            hasSeen();
            await replaced;
            return seen;
        });
        const events: string[] = [];
        const slow = withCacheLock(
            folder,
            () => undefined,
            () => Promise.resolve(events.push("slow")),
        );
        await seeing;
        await withCacheLock(
            folder,
            () => undefined,
            async () => {
                letGo();
                await sleep(100);
                events.push("fast");
            },
        );
        await slow;
        expect(events).toEqual(["fast", "slow"]);
        spy.mockRestore();
    });

    test("is taken by one of many processes at a time, also after one was killed while it removed a dead lock", async () => {
        lockOf(999_999_999);
        file(".lock.seen", JSON.stringify({ pid: 999_999_999, machine: machineName(), token: "killed" }));
        const log = file("log");
        const script = `
            const { withLock } = require(${JSON.stringify(join(ROOT, "offline", "build", "lock.ts"))});
            const { appendFileSync } = require("node:fs");
            const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
            const note = (what) => appendFileSync(${JSON.stringify(log)}, process.pid + " " + what + "\\n");
            void withLock(${JSON.stringify(folder)}, "works", () => {}, async () => { note("in"); await pause(); note("out"); });
        `;
        const node = ["--require", join(ROOT, "runtime", "typescript.cjs"), "-e", script];
        await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, node)));
        const lines = readFileSync(log, "utf8").trim().split("\n");
        expect(lines).toHaveLength(8);
        for (let line = 0; line < lines.length; line += 2) {
            const [pid] = lines[line]?.split(" ") ?? [];
            expect(lines.slice(line, line + 2)).toEqual([`${pid} in`, `${pid} out`]);
        }
    });

    test("is given back when the work fails", async () => {
        const failing = withCacheLock(
            folder,
            () => undefined,
            () => Promise.reject(new Error("broken")),
        );
        await expect(failing).rejects.toThrow("broken");
        await expect(
            withCacheLock(
                folder,
                () => undefined,
                () => Promise.resolve("done"),
            ),
        ).resolves.toBe("done");
    });
});

test("a version that is not exact is refused", async () => {
    file("package.json", JSON.stringify({ dependencies: { "@pulumi/docker": "^5.2.0", "@pulumi/random": "4.21.2" } }));
    const context = { projectRoot: folder, cache: folder, environment: {} };
    await expect(pinnedVersion(context, "@pulumi/docker")).rejects.toThrow("must be an exact version");
    await expect(pinnedVersion(context, "@pulumi/vault")).rejects.toThrow("undefined");
    await expect(pinnedVersion(context, "@pulumi/random")).resolves.toBe("4.21.2");
});
