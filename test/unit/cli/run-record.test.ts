import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { forgetRun, isOrphan, recordedRun, rememberRun, runUnderWay } from "../../../cli/pulumi/run-record";
import { privateFolder } from "../../../cli/places";
import type { Stack } from "../../../cli/stacks/stack";
import { identify, machineName } from "../../../offline/build/process";

const stack = { name: "unit-run-record" } as Stack;
const file = join(privateFolder(), `run-${stack.name}.json`);

afterEach(() => rmSync(file, { force: true }));

test("a run is written down with its verb, its machine and both processes with their starts", () => {
    expect(recordedRun(stack)).toBeUndefined();
    const record = rememberRun(stack, "up", process.ppid);
    expect(record).toEqual({
        verb: "up",
        machine: machineName(),
        owner: identify(process.pid),
        pulumi: identify(process.ppid),
        since: expect.stringMatching(/^\d{4}-/) as string,
    });
    expect(record?.owner.started).toBeDefined();
    expect(recordedRun(stack)).toEqual(record);
    forgetRun(stack);
    expect(recordedRun(stack)).toBeUndefined();
});

test("a preview leaves no record, and does not hide an earlier run", () => {
    expect(rememberRun(stack, "preview", process.pid)).toBeUndefined();
    expect(recordedRun(stack)).toBeUndefined();
    rememberRun(stack, "up", process.pid);
    rememberRun(stack, "preview", process.pid);
    expect(recordedRun(stack)?.verb).toBe("up");
});

test.each([["{"], ['{"owner":1,"pulumi":2}'], [""]])("a record that tells too little (%s) is none", (text) => {
    writeFileSync(file, text);
    expect(recordedRun(stack)).toBeUndefined();
});

test("a run is an orphan when pulumi goes on and its command line is gone, and only on the same machine", () => {
    const alive = identify(process.pid);
    const gone = { pid: process.pid, started: "another boot 1" };
    const record = { verb: "up", machine: machineName(), owner: gone, pulumi: alive, since: "" } as const;
    expect(isOrphan(record)).toBe(true);
    expect(isOrphan({ ...record, owner: alive })).toBe(false);
    // The number belongs to another program by now, which must not be interrupted.
    expect(isOrphan({ ...record, pulumi: gone })).toBe(false);
    expect(isOrphan({ ...record, machine: "elsewhere" })).toBe(false);
});

test("a run is under way while its pulumi goes on, on this machine", () => {
    expect(runUnderWay(stack)).toBeUndefined();
    const record = rememberRun(stack, "destroy", process.pid)!;
    expect(runUnderWay(stack)).toEqual({ verb: "down", since: record.since, process: process.pid });
    const gone = { ...record.pulumi, started: "another boot 1" };
    writeFileSync(file, JSON.stringify({ ...record, pulumi: gone }));
    expect(runUnderWay(stack)).toBeUndefined();
    writeFileSync(file, JSON.stringify({ ...record, machine: "elsewhere" }));
    expect(runUnderWay(stack)).toBeUndefined();
});
