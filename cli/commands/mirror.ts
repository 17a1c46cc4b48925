/** `strata mirror <folder>`: everything that the set-up downloads, for machines that reach a mirror only. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { REGISTRY_PATH } from "../../model/image-reference";
import { TEST_APP } from "../../offline/build/engine-probe";
import { IMAGE_NAMES } from "../../offline/build/image-recipes";
import { ExitCode, Failure, rejected } from "../failure";
import { copiedArchives, copiedImages, type FillStep, hasBuildx, imagesFor, packedArchives } from "../mirror/fill";
import { digestOf, MANIFEST, manifestText } from "../mirror/manifest";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { cacheFolder } from "../places";
import { sayFindings } from "../preflight/finding";
import { lookAt, type Sight, type StackOptions } from "../session";
import { type Comparison, judgeComparisons } from "../setup/comparisons";
import { dockerArchitecture, HERE, MACHINES, type Platform } from "../setup/downloads";
import { PUBLISHED, sourceIn } from "../setup/published";
import { type Foundations, foundations, setUp } from "../setup/setup";
import { wantedBy } from "../stacks/supply";

/** Options of `mirror`. */
export interface MirrorOptions extends StackOptions {
    /** Registry and path prefix for the images, for example `mirror.example:5000/strata`. */
    readonly registry: string;
    /** Machines that will use the mirror: `linux/x64`, ... @default machines like this one */
    readonly platform?: readonly string[];
    readonly json?: boolean;
}

/** @returns exit code */
export async function mirror([folderName = ""]: readonly string[], options: MirrorOptions): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const { registry } = options;
    if (!REGISTRY_PATH.pattern.test(registry)) {
        const form = ["<host>[:<port>][/<path>]"];
        throw rejected("--registry", registry, form, "for example: --registry mirror.example:5000/strata");
    }
    const platforms = (options.platform ?? [`${HERE.os}/${HERE.arch}`]).map(named);
    const sight = lookAt(options);
    const found = await foundations(wantedBy(sight));
    const isBuiltHere = found.decision.way === "offline";
    if (isBuiltHere && platforms.some(({ os, arch }) => os !== HERE.os || arch !== HERE.arch)) {
        throw new Failure(
            `--platform: what is made on this machine runs on ${HERE.os}/${HERE.arch} only`,
            "leave --platform out, or fill the mirror where published plugins can be downloaded",
        );
    }
    if (!isBuiltHere && options.platform !== undefined) await refuseForeignImages(platforms, sight);
    const references = await imagesOnEngine(progress, sight, found);
    const folder = resolve(folderName);
    mkdirSync(folder, { recursive: true });
    const source = found.mirror ? sourceIn(found.mirror) : PUBLISHED;
    const comparisons: Record<string, Comparison> = {};
    const compared = (archive: string, comparison: Comparison): void => void (comparisons[archive] = comparison);
    const files = await runAll(
        progress,
        isBuiltHere
            ? packedArchives(folder, found.toolchain, cacheFolder())
            : copiedArchives(folder, source, platforms, compared),
    );
    sayFindings(judgeComparisons(comparisons, Object.keys(comparisons)), progress);
    const images = await runAll(progress, copiedImages(registry, references, sight.dockerEnv));
    const text = manifestText({ files, images, origin: found.origin });
    // Written last: a reader of the manifest then finds all files that it names.
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

/**
 * Gets the mirror's images onto the engine, from which they are pushed.
 *
 * @returns references by image name; without the tests' own image when it cannot be made, for example where no Go modules can be reached
 */
async function imagesOnEngine(
    progress: Progress,
    sight: Sight,
    found: Foundations,
): Promise<Readonly<Record<string, string>>> {
    const references = imagesFor(found);
    const { [TEST_APP]: testApp, ...needed } = references;
    const images = found.decision.way === "offline" ? IMAGE_NAMES : Object.keys(needed);
    await setUp(progress, { images, listCached: false }, sight, found);
    if (testApp === undefined) return references;
    try {
        await setUp(progress, { images: [TEST_APP], listCached: false }, sight, found);
        return references;
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        progress.line("!", `left out: ${TEST_APP}, which only strata's own tests run (${error.message})`);
        return needed;
    }
}

/** Refuses other processors than the engine's where buildx is missing: without it, images are copied as the engine has them. */
export async function refuseForeignImages(
    platforms: readonly Platform[],
    { engine, dockerEnv }: Pick<Sight, "engine" | "dockerEnv">,
): Promise<void> {
    const here = (await engine.version())?.arch;
    const foreign = platforms.find(({ arch }) => here !== undefined && dockerArchitecture(arch) !== here);
    if (foreign === undefined || (await hasBuildx(dockerEnv))) return;
    throw new Failure(
        `--platform ${foreign.os}/${foreign.arch}: without docker buildx images are copied for ${here} only`,
        "install the docker client's plugin buildx, or leave the platform out; nothing was touched",
    );
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
