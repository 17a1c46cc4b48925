import { isMadeSomewhere } from "./made-here";

/**
 * How an environment's plugins and images get to a machine. `published`: downloaded. `offline`: built on the machine from
 * package registries.
 */
export type Way = "published" | "offline";

/**
 * Who built an environment's plugins and images. `upstream`: Pulumi's own plugins and upstream's images. `made`: built by
 * strata, on this machine or on the one that filled the mirror. Their versions differ, so data cannot move freely between
 * the two.
 */
export type Origin = "upstream" | "made";

/** The supply that the state records for an environment. */
export interface Supplied {
    readonly way: Way;
    readonly origin: Origin;
}

/**
 * Variable with the references of images that are built here or come from a mirror: JSON by image name, for the program.
 */
export const IMAGES_VARIABLE = "STRATA_IMAGES";

/** Variable that tells the program the {@link Way}. */
export const WAY_VARIABLE = "STRATA_WAY";

/** Variable that tells the program the {@link Origin}. */
export const ORIGIN_VARIABLE = "STRATA_ORIGIN";

/** Pattern of the references that `offline/build/images.ts` creates, or created under the former name. */
export const MADE_HERE = /^strata(\.invalid)?\/[a-z0-9-]+:/;

/** Strata's own programs, which keep no data and are built beside upstream's images too. */
const OWN_PROGRAM = /(^|\/)(probe|reference-app|test-app)[:@]/;

/**
 * The origin of an environment, told from its images. One image that was built on a machine is enough for `made`.
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
 * @param told - environment variables of the command line that started the program; without them, the images decide
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
 * @param inputs - inputs of the component that records the supply
 * @param images - references of the environment's containers, which decide for states from before the origin was recorded
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
