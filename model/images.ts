/** From a service to the reference its container is started with. */

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
 * The pinned reference of a service's image: from the stack's map when the service names an image of the platform, else the
 * release that the service carries itself.
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
 * Which program the image `reference-app` is: what the stack says, else the pinned one's wherever it is pulled from, else strata's
 * own. A digest is the same in every registry; the name is not.
 */
export function standInOf({ images, standIn }: Pick<StackConfig, "images" | "standIn">): StandIn {
    if (standIn !== "auto") {
        return standIn;
    }
    const { reference, program } = lock["reference-app"];
    return digestOf(images["reference-app"]) === digestOf(reference) ? (program as StandIn) : "reference-app";
}

/** Undefined for an image that is named by its id. */
function digestOf(reference: string): string | undefined {
    return reference.split("@")[1];
}
