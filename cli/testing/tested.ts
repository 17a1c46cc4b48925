/** Looks at what the tests of `conformance` run against. */

import { arch, platform, release } from "node:os";

import type { Engine } from "../../engine/engine";
import { projectRoot } from "../places";
import { lockedImages, lockedTestImages } from "../setup/locked-images";
import type { Foundations } from "../setup/setup";
import { pinnedVersions } from "../setup/toolchain";
import { CONFORMANCE_IMAGES, type Tested } from "./conformance-key";

/** @throws Error when the engine does not answer or lacks an image */
export async function readTested(engine: Engine, { toolchain, images }: Foundations): Promise<Tested> {
    const version = await engine.version();
    const identity = await engine.identity();
    if (version === undefined || identity === undefined) throw new Error("the engine does not answer");
    const ids = CONFORMANCE_IMAGES.map(async (name): Promise<[string, string]> => {
        const reference = images[name] ?? lockedImages[name] ?? lockedTestImages[name] ?? name;
        const { code, stdout } = await engine.docker(["image", "inspect", "--format", "{{.Id}}", reference]);
        if (code !== 0) throw new Error(`the engine has no image ${reference}`);
        return [name, stdout.trim()];
    });
    return {
        root: projectRoot,
        toolchain,
        plugins: pinnedVersions().plugins,
        path: process.env.PATH ?? "",
        engine: { host: engine.choice.host, version: version.version, api: version.api, identity },
        images: Object.fromEntries(await Promise.all(ids)),
        machine: { os: platform(), release: release(), arch: arch() },
    };
}
