/** Checks that a running environment is as declared. */

import { LABEL } from "../../model/names";
import type { Platform } from "../../model/platform";
import { inspectServices } from "./live-engine";

/** Expects every declared service to run and to be healthy, and no other container to have the environment's label. */
export async function expectHealthy({ environment, services }: Platform): Promise<void> {
    const found = Object.fromEntries(
        (await inspectServices(environment)).map((it) => [
            it.Config.Labels[LABEL.service] ?? it.Name,
            it.State.Health?.Status,
        ]),
    );
    expect(found).toEqual(Object.fromEntries(services.map(({ name }) => [name, "healthy"])));
}
