/** Engines with recorded answers, without a docker client. */

import type { EngineChoice } from "../../engine/choice";
import type { Docker } from "../../engine/client";
import { Engine } from "../../engine/engine";

/** The choice of an engine that does not exist. */
export const RECORDED: EngineChoice = { host: "ssh://a", source: "stack", because: "recorded", ignored: [] };

/** An engine behind a docker client that the test provides. */
export function engineOf(docker: Docker): Engine {
    return new Engine({}, RECORDED, docker);
}

/** An engine that answers every call alike, and records the calls. */
export function answering(code: number, stdout: string, stderr = ""): { engine: Engine; calls: string[][] } {
    const calls: string[][] = [];
    const engine = engineOf((args) => {
        calls.push([...args]);
        return Promise.resolve({ code, stdout, stderr });
    });
    return { engine, calls };
}

/** An engine whose answers depend on the words that a call begins with. */
export function saying(answers: Readonly<Record<string, unknown>>): Engine {
    return engineOf((args) => {
        const [, said] = Object.entries(answers).find(([words]) => args.join(" ").startsWith(words)) ?? [];
        const stdout = typeof said === "string" ? said : JSON.stringify(said ?? "");
        return Promise.resolve({ code: 0, stdout, stderr: "" });
    });
}
