/** From a service to the reference its container is started with. */

import type { ImageName, Service } from "./platform";

/**
 * The pinned reference of a service's image: from the stack's map when the service names an image of the platform, else the
 * release that the service carries itself.
 *
 * @param images - `StackConfig.images`
 */
export function imageReference(images: Readonly<Record<ImageName, string>>, service: Pick<Service, "image">): string {
    return (images as Readonly<Record<string, string>>)[service.image] ?? service.image;
}
