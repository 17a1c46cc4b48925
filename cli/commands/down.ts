/** `strata down`: removes an environment. Data stays unless its name is typed. */

import { createInterface } from "node:readline/promises";

import { LABEL } from "../../model/names";
import { ExitCode, Failure, npmRun, rejected } from "../failure";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { UpdateView } from "../pulumi/events";
import { compare, releaseLock } from "../pulumi/recover";
import { detach, type KnownState } from "../pulumi/state";
import { lookAt, openExisting, type Session, type Sight, type StackOptions } from "../session";
import { ensureEngine } from "../setup/docker";
import { foundations } from "../setup/setup";
import { cacheFolder } from "../places";
import { requireLogin } from "../stacks/access";
import { explain, follow } from "./follow";

/** Options of `down`. */
export interface DownOptions extends StackOptions {
    /** Data too. */
    readonly volumes?: boolean;
    /** The environment's name, instead of typing it. */
    readonly confirm?: string;
    readonly json?: boolean;
}

/** @returns exit code: 0 nothing of it is left (but volumes), 1 something is */
export async function down(options: DownOptions): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    requireLogin(sight.stack);
    if (options.volumes) await confirm(sight.stack.name, options.confirm);
    await ensureEngine(progress, cacheFolder(), sight.dockerEnv);
    const view = new UpdateView("update");
    const session = await openExisting(sight, await foundations());
    const unlocked = async (): Promise<void> => session && releaseLock(session, progress);
    if (session) {
        await unlocked();
        await destroy(session, progress, view, options.volumes === true);
    }
    const leftovers = await removeLeftovers(sight, progress, options.volumes === true, unlocked);
    const removed = view.counts.removed + leftovers;
    const kept = (await sight.engine.volumes(sight.stack.name)).map(({ name }) => name);
    if (options.json) {
        console.log(JSON.stringify({ stack: sight.stack.name, removed, volumes: kept }, undefined, 2));
    }
    if (kept.length > 0) {
        progress.line("·", `kept: ${kept.join(", ")} (${npmRun("down", sight.stack.name, "--volumes")} removes them)`);
    }
    progress.print(`${removed} removed in ${duration(Date.now() - started)}`);
    return ExitCode.holds;
}

async function destroy(session: Session, progress: Progress, view: UpdateView, withData: boolean): Promise<void> {
    const { state } = await compare(session);
    if (state.resources === 0 && state.pending.length === 0) return;
    const args = ["--yes", "--skip-preview", "--suppress-outputs"];
    const keep = withData ? ["--ignore-protect"] : keepArguments(state);
    const contained = withData ? [] : keptWithData(state);
    if (contained.length > 0) await session.pulumi.rewrite((exported) => detach(exported, keptUrns(state)));
    const run = await follow(session, progress, view, "destroy", [...args, ...keep]);
    if (run.code !== 0) throw await explain(session, view, run);
}

/**
 * What makes `pulumi destroy` leave data alone: protected resources, volumes that hold data whether protected or not, the
 * passwords and keys that open them, and what is configured inside.
 */
export function keepArguments(state: KnownState): string[] {
    return ["--exclude-protected", ...keptUrns(state).flatMap((urn) => ["--exclude", urn])];
}

function keptUrns(state: KnownState): string[] {
    const data = dataVolumes(state);
    return data.length > 0 ? [...data, ...state.generated, ...keptWithData(state)] : [];
}

function dataVolumes(state: KnownState): string[] {
    return state.volumes.filter(({ labels }) => labels[LABEL.data] === "true").map(({ urn }) => urn);
}

/** Configuration inside a server whose data stays: deleting a secret engine would delete every secret in it. */
function keptWithData(state: KnownState): string[] {
    const data = dataVolumes(state);
    return state.contained.filter(({ volume }) => data.includes(volume)).map(({ urn }) => urn);
}

/**
 * Removes labelled objects that no state knows, for example of a run that was killed or of a checkout that was deleted.
 *
 * @param unlocked - throws when somebody works on the stack; asked after looking, so that nothing of a run that goes on is removed
 */
async function removeLeftovers(
    { engine, stack }: Sight,
    progress: Progress,
    withData: boolean,
    unlocked: () => Promise<void>,
): Promise<number> {
    const containers = await engine.containers(stack.name);
    const networks = await engine.networks(stack.name);
    const volumes = (await engine.volumes(stack.name)).filter(({ data }) => withData || !data);
    if (containers.length + networks.length + volumes.length > 0) await unlocked();
    await engine.remove("container", containers);
    await engine.remove("network", networks);
    await engine.remove("volume", volumes);
    const all = [...containers, ...networks, ...volumes];
    for (const { name } of all) progress.line("✓", `${name} removed (not in the state)`);
    return all.length;
}

async function confirm(name: string, given: string | undefined): Promise<void> {
    const next = `type the name of the environment, or give --confirm ${name}`;
    if (given === undefined && !process.stdin.isTTY) {
        throw new Failure(`--volumes deletes the data of ${name} and was not confirmed`, next);
    }
    const typed = given ?? (await ask(`This deletes all data of ${name}. Type its name to go on: `));
    if (typed !== name) throw rejected(given === undefined ? "confirmation" : "--confirm", typed, [name], next);
}

async function ask(question: string): Promise<string> {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
        return (await terminal.question(question)).trim();
    } finally {
        terminal.close();
    }
}
