/**
 * Host in the names of images that are made on the engine's own machine and are in no registry.
 *
 * It ends in `.invalid`, which no name server knows (RFC 6761). An engine that has lost such an image cannot pull a foreign
 * one, whoever owns the name `strata` in a public registry.
 */
export const MADE_HERE_HOST = "strata.invalid";

/** `strata.invalid/redis:0123456789ab`: the tag is a hash over everything that the image is made of. */
export function madeHereReference(name: string, hash: string): string {
    return `${MADE_HERE_HOST}/${name}:${hash}`;
}

/**
 * Tag in a mirror's registry of an image that a machine made. The mirror knows as little about its release as that machine.
 */
export function mirroredTag(reference: string): string {
    const [hash] = /[0-9a-f]{12}$/.exec(reference.replace(/@.*$/, "")) ?? [""];
    return `made-here-${hash}`;
}

/** Whether an image was made on a machine: on this one, or on the one that filled a mirror. */
export function isMadeSomewhere(reference: string): boolean {
    return reference.startsWith(`${MADE_HERE_HOST}/`) || /:made-here-[0-9a-f]{12}(@|$)/.test(reference);
}

/** Whether a reference comes from {@link madeHereReference}, with a whole hash. */
export function isMadeHere(reference: string): boolean {
    return /^strata\.invalid\/[a-z0-9][a-z0-9-]*:[0-9a-f]{12}$/.test(reference);
}
