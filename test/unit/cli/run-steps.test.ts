import { setTimeout as sleep } from "node:timers/promises";

import { Progress } from "../../../cli/output/progress";
import { runSteps } from "../../../cli/setup/run-steps";
import type { Step } from "../../../offline/build/step";

let events: string[];
beforeEach(() => {
    events = [];
});

/** A step whose name does not make the set-up look for Go. */
function step(name: string, more: Partial<Step> = {}): Step {
    return {
        name,
        isCurrent: () => Promise.resolve(false),
        run: async () => {
            events.push(`${name} begins`);
            await sleep(20);
            events.push(`${name} ends`);
        },
        ...more,
    };
}

const quiet = new Progress({ write: () => undefined });

test("steps of a lane run one after another, lanes beside each other", async () => {
    await runSteps(quiet, [step("cli"), step("random"), step("base", { lane: "images" })]);
    expect(events.slice(0, 2).sort()).toEqual(["base begins", "cli begins"]);
    expect(events.indexOf("random begins")).toBeGreaterThan(events.indexOf("cli ends"));
    expect(events).toHaveLength(6);
});

test("a step that another set-up made meanwhile is not run", async () => {
    await runSteps(quiet, [step("cli", { isCurrent: () => Promise.resolve(true) }), step("random")]);
    expect(events).toEqual(["random begins", "random ends"]);
});

test("a failure names its step, and the other lane ends what it is at and begins nothing", async () => {
    const failing = step("cli", { run: () => Promise.reject(new Error("no space left\nits last words")) });
    const running = runSteps(quiet, [
        failing,
        step("random"),
        step("base", { lane: "images" }),
        step("redis", { lane: "images" }),
    ]);
    await expect(running).rejects.toThrow(/^cli failed after .*: no space left$/);
    expect(events).toEqual(["base begins", "base ends"]);
});
