/** Strata's own programs, which no registry has. For stacks with published images they are compiled on the engine. */

import lock from "../../config/images.lock.json";
import { type EngineImage, engineImageStep, engineImageTag } from "./engine-image";
import type { OfflineContext, Step } from "./step";

/** Name of the isolation probe's image. */
export const PROBE = "probe";

/**
 * Name under which a mirror of published images carries strata's own reference application. Tests need it: the published image
 * `reference-app` is a stand-in that does not answer the tests' requests.
 */
export const TEST_APP = "test-app";

/** Name of the image that {@link TEST_APP} replaces in tests. */
export const REFERENCE_APP = "reference-app";

const IMAGES: Readonly<Record<typeof PROBE | typeof TEST_APP, EngineImage>> = {
    [PROBE]: { name: PROBE, hasModules: false },
    [TEST_APP]: { name: REFERENCE_APP, hasModules: true },
};

/** References of strata's own programs, by name of the image. */
export type OwnPrograms = Readonly<Record<keyof typeof IMAGES, string>>;

/** @param golang - reference of Go's image, as upstream's or a mirror's registry has it */
export function ownPrograms(context: OfflineContext, golang: string = lock.golang.reference): OwnPrograms {
    return {
        [PROBE]: engineImageTag(context, IMAGES[PROBE], golang),
        [TEST_APP]: engineImageTag(context, IMAGES[TEST_APP], golang),
    };
}

/** Steps for those of the references that are strata's own programs. */
export function ownProgramSteps(
    context: OfflineContext,
    references: readonly string[],
    golang: string = lock.golang.reference,
): Step[] {
    return Object.values(IMAGES)
        .filter((image) => references.includes(engineImageTag(context, image, golang)))
        .map((image) => engineImageStep(context, image, golang));
}
