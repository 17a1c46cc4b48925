import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

import { processName } from "../../../offline/build/process-name";
import { eventually } from "../../support/eventually";

test("a process has its name", () => {
    expect(processName(process.pid)).toBe(readFileSync("/proc/self/comm", "utf8").trim());
});

test("a process that has ended does not run, though its parent has not noticed", async () => {
    // The shell turns into a program that never waits for the child that it had.
    const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
        const printed = await new Promise<string>((resolve) => parent.stdout.setEncoding("utf8").once("data", resolve));
        const pid = Number(printed.trim());
        const state = (): string | undefined =>
            /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        expect(processName(pid)).toBeDefined();
        await eventually("it has ended", () => Promise.resolve(state() === "Z"));
        expect(processName(pid)).toBeUndefined();
    } finally {
        parent.kill("SIGKILL");
    }
});

test("a number that nobody has", () => {
    expect(processName(4_194_305)).toBeUndefined();
});
