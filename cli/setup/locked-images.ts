/** `images.lock.json`: the upstream images of the published way, pinned by digest. */

import lock from "../../images.lock.json";

/** References by image name; also the list of all images that a stack can name. */
export const lockedImages: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(lock).map(([name, { reference }]) => [name, reference]),
);
