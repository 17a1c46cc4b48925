import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { docker } from "../../support/live-engine";
import { expectAllHealthy, expectSuccess, of, serviceIds, stack } from "./live";
import { redis } from "./redis";

/** What others change is found, and put right without touching the rest. */
export function driftTests(): void {
    test("a container that is gone is found by the gate and brought back alone, with its data", async () => {
        const before = await serviceIds();
        await docker(["rm", "--force", of("psra-redis")]);
        expect((await stack.gate()).code).toBe(7);
        expect((await stack.strata("status")).code).toBe(1);
        const report = join(mkdtempSync(join(tmpdir(), "strata-drift-")), "drift.md");
        expect((await stack.strata("ci drift", "--output", report)).code).toBe(7);
        expect(readFileSync(report, "utf8")).toContain(`+ container ${of("psra-redis")}`);

        expectSuccess(await stack.strata("up"));
        const after = await serviceIds();
        expect(Object.keys(after).filter((service) => after[service] !== before[service])).toEqual(["psra-redis"]);
        await expectAllHealthy();
        expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
        // The same gate, through the command line.
        expectSuccess(await stack.strata("preview", "--refresh", "--expect-no-changes"));
    });
}
