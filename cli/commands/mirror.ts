/** `strata mirror <folder>`: everything that the set-up downloads, for machines that reach a mirror only. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { IMAGE_NAMES } from "../../offline/build/image-recipes";
import { ExitCode, Failure, rejected } from "../failure";
import { archiveSteps, type FillStep, imageSteps } from "../mirror/fill";
import { MANIFEST, manifestText } from "../mirror/manifest";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { lookAt, type StackOptions } from "../session";
import { HERE, type Platform } from "../setup/downloads";
import { lockedImages } from "../setup/locked-images";
import { foundations, setUp } from "../setup/setup";

/** Options of `mirror`. */
export interface MirrorOptions extends StackOptions {
    /** Registry and path prefix for the images, for example `mirror.example:5000/strata`. */
    readonly registry: string;
    /** `linux/x64`, ... @default this machine's */
    readonly platform?: readonly string[];
    readonly json?: boolean;
}

const REGISTRY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/;
const PLATFORMS = ["linux/x64", "linux/arm64", "darwin/x64", "darwin/arm64"];

/** @returns exit code */
export async function mirror(folderName: string, options: MirrorOptions): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const { registry } = options;
    if (!REGISTRY.test(registry)) {
        throw rejected(
            "--registry",
            registry,
            ["host[:port][/path]"],
            "for example: --registry mirror.example:5000/strata",
        );
    }
    const platforms = (options.platform ?? [`${HERE.os}/${HERE.arch}`]).map(platformOf);
    const sight = lookAt(options);
    const { toolchain, decision } = await setUp(progress, { images: IMAGE_NAMES, listCached: false }, sight);
    if (decision.way === "offline" && platforms.some(({ os, arch }) => os !== HERE.os || arch !== HERE.arch)) {
        throw new Failure(
            `--platform: what is made on this machine runs on ${HERE.os}/${HERE.arch} only`,
            "leave --platform out, or fill the mirror where published plugins can be downloaded",
        );
    }
    const folder = resolve(folderName);
    mkdirSync(folder, { recursive: true });
    const made = (await foundations()).images;
    const files = await runAll(progress, archiveSteps(folder, toolchain, platforms));
    const images = await runAll(progress, imageSteps(registry, { ...lockedImages, ...made }, sight.dockerEnv));
    const text = manifestText({ files, images });
    // Last: whoever reads it finds all that it names.
    writeFileSync(join(folder, MANIFEST), text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (options.json) console.log(JSON.stringify({ folder, registry, sha256, files, images }, undefined, 2));
    progress.print(
        [
            `\n${Object.keys(files).length} archives, ${Object.keys(images).length} images in ${duration(Date.now() - started)}`,
            `  next: serve ${folder} with a web server, and set in the stack's file:`,
            `        strata:mirror: { url: "https://<host>/<path>", sha256: ${sha256} }`,
        ].join("\n"),
    );
    return ExitCode.holds;
}

function platformOf(text: string): Platform {
    if (!PLATFORMS.includes(text))
        throw rejected("--platform", text, PLATFORMS, "name each with a --platform of its own");
    const [os = "", arch = ""] = text.split("/");
    return { os: os as NodeJS.Platform, arch };
}

async function runAll(progress: Progress, steps: readonly FillStep[]): Promise<Record<string, string>> {
    const entries: (readonly [string, string])[] = [];
    for (const step of steps) entries.push(await progress.step(step.name, step.run));
    return Object.fromEntries(entries);
}
