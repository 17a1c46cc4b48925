/** What every verb that works on a stack starts with. */

import { chooseEngine, clientEnvironment, surroundings } from "./engine/choice";
import { Engine } from "./engine/engine";
import { foundEngine } from "./engine/found";
import { Failure, npmRun } from "./failure";
import { childEnvironment } from "./places";
import { Pulumi } from "./pulumi/pulumi";
import { type Foundations, isInstalled } from "./setup/setup";
import { readStackFile, refreshCopy, saveSalt, writtenEngine } from "./stacks/copy";
import { findStack, hasState, isKeptHere, type Stack } from "./stacks/stack";
import { pulumiEnvironment } from "./stacks/variables";

/** Options that all stack verbs share. */
export interface StackOptions {
    readonly stack: string;
    readonly configFile?: string;
}

/** A stack with its engine; nothing has been started for it. */
export interface Sight {
    readonly stack: Stack;
    readonly engine: Engine;
    readonly dockerEnv: NodeJS.ProcessEnv;
}

/** A stack that `pulumi` can work on. */
export interface Session extends Sight {
    readonly pulumi: Pulumi;
    readonly foundations: Foundations;
}

/** Finds the stack and its engine. Touches neither. */
export function lookAt(options: StackOptions): Sight {
    const stack = findStack(options.stack, options.configFile);
    const choice = chooseEngine(writtenEngine(readStackFile(stack.source)), surroundings());
    const dockerEnv = clientEnvironment(choice, childEnvironment());
    return { stack, dockerEnv, engine: new Engine(dockerEnv, choice) };
}

/** Opens a stack whose toolchain is there already; makes its private files and creates it in the backend if need be. */
export async function open(sight: Sight, found: Foundations): Promise<Session> {
    const { stack, engine } = sight;
    if (found.decision.way === "offline" && !isInstalled(found.toolchain)) {
        throw new Failure("the toolchain is not installed", `run: ${npmRun("setup")}`);
    }
    const configFile = refreshCopy(stack, found.images, await foundEngine(engine, stack.name));
    const pulumi = new Pulumi(stack, configFile, pulumiEnvironment(stack, found.toolchain, engine.choice));
    if (!(await exists(pulumi, stack))) {
        const salt = await pulumi.createStack();
        if (salt !== undefined && configFile === stack.copy) saveSalt(stack, salt);
    }
    return { ...sight, pulumi, foundations: found };
}

/** The file backend of this checkout is asked without starting `pulumi`. */
async function exists(pulumi: Pulumi, stack: Stack): Promise<boolean> {
    if (isKeptHere(stack)) return hasState(stack);
    const asked = await pulumi.ask(["stack", "ls", "--json"]);
    if (asked.code !== 0)
        throw new Failure(`the backend does not answer: ${asked.stderr.trim()}`, "check PULUMI_BACKEND_URL");
    return (JSON.parse(asked.stdout) as { name: string }[]).some(({ name }) => name.split("/").at(-1) === stack.name);
}
