/** `images.lock.json`: the upstream images of the published way, pinned by digest. */

import lock from "../../config/images.lock.json";

interface Entry {
    readonly reference: string;
    /** Which part of strata uses it, where that is not a stack. */
    readonly purpose?: string;
}

const entries = Object.entries<Entry>(lock);

function references(isWanted: (entry: Entry) => boolean): Readonly<Record<string, string>> {
    const wanted = entries.filter(([, entry]) => isWanted(entry));
    return Object.fromEntries(wanted.map(([name, { reference }]) => [name, reference]));
}

/** References by image name: all images that a stack can name, and what the isolation probe is compiled with. */
export const lockedImages = references(({ purpose }) => purpose !== "tests");

/** References by image name, of images that only strata's own tests run. */
export const lockedTestImages = references(({ purpose }) => purpose === "tests");
