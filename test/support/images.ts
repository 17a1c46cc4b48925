/** References of the images that tests start containers from: built on this machine or published. */

import { lockedImages, lockedTestImages } from "../../cli/setup/locked-images";
import { foundations } from "../../cli/setup/setup";

/** Reference of a named image that the set-up of a test run put on the engine. */
export async function imageOf(name: string): Promise<string> {
    const { images } = await foundations();
    const reference = images[name] ?? lockedImages[name] ?? lockedTestImages[name];
    if (reference === undefined) throw new Error(`no image is called ${name}`);
    return reference;
}
