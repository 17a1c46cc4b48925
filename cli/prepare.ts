/** The first steps of `up` and `preview`. Separate from `session.ts`, because the program's schema takes a second to load. */

import type { Progress } from "./output/progress";
import { cacheFolder } from "./places";
import { ENGINE } from "./preflight/engine";
import { judgeFacts, judgeForPreview, refuseWhatCannotWork } from "./preflight/preflight";
import { type Facts, readFacts, type Subject } from "./preflight/read";
import { lookAt, open, type Session, type StackOptions } from "./session";
import { ensureEngine, preparationFor } from "./setup/docker";
import { foundations, setUp } from "./setup/setup";
import { requireLogin } from "./stacks/access";
import { isKeptHere } from "./stacks/backend";
import { Declaration } from "./stacks/declaration";
import { type Declared, declaredBy } from "./stacks/platform";
import { recordedHere, refuseFlip } from "./stacks/supply";

/** Options of every verb that starts the program. */
export interface PrepareOptions extends StackOptions {
    /** Go on with other plugins and images than the environment was made with. */
    readonly changeSupply?: boolean;
}

/**
 * Checks that the stack's state can be reached, validates the configuration, looks whether this machine can run the stack, sets up
 * what it needs, and opens it.
 *
 * @param verb - `up` needs room for the whole environment and may prepare an engine on a bare machine; `preview` only asks an
 *   engine that answers
 * @throws Failure with every problem of the configuration, or else with every problem of the machine, and for an environment that
 *   was made another way
 */
export async function prepare(
    options: PrepareOptions,
    progress: Progress,
    verb: "up" | "preview",
): Promise<Session & { declared: Declared; declaration: Declaration }> {
    const sight = lookAt(options);
    const { stack } = sight;
    const declaration = Declaration.of(stack);
    const { changeSupply = false } = options;
    requireLogin(stack);
    const recorded = recordedHere(stack);
    const found = await foundations({ mirror: sight.mirror, recorded: changeSupply ? undefined : recorded });
    refuseFlip(stack, recorded, found, changeSupply);
    const declared = declaredBy(stack, found, sight.engine.choice);
    if (declared.own.length > 0) {
        progress.line(
            "!",
            `only this checkout has ${declared.own.join(", ")}: set in ${stack.copy}, not in ${stack.source}`,
        );
    }
    await preflight({ sight, declared, cache: cacheFolder() }, progress, verb);
    const { images, pulls } = declared;
    await setUp(progress, { images, pulls, listCached: false }, sight, found);
    const session = await open(sight, found);
    if (!isKeptHere(stack)) refuseFlip(stack, (await session.pulumi.state()).supply, found, changeSupply);
    if (session.pulumi.configFile === stack.copy) declaration.include(stack.copy);
    return { ...session, declared, declaration };
}

/** A machine without an engine is judged twice: before one is installed, and with it. */
async function preflight(subject: Subject, progress: Progress, verb: "up" | "preview"): Promise<void> {
    const { sight, cache } = subject;
    const judge = verb === "up" ? judgeFacts : judgeForPreview;
    const facts = await readFacts(subject);
    const findings = judge(facts, subject);
    if (verb === "preview" || !(await isBare(facts, subject))) {
        return refuseWhatCannotWork(findings, sight.stack.name, progress);
    }
    // What cannot be told without an engine is judged again with it.
    const others = findings.filter(({ what, verdict }) => what !== ENGINE && verdict !== "unknown");
    refuseWhatCannotWork(others, sight.stack.name, progress);
    await ensureEngine(progress, cache, sight.engine, sight.dockerEnv, "bare");
    refuseWhatCannotWork(judge(await readFacts(subject), subject), sight.stack.name, progress);
}

async function isBare({ answer }: Facts, { sight, cache }: Subject): Promise<boolean> {
    if (!("silence" in answer)) return false;
    return (await preparationFor(sight.engine, cache, answer.silence, sight.dockerEnv, "bare")) !== "none";
}
