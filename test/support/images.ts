/** References of the images that tests start containers from, whatever they come from. */

import { lockedImages, lockedTestImages } from "../../cli/setup/locked-images";
import { foundations } from "../../cli/setup/setup";

/** What the set-up of a test run has on the engine under an image's name. */
export async function imageOf(name: string): Promise<string> {
    const { images } = await foundations();
    const reference = images[name] ?? lockedImages[name] ?? lockedTestImages[name];
    if (reference === undefined) throw new Error(`no image is called ${name}`);
    return reference;
}
