import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { isAbandoned, type Lock, parseLocks, parseProgress, readLocks, workedOn } from "../../../cli/pulumi/locks";
import type { RunRecord } from "../../../cli/pulumi/run-record";
import { identify, machineName } from "../../../offline/build/process";

const SINCE = "2026-01-01T00:00:00Z";
const lock: Lock = { user: "anna", pid: 4711, host: hostname(), since: SINCE };
const nobody = (): undefined => undefined;
const running = (name?: string, since?: number) => () => ({
    pid: 4711,
    ...(name && { name }),
    ...(since && { since }),
});

describe("in the folder of this checkout, a lock", () => {
    test("is held by a living pulumi, and by anybody on another host", () => {
        expect(isAbandoned(lock, true, undefined, running("pulumi", Date.parse(SINCE) - 1000))).toBe(false);
        // Clocks differ, and a lock is written a little before or after its process began.
        expect(isAbandoned(lock, true, undefined, running("pulumi", Date.parse(SINCE) + 30_000))).toBe(false);
        expect(isAbandoned({ ...lock, host: "elsewhere" }, true, undefined, nobody)).toBe(false);
    });

    test("is held by a process of which nothing more is known", () => {
        expect(isAbandoned(lock, true, undefined, running())).toBe(false);
    });

    test("is abandoned when its process is gone, is another program by now, or is a later pulumi", () => {
        expect(isAbandoned(lock, true, undefined, nobody)).toBe(true);
        expect(isAbandoned(lock, true, undefined, running("bash"))).toBe(true);
        expect(isAbandoned(lock, true, undefined, running("pulumi", Date.parse(SINCE) + 3_600_000))).toBe(true);
    });
});

describe("in a shared backend, a lock", () => {
    const record = (pid: number, started = "another boot 1", machine = machineName()): RunRecord => ({
        verb: "up",
        machine,
        owner: { pid: 1 },
        pulumi: { pid, started },
        since: SINCE,
    });

    test("is never abandoned because this machine has no such process: it may be another one of the same name", () => {
        expect(isAbandoned(lock, false, undefined, nobody)).toBe(false);
        expect(isAbandoned(lock, false, record(4712), nobody)).toBe(false);
        expect(isAbandoned(lock, false, record(4711, "x", "elsewhere"), nobody)).toBe(false);
    });

    test("of this checkout's own run is abandoned once that run is gone", () => {
        const own = { ...lock, pid: process.pid };
        expect(isAbandoned(own, false, record(process.pid))).toBe(true);
        expect(isAbandoned(own, false, { ...record(0), pulumi: identify(process.pid) })).toBe(false);
    });

    test("without a process, as Pulumi Cloud tells it, is held", () => {
        expect(isAbandoned({ user: "anna", since: "5 minutes ago" }, false, record(4711), nobody)).toBe(false);
    });
});

test("is read as pulumi writes it, and one that was cut off belongs to nobody", () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-lock-"));
    expect(readLocks(folder, "strata", "local")).toEqual([]);
    const locks = join(folder, ".pulumi", "locks", "organization", "strata", "local");
    mkdirSync(locks, { recursive: true });
    const content = { pid: 4711, username: "anna", hostname: lock.host, timestamp: lock.since };
    writeFileSync(join(locks, "a.json"), JSON.stringify(content));
    writeFileSync(join(locks, "a.json.attrs"), "{}");
    writeFileSync(join(locks, "b.json"), '{"pid":');
    const [first, second] = readLocks(folder, "strata", "local");
    expect(first).toEqual({ ...lock, place: join(locks, "a.json") });
    expect(second && isAbandoned(second, true, undefined)).toBe(true);
});

describe("what pulumi says of locks", () => {
    test("names each holder", () => {
        const text = [
            "error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
            "  s3://states/.pulumi/locks/organization/strata/production/1.json: created by anna@laptop (pid 7) at 2026-01-01T00:00:00+01:00",
            "  s3://states/.pulumi/locks/organization/strata/production/2.json: created by AD\\\\b@d@ci-3 (pid 12) at 2026-01-01T00:01:00Z",
        ].join("\n");
        expect(parseLocks(text)).toEqual([
            {
                user: "anna",
                host: "laptop",
                pid: 7,
                since: "2026-01-01T00:00:00+01:00",
                place: "s3://states/.pulumi/locks/organization/strata/production/1.json",
            },
            {
                user: "AD\\\\b@d",
                host: "ci-3",
                pid: 12,
                since: "2026-01-01T00:01:00Z",
                place: "s3://states/.pulumi/locks/organization/strata/production/2.json",
            },
        ]);
    });

    test("counts although it cannot be read, and other errors do not", () => {
        expect(parseLocks("error: the stack is currently locked by 1 lock(s).")).toHaveLength(1);
        const conflict =
            "error: [409] Conflict: Another update is currently in progress.\nTo learn more about possible reasons and resolution, " +
            "visit https://www.pulumi.com/docs/support/troubleshooting/common-issues/update-conflicts/";
        expect(parseLocks(conflict)).toHaveLength(1);
        expect(parseLocks("error: stack 'organization/strata/production' already exists")).toEqual([]);
        expect(parseLocks("")).toEqual([]);
    });

    // The form of `pulumi stack` 3.258 (cmd/pulumi/stack/stack.go), not recorded from Pulumi Cloud, which was not asked.
    test("at Pulumi Cloud is who began the run, and when", () => {
        const idle = "Current stack is production:\n    Owner: acme\n    Last updated: 2 hours ago (2026-01-01)\n";
        expect(parseProgress(idle)).toEqual([]);
        const busy = idle.replace(
            "    Last",
            "    Update in progress:\n\tStarted: 5 minutes ago\n\tRequested By: anna\n    Last",
        );
        expect(parseProgress(busy)).toEqual([{ user: "anna", since: "5 minutes ago" }]);
        expect(parseProgress(busy.replace("Update", "Destroy"))).toHaveLength(1);
    });
});

test("the refusal says who, since when, where the lock is and what to do, and ends with 2", () => {
    const { message, next, details, exitCode } = workedOn("production", [{ ...lock, place: "s3://states/1.json" }]);
    expect(message).toContain(`anna@${lock.host} (process 4711) has been working on production since ${SINCE}`);
    expect(next).toContain("wait for the end");
    expect(next).toContain('eval "$(npm run -s strata -- env --stack production)"; pulumi cancel --yes');
    expect(details).toEqual(["  its lock: s3://states/1.json"]);
    expect(exitCode).toBe(2);
    expect(workedOn("production", [{ since: "just before" }]).message).toContain("somebody else has been working");
});
