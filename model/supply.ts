import { isMadeSomewhere } from "./made-here";

/** How an environment's plugins and images get to a machine. `published`: downloaded. `offline`: made on the machine from package registries. */
export type Way = "published" | "offline";

/**
 * What an environment's plugins and images are. `upstream`: Pulumi's own plugins and upstream's images. `made`: built by strata, on this
 * machine or on the one that filled the mirror. Versions differ, so that data cannot change hands freely.
 */
export type Origin = "upstream" | "made";

/** What is recorded with an environment. */
export interface Supplied {
    readonly way: Way;
    readonly origin: Origin;
}

/** Holds the references of images that are made here or come from a mirror, as JSON by image name, for the program. */
export const IMAGES_VARIABLE = "STRATA_IMAGES";

/** Tells the program the {@link Way}. */
export const WAY_VARIABLE = "STRATA_WAY";

/** Tells the program the {@link Origin}. */
export const ORIGIN_VARIABLE = "STRATA_ORIGIN";

/** References that `offline/build/images.ts` gives out, or gave out under the former name. */
export const MADE_HERE = /^strata(\.invalid)?\/[a-z0-9-]+:/;

/** Strata's own programs, which keep no data and are built beside upstream's images too. */
const OWN_PROGRAM = /(^|\/)(probe|reference-app|test-app)[:@]/;

/**
 * What the images of an environment say of its origin. One image that was made somewhere is enough.
 *
 * @param references - of containers or of a configuration
 */
export function originOf(references: readonly string[]): Origin {
    const isMade = (it: string): boolean => isMadeSomewhere(it) || MADE_HERE.test(it);
    return references.some((it) => isMade(it) && !OWN_PROGRAM.test(it)) ? "made" : "upstream";
}

/**
 * The supply of a run of the program.
 *
 * @param told - what the command line that started the program says; without it, the images tell
 * @param images - references by image name
 */
export function supplyOf(told: NodeJS.ProcessEnv, images: Readonly<Record<string, string>>): Supplied {
    const { [WAY_VARIABLE]: toldWay, [ORIGIN_VARIABLE]: toldOrigin } = told;
    const references = Object.values(images);
    const isBuiltHere = references.some((it) => MADE_HERE.test(it) && !OWN_PROGRAM.test(it));
    const way = isWay(toldWay) ? toldWay : isBuiltHere ? "offline" : "published";
    return { way, origin: isOrigin(toldOrigin) ? toldOrigin : way === "offline" ? "made" : originOf(references) };
}

/**
 * The supply of an environment, from its state.
 *
 * @param inputs - of the component that records it
 * @param images - references of the environment's containers, which tell of states before the origin was recorded
 * @returns undefined when nothing known is recorded
 */
export function recordedSupply(
    inputs: Readonly<Record<string, unknown>> | undefined,
    images: readonly string[],
): Supplied | undefined {
    const { way, origin } = inputs ?? {};
    if (!isWay(way)) return undefined;
    return { way, origin: isOrigin(origin) ? origin : way === "offline" ? "made" : originOf(images) };
}

function isWay(value: unknown): value is Way {
    return value === "published" || value === "offline";
}

function isOrigin(value: unknown): value is Origin {
    return value === "upstream" || value === "made";
}
