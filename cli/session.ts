/** Finds and opens a stack, with which every verb that works on a stack starts. */

import type { MirrorAddress } from "../model/mirror";
import { chooseEngine, clientEnvironment, surroundings } from "../engine/choice";
import { Engine } from "../engine/engine";
import { foundEngine } from "./engine/found";
import { Failure, npmRun } from "./failure";
import { childEnvironment } from "./places";
import { isAbandoned, removeLocks, workedOn } from "./pulumi/locks";
import { Pulumi } from "./pulumi/pulumi";
import { type Foundations, isComplete } from "./setup/setup";
import { hasPassphrase, type StateAccess, stateAccess } from "./stacks/access";
import { isKeptHere } from "./stacks/backend";
import { effectiveFile, readStackFile, refreshCopy, saveEncryption, writtenEngine, writtenMirror } from "./stacks/copy";
import { encryptionIn, encryptionOf } from "./stacks/encryption";
import { findStack, hasState, PROJECT, type Stack } from "./stacks/stack";
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
    /** The mirror that the stack names. */
    readonly mirror?: MirrorAddress;
}

/** A stack that `pulumi` can work on. */
export interface Session extends Sight {
    readonly pulumi: Pulumi;
    readonly access: StateAccess;
    readonly foundations: Foundations;
}

/** Finds the stack and its engine. Touches neither. */
export function lookAt(options: StackOptions): Sight {
    const stack = findStack(options.stack, options.configFile);
    const { file } = effectiveFile(stack);
    const choice = chooseEngine(writtenEngine(file), surroundings());
    const dockerEnv = clientEnvironment(choice, childEnvironment());
    const mirror = writtenMirror(file);
    return { stack, dockerEnv, engine: new Engine(dockerEnv, choice), ...(mirror && { mirror }) };
}

/** Opens a stack whose toolchain is there already; makes its private files and creates it in the backend if need be. */
export async function open(sight: Sight, found: Foundations): Promise<Session> {
    const session = await connect(sight, found);
    if (!(await adopt(session))) await create(session);
    return session;
}

/** Opens a stack if its backend has it: a stack that is to be removed need not be created first. */
export async function openExisting(sight: Sight, found: Foundations): Promise<Session | undefined> {
    if (isKeptHere(sight.stack) && !hasState(sight.stack)) return undefined;
    const session = await connect(sight, found);
    return (await adopt(session)) ? session : undefined;
}

async function connect(sight: Sight, found: Foundations): Promise<Session> {
    const { stack, engine } = sight;
    if (!(await isComplete(found.toolchain))) {
        throw new Failure(
            `the toolchain is not installed (${found.decision.way}: ${found.decision.reason})`,
            `run: ${npmRun("setup", stack.name)}`,
        );
    }
    const access = stateAccess(stack);
    const configFile = refreshCopy(stack, await foundEngine(engine, stack.name));
    const identity = await engine.identity();
    const environment = pulumiEnvironment(found, access, { ...engine.choice, identity });
    return { ...sight, access, foundations: found, pulumi: new Pulumi(stack, configFile, environment) };
}

/**
 * Makes the copy of the stack file encrypt as the stack's state does.
 *
 * @returns whether the backend has the stack
 */
async function adopt({ stack, pulumi, access }: Session): Promise<boolean> {
    const isHere = access.backend.folder === stack.stateFolder;
    const knows = Object.keys(encryptionIn(readStackFile(pulumi.configFile))).length > 0;
    // The file backend of this checkout is asked without starting `pulumi`.
    if (isHere && (!hasState(stack) || knows)) return hasState(stack);
    const exported = await pulumi.exported();
    if (exported === undefined) return false;
    const encryption = encryptionOf(exported);
    if (encryption?.encryptionsalt !== undefined && !hasPassphrase(access)) {
        throw new Failure(
            `the state of ${stack.name} is encrypted with a passphrase, and none is given`,
            "export PULUMI_CONFIG_PASSPHRASE_FILE=<file with the passphrase>; nothing was touched",
        );
    }
    if (encryption && pulumi.configFile === stack.copy) saveEncryption(stack, encryption);
    return true;
}

/** Creates the stack in its backend. */
async function create(session: Session): Promise<void> {
    const { stack, pulumi, access } = session;
    const isHere = access.backend.folder === stack.stateFolder;
    const written = encryptionIn(readStackFile(stack.source));
    let created = await pulumi.createStack(written);
    if (created.outcome === "locked" && created.locks.every((lock) => isAbandoned(lock, isHere, undefined))) {
        // A run was killed while it created the stack. `pulumi cancel` knows only stacks that exist.
        removeLocks(stack.stateFolder, PROJECT, stack.name);
        created = await pulumi.createStack(written);
    }
    if (created.outcome === "locked") throw workedOn(stack.name, created.locks);
    if (created.outcome === "created" && pulumi.configFile === stack.copy) saveEncryption(stack, created.encryption);
    // Another operator was faster.
    if (created.outcome === "exists") await adopt(session);
}
