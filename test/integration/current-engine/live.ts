/** The platform of the current engine's own test, and the engine that it runs on. */

import { chosenEngine, EngineStand } from "../../support/engine-stand";
import { LiveStack } from "../../support/live-stack";
import { SecondEngine } from "../../support/second-engine";

/** Milliseconds. */
export const MINUTE = 60_000;

/** Seconds between health checks: so many that whatever is healthy sooner was checked more often at its start. */
export const CHECK_INTERVAL = 90;

/** Which engine it is. */
export const chosen = chosenEngine();

/** The engine that the test starts and stops, unless the machine's own is a current one. */
const second = chosen.on === "second" ? new SecondEngine("strata-test-engine") : undefined;

// This file has an environment of its own: from here on everything in it speaks to the current engine.
if (second !== undefined) process.env["DOCKER_HOST"] = second.host;

/** Two products with their stores, without Keycloak. */
export const stand = new EngineStand(
    new LiveStack({
        name: "test-engine",
        addressBase: "10.226",
        port: 24080,
        config: { "strata:identity": undefined, "strata:healthCheckInterval": CHECK_INTERVAL },
        ...(second && { enter: second.enter }),
    }),
    second,
);
