/** One platform on the machine's own engine or on a second one. */

import { CURRENT_ENGINE, type CurrentEngine } from "../../cli/testing/current-engine";
import type { Platform } from "../../model/platform";
import { imageOf } from "./images";
import { asGuestOf, run } from "./live-engine";
import type { LiveStack } from "./live-stack";
import type { SecondEngine } from "./second-engine";

/** The current engine that `npm test` chose. @throws Error when the tests were not started by `npm test` */
export function chosenEngine(): CurrentEngine {
    const text = process.env[CURRENT_ENGINE];
    if (text === undefined) throw new Error(`${CURRENT_ENGINE} is not set: npm test decides on which engine this runs`);
    return JSON.parse(text) as CurrentEngine;
}

/** A stack, with commands that run in its containers' networks and on the engine's machine. */
export class EngineStand {
    /** The declared platform. */
    public readonly platform: Platform;
    public readonly environment: string;

    /** @param second - the engine that the stack is on; without it, the machine's own */
    constructor(
        public readonly stack: LiveStack,
        public readonly second?: SecondEngine,
    ) {
        this.platform = stack.declared().platform;
        this.environment = stack.name;
    }

    /** Name of a service's container. */
    of(service: string): string {
        return `${this.environment}-${service}`;
    }

    /** Runs the probe in the network of a service's container. @returns its lines of JSON, one for each question */
    async probe<T>(from: string, command: readonly string[]): Promise<T[]> {
        const { stdout } = await asGuestOf({
            environment: this.environment,
            of: this.of(from),
            image: await imageOf("probe"),
            command: [...command],
        });
        return stdout
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as T);
    }

    /** A command line that runs in the network of the engine's machine. */
    onEngineMachine(...commandLine: readonly string[]): [string, ...string[]] {
        return [...(this.second?.enter ?? []), ...commandLine] as [string, ...string[]];
    }

    /** Runs a program in the network of the engine's machine. @returns its standard output @throws Error when it does not end with 0 */
    async runOnEngineMachine(...commandLine: readonly string[]): Promise<string> {
        const [command, ...args] = this.onEngineMachine(...commandLine);
        const { code, stdout, stderr } = await run(command, args);
        if (code !== 0) throw new Error(`${commandLine.join(" ")} ended with ${code}: ${stderr}`);
        return stdout;
    }
}
