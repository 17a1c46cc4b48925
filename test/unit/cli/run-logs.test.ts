/** Stacks whose names are the beginning of one another keep their own logs. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { dropOldLogs, isRunFile, runName } from "../../../cli/pulumi/run-logs";

const NAMES = ["production", "production-eu", "production-2026", "production-2"];

test("a run's files are of its stack alone", () => {
    for (const name of NAMES) {
        const file = `${runName(name, "up", new Date("2026-11-29T20:00:00Z"))}.log`;
        expect(NAMES.filter((each) => isRunFile(each, file))).toEqual([name]);
    }
});

test("the last ten of a stack are kept, and all of the others", () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-logs-"));
    try {
        for (const name of NAMES) {
            for (let second = 10; second < 22; second += 1) {
                const since = new Date(`2026-11-29T20:00:${second}Z`);
                writeFileSync(join(folder, `${runName(name, second % 2 ? "up" : "preview", since)}.log`), "");
            }
        }
        dropOldLogs(folder, "production");
        const left = readdirSync(folder);
        const counts = NAMES.map((name) => left.filter((file) => isRunFile(name, file)).length);
        expect(counts).toEqual([10, 12, 12, 12]);
        expect(left.some((file) => file.startsWith("production-2026-11-29T200010"))).toBe(false);
        expect(left.some((file) => file.startsWith("production-2026-11-29T200021"))).toBe(true);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});
