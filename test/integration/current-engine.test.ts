/**
 * A platform on a current engine (Docker 28 or newer): what strata can only ask of such a one, and whether the rest works there
 * too. Where the machine's own engine is older, a second one runs beside it for as long as the test does.
 *
 * A second engine takes Linux, root and images that were made on this machine. Without these the tests count as skipped, and the
 * run says why.
 */

import { offlineContext } from "../../cli/setup/setup";
import { imageTag } from "../../offline/build/images";
import type { Ended } from "../support/live-engine";
import { needStart } from "../support/outcome";
import { leftoverTests } from "./current-engine/leftovers";
import { chosen, MINUTE, stand } from "./current-engine/live";
import { shortList } from "./current-engine/short-list";

jest.setTimeout(10 * MINUTE);

const { stack, second } = stand;
const IMAGES = ["base", "postgres", "redis", "vault", "traefik", "reference-app", "probe"] as const;
const FIRST = "on a current engine start up starts everything from nothing, healthy";
let first: Ended;

const suite = chosen.on === "none" ? describe.skip : describe;

suite("on a current engine", () => {
    beforeAll(async () => {
        await second?.start();
        await second?.load(IMAGES.map((name) => imageTag(offlineContext(), name)));
        await stack.removeLeftovers();
        first = await stack.strata("up");
    });
    needStart(() => first, FIRST);
    afterAll(async () => {
        await stack.remove();
        await second?.stop();
    });

    shortList(stand, () => first);
    if (second !== undefined) describe("the second engine", () => leftoverTests(second));
});
