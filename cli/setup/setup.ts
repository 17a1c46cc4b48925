/** Everything a stack needs on this machine: engine, toolchain, plugins, images. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { isMadeHere } from "../../model/made-here";
import type { MirrorAddress } from "../../model/mirror";
import type { Origin, Supplied } from "../../model/supply";
import {
    type OwnPrograms,
    ownPrograms,
    ownProgramSteps,
    PROBE,
    REFERENCE_APP,
    TEST_APP,
} from "../../offline/build/engine-probe";
import { IMAGE_NAMES } from "../../offline/build/image-recipes";
import { imageSteps, imageTag } from "../../offline/build/images";
import { pluginSteps } from "../../offline/build/plugins";
import type { OfflineContext, Step } from "../../offline/build/step";
import { toolchainSteps } from "../../offline/build/toolchain";
import { type Mirror, mirrorOfEnvironment, openMirror } from "../mirror/manifest";
import type { Progress } from "../output/progress";
import { cacheFolder, childEnvironment, projectRoot } from "../places";
import { type Finding, sayFindings } from "../preflight/finding";
import { TESTING } from "../stacks/stack";
import type { Sight } from "../session";
import { judgeComparisons, readComparisons } from "./comparisons";
import { ensureEngine, type Permission } from "./docker";
import { HERE } from "./downloads";
import { lockedImages, lockedTestImages } from "./locked-images";
import { pulumiLogStep } from "./pulumi-log";
import { runSteps } from "./run-steps";
import { archivesFor, hasPinnedPulumi, publishedSteps, pullSteps, sourceIn } from "./published";
import { folderOf, mirrorToolchain, pinnedVersions, pluginFolder, type Toolchain, toolchainOf } from "./toolchain";
import { decideWay, type Decision, findUnreachable, rememberedWay, rememberWay, sourcesOf } from "./way";

/** Name of Go's image, with which strata's own programs are compiled on an engine. */
const GOLANG = "golang";

/** What to set up. */
export interface SetUpRequest {
    /** Names of the images to have on the engine. */
    readonly images: readonly string[];
    /** References to pull, by name. @default those of `images.lock.json` for {@link images} */
    readonly pulls?: Readonly<Record<string, string>>;
    /** What may be done for an engine that does not answer. @default only say what is missing */
    readonly engine?: Permission;
    /** A line for each step that had nothing to do; otherwise one line for all. */
    readonly listCached: boolean;
}

/** What is there after the set-up. */
export interface SetUp {
    readonly toolchain: Toolchain;
    readonly decision: Decision;
}

/** The decision, the toolchain that goes with it, and where images come from. */
export interface Foundations extends SetUp {
    /** Whether plugins and images are upstream's or were made on a machine. */
    readonly origin: Origin;
    /** References by image name, of images that are made here or in a mirror; all others are in `images.lock.json`. */
    readonly images: Readonly<Record<string, string>>;
    /** The mirror that plugins and images come from. */
    readonly mirror?: Mirror;
}

/** What is known of the stack that foundations are for. */
export interface Wanted {
    /** What its environment was made with. */
    readonly recorded?: Supplied | undefined;
    /** @default the mirror that the shell names */
    readonly mirror?: MirrorAddress | undefined;
    /** For tests, which need strata's own reference application. @default the shell says so */
    readonly isTest?: boolean;
}

/**
 * Decides on the way, remembers it, and returns what follows from it. Installs nothing.
 *
 * @throws Failure when a mirror is to be used that does not answer and never did
 */
export async function foundations({ recorded, isTest = isTestRun(), ...wanted }: Wanted = {}): Promise<Foundations> {
    const cache = cacheFolder();
    const env = childEnvironment();
    const forced = process.env.STRATA_OFFLINE;
    const before = rememberedWay(cache);
    // A way that was never installed is decided on again: what prevented the other way may be mended.
    const remembered = before && isInstalled(toolchainOf(before.way, cache)) ? before : undefined;
    const address = wanted.mirror ?? mirrorOfEnvironment(process.env);
    const decision = await decideWay({
        forced,
        recorded: recorded?.way,
        mirror: address?.url,
        remembered,
        installed: () => hasPinnedPulumi(env),
        unreachable: () => findUnreachable(sourcesOf(Object.values(lockedImages))),
    });
    // Not remembered: a forced way, which holds while it is forced, and an environment's way, which holds for that environment.
    if (!forced && !recorded && !address && !remembered) rememberWay(cache, decision);
    const context = offlineContext();
    if (decision.way === "offline") {
        const images = Object.fromEntries(IMAGE_NAMES.map((name) => [name, imageTag(context, name)]));
        return { decision, toolchain: toolchainOf("offline", cache), origin: "made", images };
    }
    if (!address) {
        return {
            decision,
            toolchain: toolchainOf("published", cache),
            origin: "upstream",
            images: imagesOf(ownPrograms(context), {}, isTest),
        };
    }
    const mirror = await openMirror(address, cache);
    const reason = `${decision.reason}${mirror.isRemembered ? ", which does not answer now" : ""}`;
    return {
        decision: { ...decision, reason },
        toolchain: mirrorToolchain(mirror, cache),
        origin: mirror.origin,
        images: imagesOf(ownPrograms(context, mirror.images[GOLANG]), mirror.images, isTest),
        mirror,
    };
}

/**
 * References of the images that are not in `images.lock.json`. The probe is made on the engine where the mirror has none.
 *
 * @param own - made on the engine
 * @param mirrored - by a mirror; empty without one
 */
function imagesOf(
    { [PROBE]: probe, [TEST_APP]: built }: OwnPrograms,
    mirrored: Readonly<Record<string, string>>,
    isTest: boolean,
): Readonly<Record<string, string>> {
    // A mirror of images that were made has the reference application itself.
    const isPublished = !(REFERENCE_APP in mirrored) || TEST_APP in mirrored;
    const app = mirrored[TEST_APP] ?? built;
    return {
        [PROBE]: probe,
        ...mirrored,
        ...(isPublished && { [TEST_APP]: app }),
        ...(isPublished && isTest && { [REFERENCE_APP]: app }),
    };
}

/** Whether this process was started by `npm test`, or by one of its tests. */
function isTestRun(): boolean {
    return process.env[TESTING] === "1";
}

/**
 * Sets up what is missing. A no-op when all is there.
 *
 * @param sight - the engine of the stack, and the environment of the docker client for it
 * @param found - what was decided already
 * @throws Failure or the step's own error, after printing what could not be done
 */
export async function setUp(
    progress: Progress,
    request: SetUpRequest,
    { engine, dockerEnv }: Pick<Sight, "engine" | "dockerEnv">,
    found?: Foundations,
): Promise<SetUp> {
    const started = Date.now();
    await ensureEngine(progress, cacheFolder(), engine, dockerEnv, request.engine ?? "never");
    const foundation = found ?? (await foundations());
    const { decision, toolchain } = foundation;
    const steps = stepsFor(foundation, request, dockerEnv);
    const current = await Promise.all(steps.map((step) => step.isCurrent()));
    const missing = steps.filter((_, index) => !current[index]);
    if (request.listCached) {
        progress.line("·", `way: ${decision.way} (${decision.reason})`);
        steps.filter((_, index) => current[index]).forEach(({ name }) => progress.line("·", `${name} (cached)`));
    }
    if (missing.length > 0) {
        if (!request.listCached) progress.line("·", `way: ${decision.way} (${decision.reason})`);
        await runSteps(progress, missing);
        sayFindings(inspectDownloads(foundation), progress);
    }
    if (!request.listCached || missing.length === 0) {
        progress.line("✓", `set-up: ${missing.length} of ${steps.length} steps had to be done`, Date.now() - started);
    }
    return { decision, toolchain };
}

function stepsFor(
    { decision, toolchain, mirror, images: supplied }: Foundations,
    { images, pulls }: SetUpRequest,
    dockerEnv: NodeJS.ProcessEnv,
): Step[] {
    const context = { ...offlineContext(), environment: dockerEnv };
    if (decision.way === "offline") {
        return [
            pulumiLogStep(toolchain),
            ...toolchainSteps(context),
            ...pluginSteps(context),
            ...imageSteps(
                context,
                images.filter((name) => IMAGE_NAMES.includes(name)),
            ),
            ...pullSteps(pulls ?? {}, dockerEnv),
        ];
    }
    const served = { ...(mirror ? {} : { ...lockedImages, ...lockedTestImages }), ...supplied };
    const wanted = Object.entries(served).filter(([name]) => images.includes(name));
    const pulled = wanted.filter(([, reference]) => !isMadeHere(reference));
    const references = wanted.map(([, reference]) => reference);
    return [
        pulumiLogStep(toolchain),
        ...publishedSteps(toolchain, dockerEnv, mirror && sourceIn(mirror)),
        ...pullSteps(pulls ?? Object.fromEntries(pulled), dockerEnv),
        // Nobody publishes strata's own programs.
        ...ownProgramSteps(context, references, mirror?.images[GOLANG]),
    ];
}

/** Which archives of the toolchain came without a locked digest. */
export function inspectDownloads({ toolchain, decision, mirror }: Foundations): Finding[] {
    if (decision.way === "offline" || mirror) return [];
    return judgeComparisons(readComparisons(folderOf(toolchain)), archivesFor([HERE]));
}

/** The context of all offline steps of this checkout. */
export function offlineContext(): OfflineContext {
    return { projectRoot, cache: cacheFolder(), environment: childEnvironment() };
}

/** Whether a way's own `pulumi` has been installed. */
function isInstalled(toolchain: Toolchain): boolean {
    return existsSync(join(toolchain.bin, "pulumi"));
}

/**
 * Whether the CLI and all plugins of a toolchain are there: the CLI of the published way may also be one of the pinned version on
 * the PATH. Without this check a verb that installs nothing would run any `pulumi` of the PATH, with no plugins.
 */
export async function isComplete(toolchain: Toolchain, env: NodeJS.ProcessEnv = childEnvironment()): Promise<boolean> {
    const hasPlugins = Object.entries(pinnedVersions().plugins).every(([name, version]) =>
        existsSync(pluginFolder(toolchain, name, version)),
    );
    if (!hasPlugins) return false;
    return toolchain.way === "offline"
        ? isInstalled(toolchain)
        : hasPinnedPulumi({ ...env, PATH: `${toolchain.bin}:${env.PATH ?? ""}` });
}
