/**
 * Names of images that are made on the engine's own machine and are in no registry.
 *
 * The host ends in `.invalid`, which no name server knows (RFC 6761): an engine that has lost such an image can pull it from
 * nowhere, whoever takes the name `strata` in a public registry.
 */
export const MADE_HERE_HOST = "strata.invalid";

/** `strata.invalid/redis:0123456789ab`: the tag is a hash over everything that the image is made of. */
export function madeHereReference(name: string, hash: string): string {
    return `${MADE_HERE_HOST}/${name}:${hash}`;
}

/** Tag of such an image in a mirror's registry. Its release is as unknown there as on the machine that made it. */
export function mirroredTag(reference: string): string {
    const [hash] = /[0-9a-f]{12}$/.exec(reference.replace(/@.*$/, "")) ?? [""];
    return `made-here-${hash}`;
}

/** Whether an image was made on some machine, this one or the one that filled a mirror. */
export function isMadeSomewhere(reference: string): boolean {
    return reference.startsWith(`${MADE_HERE_HOST}/`) || /:made-here-[0-9a-f]{12}(@|$)/.test(reference);
}

/** Whether a reference was given out by {@link madeHereReference}, with a whole hash. */
export function isMadeHere(reference: string): boolean {
    return /^strata\.invalid\/[a-z0-9][a-z0-9-]*:[0-9a-f]{12}$/.test(reference);
}
