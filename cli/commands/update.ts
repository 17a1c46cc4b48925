/**
 * One update of one declaration, in the order that nothing may depart from: plan with the policies, consent, deeds, `pulumi up`.
 */

import type { Progress } from "../output/progress";
import type { Deeds } from "../pulumi/deeds";
import { type Counts, UpdateView } from "../pulumi/events";
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
    /** What the command is there to delete. */
    readonly deletes: readonly ProtectedData[];
    /** Arguments of the preview and of the update. */
    readonly args: readonly string[];
    /** Every object is looked at. */
    readonly refresh: boolean;
    /**
     * URNs that are left out once a plan is there: it is made again without them, and without the policies. These have judged the whole,
     * and would be shown what is left out as a resource without properties.
     * @default none
     */
    readonly leaveOut?: (plan: readonly PlanLine[], state: KnownState) => readonly string[];
    /** What the state knows inside servers: nothing, what is compared and changed, or what is left as it is while they do not answer. */
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
    // What is confirmed has to be what is done, so that a refresh of the update is one of its preview.
    const looking = refresh && consent.isNeeded ? ["--refresh"] : [];
    const plan = await deeds.foresee(async (on, more) => {
        const planned = [...(await withArgs(on, more)), ...looking];
        const view = await check(on, progress, [...planned, ...POLICY_OPTIONS]);
        left = leaveOut?.(view.plan, await on.pulumi.state()) ?? [];
        return left.length === 0 ? view : check(on, progress, [...planned, ...excluding(left)]);
    });
    // A name of an earlier release that stays in the state would be the place's second one when the declaration changes next.
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

/** What waits for servers that do not answer. The gate before Vault asks by itself, and holds up what needs an open one. */
function inServers({ contained }: Pick<KnownState, "contained">): string[] {
    return contained.map(({ urn }) => urn).filter((urn) => !isGate(urn));
}

/** Two updates as one. */
export function together(first: Done, second: Done): Done {
    const of = (key: keyof Counts): number => first.counts[key] + second.counts[key];
    return {
        counts: {
            created: of("created"),
            changed: of("changed"),
            removed: of("removed"),
            unchanged: second.counts.unchanged,
        },
        hasChanges: first.hasChanges || second.hasChanges,
        added: [...first.added, ...second.added],
    };
}

/**
 * Whether every object is looked at. Other plugins fill in what a state of earlier ones lacks: without a look they would replace
 * what is the same.
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
 * A run that changes nothing: what a policy refuses or the program cannot do ends here, with everything as it was.
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
