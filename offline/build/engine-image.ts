/**
 * Images that are compiled on the engine with Go's published image. A machine with published images then needs neither Go nor root, and
 * the result fits the engine's processor, which may differ from this machine's.
 */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { madeHereReference } from "../../model/made-here";
import { hashOf } from "./images";
import { run } from "./run";
import type { OfflineContext, Step } from "./step";
import { logFile } from "./toolchain";

/** A folder in `offline/images/` with an `engine.Dockerfile`. */
export interface EngineImage {
    /** Name of the image and of its folder. */
    readonly name: string;
    /** Whether its build downloads Go modules, which `go.sum` pins. */
    readonly hasModules: boolean;
}

const DOCKERFILE = "engine.Dockerfile";

/** Variables that tell Go where modules come from, and through which proxy. */
const PROXIES = [
    "GOPROXY",
    "GOSUMDB",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/**
 * The reference that an image gets. Its hash covers the image's sources and Go's image.
 *
 * @param golang - reference of Go's image
 */
export function engineImageTag(context: OfflineContext, image: EngineImage, golang: string): string {
    const facts = [stepName(image), golang];
    return madeHereReference(
        image.name,
        hashOf(facts, folderOf(context, image), (file) => file !== "Dockerfile"),
    );
}

/** The step that makes an image. */
export function engineImageStep(context: OfflineContext, image: EngineImage, golang: string): Step {
    const tag = engineImageTag(context, image, golang);
    const step = stepName(image);
    const { environment } = context;
    return {
        name: step,
        isCurrent: () =>
            promisify(execFile)("docker", ["image", "inspect", tag], { env: environment }).then(
                () => true,
                () => false,
            ),
        run: (log) =>
            run({
                step,
                program: "docker",
                args: [
                    ...["build", "--force-rm", "--tag", tag, "--label", `strata.image=${image.name}`],
                    ...(image.hasModules ? moduleOptions(environment) : ["--network", "none"]),
                    ...["--build-arg", `GOLANG=${golang}`, "--file", DOCKERFILE, "."],
                ],
                cwd: folderOf(context, image),
                environment: { ...environment, BUILDKIT_PROGRESS: "plain" },
                logFile: logFile(context, step),
                log,
            }),
    };
}

/** Build arguments by name only: docker takes the values from its environment, so no list of processes shows a proxy's login. */
function moduleOptions(environment: NodeJS.ProcessEnv): string[] {
    return PROXIES.filter((name) => environment[name] !== undefined).flatMap((name) => ["--build-arg", name]);
}

function stepName({ name }: EngineImage): string {
    return `image-${name}-on-engine`;
}

function folderOf({ projectRoot }: OfflineContext, { name }: EngineImage): string {
    return join(projectRoot, "offline", "images", name);
}
