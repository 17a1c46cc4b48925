/** Finds the image reference with which a service's container is started. */

import lock from "../config/images.lock.json";
import type { CommonService } from "./platform";
import type { StackConfig, StandIn } from "./stack-config";

type Lock = typeof lock;

/** Names of the images that a platform can run: those of `images.lock.json` with no other purpose. */
export type ImageName = { [K in keyof Lock]: Lock[K] extends { purpose: string } ? never : K }[keyof Lock];

/** References of `images.lock.json`. */
export const PINNED_IMAGES = Object.fromEntries(
    Object.entries(lock).flatMap(([name, entry]) => ("purpose" in entry ? [] : [[name, entry.reference]])),
) as Readonly<Record<ImageName, string>>;

/**
 * The pinned reference of a service's image. When the service names an image of the platform, it comes from the stack's
 * map; otherwise it is the release that the service carries itself.
 *
 * @param images - `StackConfig.images`
 */
export function imageReference(
    images: Readonly<Record<ImageName, string>>,
    service: Pick<CommonService, "image">,
): string {
    return (images as Readonly<Record<string, string>>)[service.image] ?? service.image;
}

/**
 * The program in the image `reference-app`: the stack's choice; else the pinned image's program, when the digest is the
 * same; else strata's own. A digest is the same in every registry; the name is not.
 */
export function standInOf({ images, standIn }: Pick<StackConfig, "images" | "standIn">): StandIn {
    if (standIn !== "auto") {
        return standIn;
    }
    const { reference, program } = lock["reference-app"];
    return digestOf(images["reference-app"]) === digestOf(reference) ? (program as StandIn) : "reference-app";
}

/** The digest of a reference; undefined for an image that is named by its id. */
function digestOf(reference: string): string | undefined {
    return reference.split("@")[1];
}
