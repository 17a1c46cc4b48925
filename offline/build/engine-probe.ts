/**
 * The isolation probe, compiled on the engine with Go's published image: for stacks whose images are published ones, where
 * neither Go nor root is needed, and for engines with another processor than this machine's.
 */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import lock from "../../images.lock.json";
import { madeHereReference } from "../../model/made-here";
import { hashOf } from "./images";
import { run } from "./run";
import type { OfflineContext, Step } from "./step";
import { logFile } from "./toolchain";

/** Name of the probe's image. */
export const PROBE = "probe";

const STEP = "image-probe-on-engine";
const DOCKERFILE = "engine.Dockerfile";

/** The reference that the probe gets; it covers its sources and Go's image. */
export function engineProbeTag(context: OfflineContext): string {
    const facts = [STEP, lock.golang.reference];
    return madeHereReference(
        PROBE,
        hashOf(facts, folderOf(context), (file) => file !== "Dockerfile"),
    );
}

/** The step that makes it. */
export function engineProbeStep(context: OfflineContext): Step {
    const tag = engineProbeTag(context);
    const { environment } = context;
    return {
        name: STEP,
        isCurrent: () =>
            promisify(execFile)("docker", ["image", "inspect", tag], { env: environment }).then(
                () => true,
                () => false,
            ),
        run: (log) =>
            run({
                step: STEP,
                program: "docker",
                args: [
                    ...["build", "--force-rm", "--network", "none", "--tag", tag, "--label", `strata.image=${PROBE}`],
                    ...["--build-arg", `GOLANG=${lock.golang.reference}`, "--file", DOCKERFILE, "."],
                ],
                cwd: folderOf(context),
                environment: { ...environment, BUILDKIT_PROGRESS: "plain" },
                logFile: logFile(context, STEP),
                log,
            }),
    };
}

function folderOf({ projectRoot }: OfflineContext): string {
    return join(projectRoot, "offline", "images", PROBE);
}
