/** `strata preview`: what an `up` would change. */

import { ExitCode, Failure, npmRun } from "../failure";
import { Progress } from "../output/progress";
import { refuseClashes } from "../pulumi/clashes";
import { countsLine } from "../pulumi/counts";
import { UpdateView } from "../pulumi/events";
import { loginsOnce } from "../pulumi/logins";
import { refuseFixedSettings } from "../pulumi/fixed-settings";
import { describeLoss, sayUnsure } from "../pulumi/fates";
import { refuseRemoval } from "../pulumi/kept-data";
import { refuseChangedHands } from "../pulumi/kept-values";
import { examineVolumes } from "../pulumi/lost-data";
import { compare, refuseForeign } from "../pulumi/recover";
import { planRecovery } from "../pulumi/recovery";
import { refuseOtherVault } from "../pulumi/same-vault";
import { refuseOtherEngine, type RightEngineOptions } from "../pulumi/right-engine";
import { keepValues, silentServers } from "../pulumi/servers";
import { refuseTakenNames } from "../pulumi/taken-names";
import { prepare, type PrepareOptions } from "../prepare";
import type { Session } from "../session";
import type { Declared } from "../stacks/platform";
import { POLICY_OPTIONS } from "../stacks/variables";
import { showPlan } from "./consent";
import { explain, follow } from "./follow";
import { mustRefresh } from "./update";

/** Options of `preview`. */
export interface PreviewOptions extends PrepareOptions, RightEngineOptions {
    readonly json?: boolean;
    readonly refresh?: boolean;
    readonly expectNoChanges?: boolean;
}

/** @returns exit code: 0, or with `--expect-no-changes` 7 for changes and 2 when an interrupted run hides some */
export async function preview(options: PreviewOptions): Promise<number> {
    const { hasChanges } = await previewOf(options);
    return options.expectNoChanges && hasChanges ? ExitCode.changes : ExitCode.holds;
}

/** What an `up` would do. */
export type Preview = Pick<UpdateView, "plan" | "hasChanges">;

/** Previews and shows the plan. @throws Failure when there is none */
export async function previewOf(options: PreviewOptions): Promise<Preview> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    return planOf(await prepare(options, progress, "preview"), options, progress);
}

/** {@link previewOf} with an open stack. */
export async function planOf(
    session: Session & { readonly declared: Declared },
    options: PreviewOptions,
    progress: Progress,
): Promise<Preview> {
    const { state, engine } = await compare(session);
    refuseForeign(session.stack.name, state, engine);
    await refuseOtherEngine(session, state, engine, options);
    await refuseTakenNames(session, state);
    refuseFixedSettings(state, session.declared.platform.services, session.stack.name);
    refuseRemoval(state, session.declared, session.stack);
    const logins = loginsOnce(session.pulumi);
    const silent = silentServers(session.declared.platform, state, engine);
    const isSilent = keepValues(session.declared.platform, silent);
    await refuseOtherVault(state, session.declared, session.stack.name, engine, session.engine);
    await refuseChangedHands(state, session.declared, session.stack.name, logins, [], { isSilent });
    const plan = planRecovery(state, engine);
    if (plan.pending.length > 0) {
        // A preview of such a state says "no changes" although a container may be half made.
        if (options.expectNoChanges) {
            throw new Failure(
                `${plan.pending.length} operations were cut off: whether anything changed cannot be told`,
                `run: ${npmRun("up", session.stack.name)}`,
            );
        }
        progress.line("!", `${plan.pending.length} operations were cut off; the next up recovers them`);
    }
    const volumes = await examineVolumes(state, { engine: session.engine, logins });
    const lost = volumes.filter(({ fate }) => fate !== "there");
    if (lost.length > 0) {
        throw new Failure(
            `data is not what the state knows: ${lost.map((volume) => describeLoss(volume, state)).join("; ")}`,
            `run: ${npmRun("up", session.stack.name)}; it says what can be done, and changes nothing that was not accepted`,
        );
    }
    sayUnsure(volumes, progress);
    if (options.expectNoChanges && volumes.some(({ unsure }) => unsure !== undefined)) {
        throw new Failure(
            "whether data was lost cannot be told; see above",
            `run: ${npmRun("status", session.stack.name)}`,
        );
    }
    if (silent.length > 0) {
        throw new Failure(
            `what is inside cannot be compared while these do not run: ${silent.join(", ")}`,
            `run: ${npmRun("up", session.stack.name)}`,
        );
    }
    // As in `up`: what the engine has lost or stopped is refreshed, because the state alone does not show it.
    if (plan.lost.length > 0) progress.line("!", `gone or stopped: ${plan.lost.join(", ")}; up makes it again`);
    const refresh = mustRefresh(options) || plan.lost.length > 0;
    const view = new UpdateView("preview");
    const run = await follow(session, progress, view, "preview", [
        "--suppress-outputs",
        ...POLICY_OPTIONS,
        ...(refresh ? ["--refresh"] : []),
    ]);
    if (run.code !== 0) throw await explain(session, view, run);
    const { plan: lines, counts } = view;
    const hasChanges = view.hasChanges || plan.lost.length > 0;
    if (options.json) {
        const document = { stack: session.stack.name, changes: counts, plan: lines, lost: plan.lost };
        console.log(JSON.stringify(document, undefined, 2));
    }
    showPlan(progress, view, lines);
    refuseClashes(view.clashes, "nothing was changed");
    progress.print(`${view.hasChanges ? "planned: " : ""}${countsLine(view)}`);
    return { plan: lines, hasChanges };
}
