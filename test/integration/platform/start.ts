import { expectAllHealthy, expectNoChanges, expectSuccess, serviceIds, stack } from "./live";
import type { Ended } from "../../support/live-engine";

/** The user's first minutes: start, start again, look. */
export function startTests(first: () => Ended): void {
    test("starts everything from nothing, healthy", async () => {
        expectSuccess(first());
        expect(first().stdout).toMatch(/\n\d+ created, \d+ unchanged in /);
        await expectAllHealthy();
        expectSuccess(await stack.strata("status"));
    });

    test("has nothing to do the second time", async () => {
        const before = await serviceIds();
        const second = await stack.strata("up");
        expectSuccess(second);
        expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
        expect(await serviceIds()).toEqual(before);
    });

    test("leaves nothing for the drift gate to find", expectNoChanges);
}
