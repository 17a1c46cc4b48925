/** Data volumes that are not those of the state: what was lost with them, and how the next `up` makes it again. */

import { LABEL } from "../../model/names";
import { saysGone } from "../../engine/client";
import type { InspectedVolume } from "../../engine/volumes";
import { Failure } from "../failure";
import type { Progress } from "../output/progress";
import type { Deed, Onlooker } from "./deeds";
import { describeLoss, sayUnsure } from "./fates";
import { answersFor, type DataLossOptions } from "./loss-answers";
import { forgetLost } from "./made-again";
import type { Pulumi } from "./pulumi";
import { type DataWitnesses, lookInto, sameData, serverOf } from "./same-data";
import { type KnownState, readState } from "./state";
import type { KnownData } from "./state-data";
import { dated, drop } from "./state-document";
import { dataVolumes, type KnownObject } from "./state-objects";

/**
 * What became of a data volume that the state knows.
 *
 * - `there`: it is the same volume.
 * - `gone`: the engine has no volume of that name.
 * - `empty`: it is another volume, with nothing in it.
 * - `restored`: it is another volume, with files from before it was made.
 * - `begun`: it is another volume, with newer files only, so a server may have begun anew in it; or it is the same volume, with
 *   other data than the state knows (`inPlace`).
 * - `foreign`: it is a volume of another environment, or has content and lacks strata's labels.
 *
 * Engines before Docker 23 do not say when a volume was made: there, a volume with strata's labels counts as the same.
 */
export type Fate = "there" | "gone" | "empty" | "restored" | "begun" | "foreign";

/** What is in a volume, as far as it tells where it comes from. */
export type Contents = "nothing" | "older files" | "newer files";

/** Milliseconds by which the clocks of the engine and of this machine may differ, and the state's entry may be late. */
const SLACK = 120_000;

/**
 * Whether a volume is the one that the state made. Pure.
 *
 * @param contents - asked only about a volume that cannot be the same
 */
export async function fateOf(
    known: Pick<KnownObject, "created" | "labels">,
    found: InspectedVolume | undefined,
    contents: () => Promise<Contents>,
): Promise<Fate> {
    if (found === undefined) return "gone";
    const owner = found.labels[LABEL.environment];
    const isOurs = owner === known.labels[LABEL.environment];
    // Foreign even when it is empty: its owner may not have written to it yet.
    if (!isOurs && owner !== undefined) return "foreign";
    const isNewer = known.created !== undefined && found.created > known.created + SLACK;
    if (isOurs && !isNewer) return "there";
    const inside = await contents();
    if (inside === "nothing") return "empty";
    if (!isOurs) return "foreign";
    return inside === "older files" ? "restored" : "begun";
}

/** A data volume of the state and its fate. */
export interface Volume extends KnownObject {
    readonly fate: Fate;
    /** When the engine made the volume that is there now. */
    readonly found?: number;
    /** Whether the volume is the state's, and the data in it is not. */
    readonly inPlace?: boolean;
    /** Why it cannot be told whether the data is the state's. */
    readonly unsure?: string;
}

/**
 * Looks at the data volumes before anything else is done.
 *
 * @returns deeds for what was lost: they take out of the state what was inside it and what has to be made again
 * @throws Failure when it is not certain that data was lost, or nobody has accepted that it was
 */
export async function settleLosses(
    { engine, stack, declared }: Onlooker,
    state: KnownState,
    options: DataLossOptions,
    { logins }: Pick<DataWitnesses, "logins">,
    progress: Progress,
): Promise<Deed[]> {
    const volumes = await examineVolumes(state, { engine, logins });
    sayUnsure(volumes, progress);
    refuseForeign(volumes, stack.name);
    const { lost, restored: taken } = answersFor(volumes, options, declared.config.protectData, stack.name, state);
    if (lost.length === 0 && taken.length === 0) return [];
    const says = [
        ...taken.map(({ name, inPlace }) => {
            const what = inPlace ? "holds other data" : "is newer than the state's and holds older data";
            return `${name} ${what}: taken as restored from a backup`;
        }),
        ...lost.map((volume) => `data was lost: ${describeLoss(volume, state)}; it is made again, empty`),
    ];
    return [
        {
            says,
            elsewhere: (session) => removeEmpty(session.engine, lost, state),
            toState: ({ pulumi: kept }) => forget(kept, lost, taken),
        },
    ];
}

/** @returns arguments of the update that follows */
async function forget(pulumi: Pulumi, lost: readonly Volume[], taken: readonly Volume[]): Promise<string[]> {
    let look = false;
    // These volumes stay in the state, with other data in them. Without them in it, a run that is cut off now would leave volumes
    // that nothing explains.
    const kept = lost.filter(({ fate }) => fate === "begun");
    const times = new Map(
        [...taken, ...kept].flatMap(({ urn, found, inPlace }) =>
            found === undefined || inPlace ? [] : [[urn, found] as const],
        ),
    );
    await pulumi.rewrite((exported) => {
        const state = readState(exported);
        // Numbers that no command reads are outputs of what is inside: a refresh reads them.
        look = taken.some(({ urn, inPlace }) => inPlace && numberedIn(urn, state)?.reader === undefined);
        const left = forgetLost(exported, urnsOf(lost), urnsOf(kept), state);
        return dated(drop(left, readers(taken, state)), times);
    });
    return look ? ["--refresh"] : [];
}

function urnsOf(volumes: readonly Volume[]): string[] {
    return volumes.map(({ urn }) => urn);
}

/** The commands that read the numbers of data restored in place. They run again, so that the state knows the new numbers. */
function readers(taken: readonly Volume[], state: KnownState): string[] {
    return taken.flatMap(({ urn, inPlace }) => (inPlace ? (numberedIn(urn, state)?.reader ?? []) : []));
}

function numberedIn(volume: string, { numbered }: Pick<KnownState, "numbered">): KnownData | undefined {
    return numbered.find((it) => it.volume === volume);
}

/** The data volumes that a state knows, or knew, with what became of each. */
export async function examineVolumes(
    state: KnownState,
    { engine, logins }: DataWitnesses & { readonly engine: Onlooker["engine"] },
): Promise<Volume[]> {
    const known = dataVolumes(state).filter(({ failed }) => !failed);
    const { forgotten } = state;
    const found = await engine.volumesNamed([...known, ...forgotten].map(({ name }) => name));
    // A volume that is there and not in the state is refused as a foreign object.
    const lost = forgotten.filter(({ name }) => !found.some((one) => one.name === name));
    const examined = await Promise.all(
        known.map(async (volume): Promise<Volume> => {
            const one = found.find(({ name }) => name === volume.name);
            const fate = await fateOf(volume, one, () => contentsOf(engine, volume, one!, state));
            const is: Volume = { ...volume, fate, ...(one && { found: one.created }) };
            const numbered = fate === "there" ? numberedIn(volume.urn, state) : undefined;
            const same = numbered && (await sameData(numbered, volume, state, { engine, logins }));
            if (same === undefined || same === "same") return is;
            return same === "other" ? { ...is, fate: "begun", inPlace: true } : { ...is, ...same };
        }),
    );
    return [...examined, ...lost.map((volume) => ({ ...volume, fate: "gone" as const }))];
}

function refuseForeign(volumes: readonly Volume[], stack: string): void {
    const foreign = volumes.find(({ fate }) => fate === "foreign");
    if (foreign === undefined) return;
    const labels = Object.entries(foreign.labels).map(([key, value]) => `--label ${key}=${value}`);
    throw new Failure(
        `the volume ${foreign.name} has content and lacks the labels of ${stack}: it is not the state's volume`,
        `if it is a backup, copy it into one with the labels ("A lost volume" in docs/data.md): docker volume create ${labels.join(" ")} ${foreign.name}`,
    );
}

/** Removes empty volumes, which somebody made by hand: without labels they would be replaced, and with them nothing is lost. */
async function removeEmpty(engine: Onlooker["engine"], lost: readonly Volume[], state: KnownState): Promise<void> {
    for (const volume of lost.filter(({ fate }) => fate === "empty")) {
        const { name } = volume;
        const [found] = await engine.volumesNamed([name]);
        // A backup may have been restored into it while the question was open.
        if (found && (await contentsOf(engine, volume, found, state)) !== "nothing") {
            throw new Failure(
                `the volume ${name} was empty when the plan was made, and is not any more; nothing was changed`,
                "run it again: it looks at the volume anew",
            );
        }
        const removed = await engine.docker(["volume", "rm", name]);
        if (removed.code !== 0 && !saysGone(removed.stderr)) {
            throw new Failure(
                `the empty volume ${name} is not the state's and cannot be removed: ${removed.stderr.trim()}`,
                `remove what uses it, then: docker volume rm ${name}`,
            );
        }
    }
}

/** Looks inside with the image of the volume's own service, which is on the engine and has a shell. */
async function contentsOf(
    engine: Pick<Onlooker["engine"], "docker">,
    volume: KnownObject,
    found: InspectedVolume,
    state: KnownState,
): Promise<Contents> {
    const service = volume.labels[LABEL.service];
    const image = serverOf(volume, state)?.image;
    if (image === undefined) {
        throw new Failure(
            `the volume ${volume.name} is another one than the state's, and nothing of ${service ?? "its service"} is on the engine to look inside with`,
            `look at it: docker run --rm --volume ${volume.name}:/v:ro <image> ls -la /v`,
        );
    }
    // When the volume's age is unknown, only whether there is anything counts.
    const minutes = Number.isNaN(found.created) ? 0 : Math.ceil((Date.now() - found.created) / 60_000) + 2;
    const script = `[ -z "$(ls -A /v)" ] && echo nothing && exit; find /v -type f -mmin +${minutes} | grep -q . && echo older || echo newer`;
    const asked = await engine.docker([...lookInto(volume.name, "/v", image, "sh"), "-c", script]);
    const said = asked.stdout.trim();
    if (asked.code !== 0 || !["nothing", "older", "newer"].includes(said)) {
        throw new Failure(
            `the volume ${volume.name} is another one than the state's, and what is in it cannot be told: ${asked.stderr.trim().split("\n").at(-1) ?? ""}`,
            `look at it: docker run --rm --volume ${volume.name}:/v:ro <image> ls -la /v`,
        );
    }
    return said === "nothing" ? "nothing" : said === "older" ? "older files" : "newer files";
}
