/** The script that runs a job, with a docker client that does what it is told to. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPT = join(__dirname, "../../../components/hardening/run-job.mjs");

/** How a container behaves. */
interface Behaviour {
    readonly isRunning?: boolean;
    readonly exitCode?: number;
    readonly startFails?: string;
    readonly outOfMemory?: boolean;
    /** Never ends by itself. */
    readonly hangs?: boolean;
    readonly health?: string;
    readonly logs?: string;
}

/** Plain sh, because the script asks it often. */
const CLIENT = `#!/bin/sh
cd "\${0%/*}"
echo "$*" >> asked
for name; do :; done
. "./$name"
case $1 in
    start)
        if [ -n "$fails" ]; then echo "$fails" >&2; exit 1; fi
        : > "ran-$name" ;;
    wait)
        if [ -n "$hangs" ]; then exec sleep 60; fi
        echo 0 ;;
    logs) cat "$name.logs" ;;
    inspect) if [ -e "ran-$name" ]; then cat "$name.after"; else cat "$name.before"; fi ;;
esac
`;

/** Writes what the client answers about a container before it was started, and after. */
function behave(
    name: string,
    { isRunning = false, exitCode, startFails, hangs, outOfMemory, health, logs }: Behaviour,
) {
    const about = (changes: object): string =>
        JSON.stringify([
            {
                State: { OOMKilled: outOfMemory === true, ...(health && { Health: { Status: health } }), ...changes },
                HostConfig: { Memory: 256 * 2 ** 20 },
            },
        ]);
    const files = {
        "": `fails='${startFails ?? ""}' hangs='${hangs ? "yes" : ""}'`,
        ".logs": logs ?? "",
        ".before": about({
            Running: isRunning,
            StartedAt: isRunning ? "2026-11-30T10:00:00Z" : "0001-01-01T00:00:00Z",
            FinishedAt: "2026-11-30T09:00:00Z",
        }),
        ".after": about({
            Running: health !== undefined && exitCode === undefined,
            ExitCode: exitCode ?? 0,
            StartedAt: "2026-11-30T10:00:00Z",
            FinishedAt: "2026-11-30T10:00:12Z",
        }),
    };
    for (const [end, content] of Object.entries(files)) writeFileSync(join(folder, `${name}${end}`), content);
}

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-job-"));
    writeFileSync(join(folder, "docker"), CLIENT);
    chmodSync(join(folder, "docker"), 0o755);
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(behaviour: Readonly<Record<string, Behaviour>>, limit = 60, ...companions: string[]) {
    for (const [name, own] of Object.entries(behaviour)) behave(name, own);
    const args = [SCRIPT, "t-migrate", String(limit), ...companions];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        encoding: "utf8",
        env: { ...process.env, PATH: `${folder}:/usr/bin:/bin` },
    });
    const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
    return { status, stdout, stderr, did: asked.filter((line) => !/^(inspect|logs)/.test(line)), asked };
}

const END =
    "What waits for it was not started. The next update runs it again; all that it wrote: docker logs t-migrate\n";

test("a job that ends with 0 is waited for, and nothing is said", () => {
    expect(run({ "t-migrate": {} })).toMatchObject({
        status: 0,
        stdout: "",
        stderr: "",
        did: ["start t-migrate", "wait t-migrate"],
    });
});

test("a job that fails: its exit code and its last lines, in the order of their times, without colours", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `2026-11-30T10:00:${String(index + 10)}Z line ${index}`);
    const logs = [...lines.slice(10), ...lines.slice(0, 10)]
        .join("\n")
        .replace("line 19", "\u001b[31mline 19\u001b[0m");
    const { status, stderr, asked } = run({ "t-migrate": { exitCode: 3, logs } });
    expect(status).toBe(1);
    const shown = Array.from({ length: 15 }, (_, index) => `    | line ${index + 5}\n`).join("");
    expect(stderr).toBe(`t-migrate ended with 3 after 12 s. Its last 15 lines:\n${shown}${END}`);
    // What an earlier run of the same container wrote is none of its lines.
    expect(asked).toContain("logs --timestamps --tail=15 --since=2026-11-30T09:00:00Z t-migrate");
});

test("a job that needs too much memory", () => {
    expect(run({ "t-migrate": { exitCode: 137, outOfMemory: true } }).stderr).toBe(
        `t-migrate ended with 137 after 12 s: it needs more than its 256 MiB of memory. It has written nothing.\n${END}`,
    );
});

test("a job that cannot be started", () => {
    const { status, stderr, did } = run({ "t-migrate": { startFails: "no such program" } });
    expect(status).toBe(1);
    expect(stderr).toBe(`starting t-migrate: no such program\n${END}`);
    expect(did).toEqual(["start t-migrate"]);
});

test("a job that does not end is stopped when its time is over", () => {
    const { status, stderr, did } = run({ "t-migrate": { hangs: true, logs: "2026-11-30T10:00:00Z waiting" } }, 1);
    expect(status).toBe(1);
    expect(stderr).toContain("t-migrate did not end within 1 s and was stopped. Its last 1 lines:\n    | waiting\n");
    expect(did.at(-1)).toBe("stop -t 10 t-migrate");
});

test("a job that an update which was cut off has started is waited for, and its lines are those since its start", () => {
    const { asked, did } = run({ "t-migrate": { isRunning: true, exitCode: 1 } });
    // The engine starts no container a second time.
    expect(did).toEqual(["start t-migrate", "wait t-migrate"]);
    expect(asked).toContain("logs --timestamps --tail=15 --since=2026-11-30T10:00:00Z t-migrate");
});

describe("a companion", () => {
    test("is healthy before the job starts, and is stopped after it, whatever the job's end", () => {
        for (const exitCode of [0, 1]) {
            const { did } = run({ "t-migrate": { exitCode }, "t-agent": { health: "healthy" } }, 60, "t-agent");
            expect(did.slice(-4)).toEqual(["start t-agent", "start t-migrate", "wait t-migrate", "stop -t 10 t-agent"]);
        }
    });

    test("that ends too early is the reason, and the job is not started", () => {
        const behaviour = {
            "t-migrate": {},
            "t-agent": { health: "starting", exitCode: 2, logs: "2026-11-30T10:00:00Z permission denied" },
        };
        const { status, stderr, did } = run(behaviour, 60, "t-agent");
        expect(status).toBe(1);
        expect(stderr).toBe(
            `t-agent ended with 2 before t-migrate could start. Its last 1 lines:\n    | permission denied\n${END}`,
        );
        expect(did).toEqual(["start t-agent", "stop -t 10 t-agent"]);
    });
});
