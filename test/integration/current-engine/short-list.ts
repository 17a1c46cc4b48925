import type { EngineStand } from "../../support/engine-stand";
import type { Ended } from "../../support/live-engine";
import { driftTests, healthTests, removalTests, startTests } from "./lifecycle";
import { gatewayTests, isolationTests, nameTests } from "./networks";

/** What is tested on each pair of way and engine but the one that everything runs on. @param first - how the first start ended */
export function shortList(stand: EngineStand, first: () => Ended): void {
    describe("start", () => startTests(stand, first));
    describe("isolation", () => isolationTests(stand));
    describe("names", () => nameTests(stand));
    describe("gateways", () => gatewayTests(stand));
    describe("health", () => healthTests(stand));
    describe("drift", () => driftTests(stand));
    describe("removal", () => removalTests(stand));
}
