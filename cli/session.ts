/** What every verb that works on a stack starts with. */

import { Engine } from "./engine/engine";
import { Failure, npmRun } from "./failure";
import { childEnvironment } from "./places";
import { Pulumi } from "./pulumi/pulumi";
import { type Foundations, isComplete } from "./setup/setup";
import { effectiveFile, engineHost, refreshCopy, saveSalt } from "./stacks/copy";
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
    const dockerEnv = { ...childEnvironment(), DOCKER_HOST: engineHost(effectiveFile(stack, {}).file) };
    return { stack, dockerEnv, engine: new Engine(dockerEnv) };
}

/** Opens a stack whose toolchain is there already; makes its private files and creates it in the backend if need be. */
export async function open(sight: Sight, found: Foundations): Promise<Session> {
    const session = await connect(sight, found);
    const { stack, pulumi } = session;
    if (!(await exists(pulumi, stack))) {
        const salt = await pulumi.createStack();
        if (salt !== undefined && pulumi.configFile === stack.copy) saveSalt(stack, salt);
    }
    return session;
}

/** Opens a stack that its backend has, or nothing: what is to be removed need not be made first. */
export async function openExisting(sight: Sight, found: Foundations): Promise<Session | undefined> {
    if (isKeptHere(sight.stack) && !hasState(sight.stack)) return undefined;
    const session = await connect(sight, found);
    return (await exists(session.pulumi, sight.stack)) ? session : undefined;
}

async function connect(sight: Sight, found: Foundations): Promise<Session> {
    const { stack, dockerEnv } = sight;
    if (!(await isComplete(found.toolchain))) {
        throw new Failure(
            `the toolchain is not installed (${found.decision.way}: ${found.decision.reason})`,
            `run: ${npmRun("setup", stack.name)}`,
        );
    }
    const configFile = refreshCopy(stack, found.images);
    const pulumi = new Pulumi(stack, configFile, pulumiEnvironment(stack, found.toolchain, dockerEnv.DOCKER_HOST));
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
