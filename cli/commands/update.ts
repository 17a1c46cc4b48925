/**
 * One update of one declaration, always in this order: plan with the policies, consent, deeds, `pulumi up`.
 */

import type { Progress } from "../output/progress";
import type { Deeds } from "../pulumi/deeds";
import { sum } from "../pulumi/counts";
import { UpdateView } from "../pulumi/events";
import { lockedOut } from "../pulumi/logins";
import type { PlanLine } from "../pulumi/plan";
import { isGate } from "../pulumi/operators";
import { excluding } from "../pulumi/pulumi";
import type { KnownState } from "../pulumi/state";
import type { ProtectedData } from "../pulumi/state-data";
import type { Session } from "../session";
import type { Declaration } from "../stacks/declaration";
import { POLICY_OPTIONS } from "../stacks/variables";
import type { Consent } from "./consent";
import { explain, follow } from "./follow";

/** Arguments of every run. */
const COMMON = ["--suppress-outputs"];

/** What one update is about. */
export interface UpdateRequest {
    readonly deeds: Deeds;
    /** Data whose deletion is the command's purpose. */
    readonly deletes: readonly ProtectedData[];
    /** Arguments of the preview and of the update. */
    readonly args: readonly string[];
    /** Whether every object is refreshed. */
    readonly refresh: boolean;
    /**
     * Chooses from a first plan the URNs to leave out. The second plan is made without them, and without the policies: these have
     * judged the first plan, and would see what is left out as resources without properties.
     * @default none
     */
    readonly leaveOut?: (plan: readonly PlanLine[], state: KnownState) => readonly string[];
    /** Configuration inside servers: `none` in the state, `compared` and updated, or `left` alone while the servers do not answer. */
    readonly inside: "none" | "compared" | "left";
}

/** What was done. */
export interface Done extends Pick<UpdateView, "counts" | "hasChanges"> {
    /** Arguments that deeds added. */
    readonly added: readonly string[];
}

/**
 * Plans, asks, and does what was agreed to.
 *
 * @throws Failure before anything was changed, when nobody agreed, a policy refuses, or the declaration is another one by now
 */
export async function update(
    session: Session & { readonly declaration: Declaration },
    request: UpdateRequest,
    consent: Consent,
    progress: Progress,
): Promise<Done> {
    const { deeds, deletes, args, refresh, inside, leaveOut } = request;
    const withArgs = async (on: Session, more: readonly string[]): Promise<string[]> => [
        ...args,
        ...more,
        ...(inside === "left" ? excluding(inServers(await on.pulumi.state())) : []),
    ];
    let left: readonly string[] = [];
    const { declaration } = session;
    consent.holdsFor(declaration);
    // The update has to do what was confirmed. So when the update refreshes, its preview refreshes too.
    const looking = refresh && consent.isNeeded ? ["--refresh"] : [];
    const plan = await deeds.foresee(async (on, more) => {
        const planned = [...(await withArgs(on, more)), ...looking];
        const view = await check(on, progress, [...planned, ...POLICY_OPTIONS]);
        left = leaveOut?.(view.plan, await on.pulumi.state()) ?? [];
        return left.length === 0 ? view : check(on, progress, [...planned, ...excluding(left)]);
    });
    // If the state kept a name of an earlier release, the next changed declaration would give the place a second name.
    const isIdle = !plan.hasChanges && !refresh && !plan.namesChanged;
    await consent.toUpdate(plan, { says: deeds.says, deletes });
    consent.holdsFor(declaration);
    const locked = !isIdle && inside === "compared" ? await lockedOut(session.pulumi) : undefined;
    if (locked) throw locked;
    const added = await deeds.fulfil(progress);
    if (isIdle) return { counts: plan.counts, hasChanges: plan.hasChanges, added };
    const judged = left.length === 0 ? POLICY_OPTIONS : excluding(left);
    const all = [...(await withArgs(session, added)), ...judged];
    if (!deeds.areNone) consent.begun();
    consent.holdsFor(declaration);
    const { counts, hasChanges } = await run(session, progress, refresh ? [...all, "--refresh"] : all, plan.said);
    return { counts, hasChanges, added };
}

/**
 * URNs of the configuration inside servers, left out while these do not answer. The gate before Vault stays in: it asks Vault by
 * itself, and holds up what needs an open Vault.
 */
function inServers({ contained }: Pick<KnownState, "contained">): string[] {
    return contained.map(({ urn }) => urn).filter((urn) => !isGate(urn));
}

/** The sum of two updates. */
export function together(first: Done, second: Done): Done {
    return {
        counts: sum(first.counts, second.counts),
        hasChanges: first.hasChanges || second.hasChanges,
        added: [...first.added, ...second.added],
    };
}

/**
 * Whether every object is refreshed. After a change of supply, a refresh fills in the properties that the earlier plugins did not
 * record. Without it, the new plugins would replace resources that have not changed.
 */
export function mustRefresh({
    refresh,
    changeSupply,
}: {
    readonly refresh?: boolean;
    readonly changeSupply?: boolean;
}): boolean {
    return refresh === true || changeSupply === true;
}

/**
 * A preview, which changes nothing. What a policy refuses or the program cannot do ends the command here.
 *
 * @returns what there is to do
 */
async function check(session: Session, progress: Progress, args: readonly string[]): Promise<UpdateView> {
    const view = new UpdateView("check");
    const ended = await follow(session, progress, view, "preview", [...COMMON, ...args]);
    if (ended.code !== 0) throw await explain(session, view, ended);
    return view;
}

/** @returns what was done */
async function run(
    session: Session,
    progress: Progress,
    args: readonly string[],
    said: Set<string>,
): Promise<UpdateView> {
    const view = new UpdateView("update", said);
    const ended = await follow(session, progress, view, "up", ["--yes", "--skip-preview", ...COMMON, ...args]);
    if (ended.code !== 0) throw await explain(session, view, ended);
    return view;
}
