/** Where an environment's plugins and images come from. Versions differ, so that data cannot change hands freely. */

/** `published`: Pulumi's own binaries and upstream images. `offline`: made on the machine from package registries. */
export type Way = "published" | "offline";

/** Holds the references of images that are made here or come from a mirror, as JSON by image name, for the program. */
export const IMAGES_VARIABLE = "STRATA_IMAGES";

/** References that `offline/build/images.ts` gives out, or gave out under the former name. */
export const MADE_HERE = /^strata(\.invalid)?\/[a-z0-9-]+:/;

/**
 * The way of a run of the program.
 *
 * @param told - by who started it; without that, its images tell
 * @param images - references by image name
 */
export function wayOf(told: string | undefined, images: Readonly<Record<string, string>>): Way {
    if (told === "published" || told === "offline") return told;
    return Object.values(images).some((reference) => MADE_HERE.test(reference)) ? "offline" : "published";
}
