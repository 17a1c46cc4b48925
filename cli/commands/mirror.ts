/** `strata mirror <folder>`: everything that the set-up downloads, for machines that reach a mirror only. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { IMAGE_NAMES } from "../../offline/build/image-recipes";
import { ExitCode, Failure, rejected } from "../failure";
import { copiedArchives, copiedImages, type FillStep, packedArchives } from "../mirror/fill";
import { digestOf, MANIFEST, manifestText } from "../mirror/manifest";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { cacheFolder } from "../places";
import { sayFindings } from "../preflight/finding";
import { lookAt, type StackOptions } from "../session";
import { type Comparison, judgeComparisons } from "../setup/comparisons";
import { HERE, MACHINES, type Platform } from "../setup/downloads";
import { lockedImages, lockedTestImages } from "../setup/locked-images";
import { PUBLISHED, sourceIn } from "../setup/published";
import { foundations, setUp } from "../setup/setup";
import { wantedBy } from "../stacks/supply";

/** Options of `mirror`. */
export interface MirrorOptions extends StackOptions {
    /** Registry and path prefix for the images, for example `mirror.example:5000/strata`. */
    readonly registry: string;
    /** Machines that will use the mirror: `linux/x64`, ... @default machines like this one */
    readonly platform?: readonly string[];
    readonly json?: boolean;
}

const REGISTRY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/;

/** @returns exit code */
export async function mirror([folderName = ""]: readonly string[], options: MirrorOptions): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const { registry } = options;
    if (!REGISTRY.test(registry)) {
        const form = ["<host>[:<port>][/<path>]"];
        throw rejected("--registry", registry, form, "for example: --registry mirror.example:5000/strata");
    }
    const platforms = (options.platform ?? [`${HERE.os}/${HERE.arch}`]).map(named);
    const sight = lookAt(options);
    const found = await foundations(wantedBy(sight));
    const isMadeHere = found.decision.way === "offline";
    if (isMadeHere && platforms.some(({ os, arch }) => os !== HERE.os || arch !== HERE.arch)) {
        throw new Failure(
            `--platform: what is made on this machine runs on ${HERE.os}/${HERE.arch} only`,
            "leave --platform out, or fill the mirror where published plugins can be downloaded",
        );
    }
    await setUp(progress, { images: IMAGE_NAMES, listCached: false }, sight, found);
    const folder = resolve(folderName);
    mkdirSync(folder, { recursive: true });
    const source = found.mirror ? sourceIn(found.mirror) : PUBLISHED;
    const comparisons: Record<string, Comparison> = {};
    const compared = (archive: string, comparison: Comparison): void => void (comparisons[archive] = comparison);
    const files = await runAll(
        progress,
        isMadeHere
            ? packedArchives(folder, found.toolchain, cacheFolder())
            : copiedArchives(folder, source, platforms, compared),
    );
    sayFindings(judgeComparisons(comparisons, Object.keys(comparisons)), progress);
    const upstream = isMadeHere || found.mirror ? {} : { ...lockedImages, ...lockedTestImages };
    // Nothing runs these two: the one is part of the others, the other compiles the probe, which the mirror has.
    const { base: _base, golang: _golang, ...references } = { ...upstream, ...found.images };
    const images = await runAll(progress, copiedImages(registry, references, sight.dockerEnv));
    const text = manifestText({ files, images, origin: found.origin });
    // Last: whoever reads it finds all that it names.
    writeFileSync(join(folder, MANIFEST), text);
    const sha256 = digestOf(text);
    if (options.json) console.log(JSON.stringify({ folder, registry, sha256, files, images }, undefined, 2));
    progress.print(
        [
            `\n${Object.keys(files).length} archives and ${Object.keys(images).length} images in ${duration(Date.now() - started)}`,
            `  next: serve ${folder} with a web server, and name it in the stack's file:`,
            `        strata:mirror: { url: "https://<host>/<path>", sha256: ${sha256} }`,
        ].join("\n"),
    );
    return ExitCode.holds;
}

function named(text: string): Platform {
    const nameOf = ({ os, arch }: Platform): string => `${os}/${arch}`;
    const platform = MACHINES.find((machine) => nameOf(machine) === text);
    if (platform) return platform;
    throw rejected("--platform", text, MACHINES.map(nameOf), "repeat the option for each kind of machine");
}

async function runAll(progress: Progress, steps: readonly FillStep[]): Promise<Record<string, string>> {
    const entries: (readonly [string, string])[] = [];
    for (const step of steps) entries.push(await progress.step(step.name, step.run));
    return Object.fromEntries(entries);
}
