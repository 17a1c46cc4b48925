/** The grammar of image references. */

import type { Form } from "./grammar";

const REGISTRY = "[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\\d+)?";
const COMPONENT = "/[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const DIGEST = "sha256:[0-9a-f]{64}";

/**
 * A registry and a path in it, where a team keeps its images.
 * @see https://distribution.github.io/reference/spec/api/#pull
 */
export const REGISTRY_PATH: Form = {
    pattern: new RegExp(`^${REGISTRY}(?:${COMPONENT})*$`),
    accepted: "a registry and owner, for example ghcr.io/acme",
};

/** A repository without tag and digest. */
export const REPOSITORY: Form = {
    pattern: new RegExp(`^${REGISTRY}(?:${COMPONENT})+$`),
    accepted: "a repository without tag or digest, for example ghcr.io/owner/name",
};

/** A reference whose content cannot change: with a digest. */
export const PINNED: Form = {
    pattern: new RegExp(`^[a-z0-9][^\\s@]*@${DIGEST}$`),
    accepted: "a reference pinned by digest: repository:tag@sha256:...",
};

const IMAGE_ID = new RegExp(`^${DIGEST}$`);

/** Whether a reference is pinned by a registry's digest, with or without a tag. */
export function isPinned(reference: string): boolean {
    return PINNED.pattern.test(reference);
}

/** Whether a reference is an engine's own id of an image. */
export function isImageId(reference: string): boolean {
    return IMAGE_ID.test(reference);
}
