/** Waits for containers that start by themselves, as after a restart of the engine. */

import type { RunningContainer } from "../../engine/containers";
import type { Engine } from "../../engine/engine";
import { condition } from "../engine/evidence";
import type { Progress } from "../output/progress";

/** Longest wait for containers that are starting. */
const STARTING_MILLISECONDS = 180_000;

/** Waits while containers are starting, and changes nothing. @returns all containers of the environment */
export async function settled(
    engine: Pick<Engine, "containers">,
    environment: string,
    progress: Progress,
): Promise<RunningContainer[]> {
    const deadline = Date.now() + STARTING_MILLISECONDS;
    let containers = await engine.containers(environment);
    const starting = (): RunningContainer[] => containers.filter((it) => !it.oneShot && condition(it) === "starting");
    progress.wait(
        () =>
            `waiting for health of ${starting()
                .map(({ name }) => name)
                .join(", ")}`,
    );
    while (starting().length > 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        containers = await engine.containers(environment);
    }
    progress.settle();
    return containers;
}
