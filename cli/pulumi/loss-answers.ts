/** What a person says about data volumes that differ from the state: lost, or restored from a backup. Pure. */

import { Failure, npmRun, rejected } from "../failure";
import { describeFate, describeLoss } from "./fates";
import type { Fate, Volume } from "./lost-data";
import type { KnownState } from "./state";

/** Options of `up` about missing data. `true` means every volume to which the option applies and that the other option does not name. */
export interface DataLossOptions {
    /** Names of lost volumes that are to be made again, empty. */
    readonly acceptDataLoss?: boolean | readonly string[];
    /** Names of volumes that were restored from a backup: the volume, or the data in it, is not the state's. */
    readonly restored?: boolean | readonly string[];
}

/** What is done about volumes. */
export interface Answers {
    /** To be made again, empty. */
    readonly lost: readonly Volume[];
    /** Taken as restored from a backup. */
    readonly restored: readonly Volume[];
}

const ACCEPT = "--accept-data-loss";
const RESTORED = "--restored";

/** The fates to which each option applies. A `restored` volume is recognised by its older files, so nobody has to name it. */
const SAID_OF: Readonly<Record<string, readonly Fate[]>> = {
    [ACCEPT]: ["gone", "empty", "begun"],
    [RESTORED]: ["begun", "restored"],
};

/**
 * Compares the options with what was found.
 *
 * @param protectData - whether a loss has to be accepted at all
 * @throws Failure for a name to which the option does not apply, for a volume in both options, and for a volume in neither
 */
export function answersFor(
    volumes: readonly Volume[],
    { acceptDataLoss: accept = false, restored = false }: DataLossOptions,
    protectData: boolean,
    stack: string,
    state: Pick<KnownState, "contained">,
): Answers {
    refuseUnknown(ACCEPT, namesIn(accept), volumes, stack);
    refuseUnknown(RESTORED, namesIn(restored), volumes, stack);
    const isLost = saidBy(ACCEPT, accept, namesIn(restored));
    const isRestored = saidBy(RESTORED, restored, namesIn(accept));
    const inQuestion = volumes.filter(({ fate }) => fate !== "there");
    const both = inQuestion.filter((it) => isLost(it) && isRestored(it));
    if (both.length > 0) throw inBoth(both, stack);
    const answered = {
        lost: inQuestion.filter(isLost),
        restored: inQuestion.filter((it) => isRestored(it) || it.fate === "restored"),
    };
    const open = inQuestion.filter((it) => !answered.lost.includes(it) && !answered.restored.includes(it));
    // A person who names lost volumes has not accepted the loss of the others.
    const mustSay = protectData || namesIn(accept).length > 0;
    const unsaid = open.filter(({ fate }) => fate === "begun" || mustSay);
    if (unsaid.length > 0) throw inNeither(unsaid, answered, stack, state);
    return { lost: [...answered.lost, ...open], restored: answered.restored };
}

/** The options as they can be typed again, for a next step. */
export function wordsOf({ acceptDataLoss = false, restored = false }: DataLossOptions): string[] {
    const words = (option: string, said: Said): string[] => (said === false ? [] : [option, ...namesIn(said)]);
    return [...words(RESTORED, restored), ...words(ACCEPT, acceptDataLoss)];
}

type Said = boolean | readonly string[];

function namesIn(said: Said): readonly string[] {
    return typeof said === "boolean" ? [] : said;
}

function saidBy(option: string, said: Said, otherNames: readonly string[]): (volume: Volume) => boolean {
    return ({ name, fate }) => {
        if (said === false || !SAID_OF[option]!.includes(fate)) return false;
        return said === true ? !otherNames.includes(name) : said.includes(name);
    };
}

/** Refuses names to which an option does not apply. While a volume cannot be judged, both options may apply to it. */
function refuseUnknown(option: string, names: readonly string[], volumes: readonly Volume[], stack: string): void {
    const accepted = volumes.filter(({ fate, unsure }) => SAID_OF[option]!.includes(fate) || unsure !== undefined);
    for (const name of names) {
        if (accepted.some((it) => it.name === name)) continue;
        const known = volumes.find((it) => it.name === name);
        const next =
            accepted.length > 0
                ? `name one of these, or leave the names out for all: ${npmRun("up", stack, option)}`
                : `leave the option out: ${npmRun("up", stack)}`;
        if (known === undefined) {
            const list = accepted.map((it) => it.name);
            throw rejected(option, name, list, next);
        }
        const is = describeFate(known) ?? `${name} holds the data that the state knows`;
        const list = accepted.length > 0 ? accepted.map((it) => it.name).join(", ") : "nothing";
        throw new Failure(`${option} does not apply to "${name}": ${is}; accepted: ${list}`, wayOn(known, next, stack));
    }
}

function wayOn({ fate, name }: Volume, next: string, stack: string): string {
    switch (fate) {
        case "gone":
        case "empty":
            return `restore a backup into it ("Restoring a backup" in docs/data.md), or make it again empty: ${npmRun("up", stack, ACCEPT, name)}`;
        case "restored":
            return `it is taken as restored: ${npmRun("up", stack)}; to begin anew, remove the volume first: docker volume rm ${name}`;
        default:
            return next;
    }
}

function inBoth(both: readonly Volume[], stack: string): Failure {
    const names = both.map(({ name }) => name);
    return new Failure(
        `${ACCEPT} and ${RESTORED} are both given for ${names.join(", ")}; nothing was touched`,
        `give one of them for each volume; restored from a backup: ${npmRun("up", stack, RESTORED, ...names)}; lost, to be made again empty: ${npmRun("up", stack, ACCEPT, ...names)}`,
    );
}

/** The refusal for volumes without an answer. Its commands repeat what was said already, so that they can be typed as they are. */
function inNeither(
    open: readonly Volume[],
    answered: Answers,
    stack: string,
    state: Pick<KnownState, "contained">,
): Failure {
    const lost = open.filter(({ fate }) => fate !== "begun");
    const begun = open.filter(({ fate }) => fate === "begun");
    const said = answered.restored.filter(({ fate }) => fate === "begun");
    const isOneKind = answered.lost.length + said.length === 0 && (lost.length === 0 || begun.length === 0);
    const option = (name: string, volumes: readonly Volume[]): string[] => {
        if (volumes.length === 0) return [];
        return isOneKind ? [name] : [name, ...volumes.map((it) => it.name)];
    };
    const up = (restored: readonly Volume[], accepted: readonly Volume[]): string =>
        npmRun(
            "up",
            stack,
            ...option(RESTORED, [...said, ...restored]),
            ...option(ACCEPT, [...answered.lost, ...accepted]),
        );
    const untold = begun.map(describeFate).join("; ");
    const cannotTell = `${untold}: whether the data was lost or restored cannot be told`;
    if (lost.length === 0) {
        return new Failure(
            `${cannotTell}; nothing was touched`,
            `restored from a backup: ${up(begun, [])}; lost, to be made again empty: ${up([], begun)}`,
        );
    }
    const told = `data was lost: ${lost.map((volume) => describeLoss(volume, state)).join("; ")}`;
    const restore = `restore a backup ("A lost volume" in docs/data.md), or make it again empty`;
    if (begun.length === 0) return new Failure(`${told}. Nothing was touched`, `${restore}: ${up([], lost)}`);
    return new Failure(
        `${told}. ${cannotTell}. Nothing was touched`,
        `of what was lost, ${restore}. With the other data restored: ${up(begun, lost)}; with that lost, too: ${up([], [...lost, ...begun])}`,
    );
}
