import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { docker } from "../../support/live-engine";
import { expectAllHealthy, expectNoChanges, expectSuccess, of, serviceIds, stack, SUFFIX } from "./live";
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

    test("a server whose data is lost is left alone, and has its databases again once the loss was accepted", async () => {
        const data = `${of("bizosaas-postgres")}-data`;
        await docker(["rm", "--force", of("bizosaas-postgres")]);
        await docker(["volume", "rm", data]);
        const refused = await stack.strata("up");
        expect(refused.code).toBe(2);
        expect(refused.stderr).toContain(`data was lost: ${data} (bizosaas-postgres)`);

        expectSuccess(await stack.strata("up", "--accept-data-loss"));
        await expectAllHealthy();
        const psql = ["psql", "-X", "-A", "-t", "-U", "postgres", "-c"];
        const sql = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname <> 'postgres'";
        const names = await docker(["exec", of("bizosaas-postgres"), ...psql, `${sql} AND NOT datistemplate`]);
        expect(names.trim()).toBe(`bizosaas_${SUFFIX} saleor_${SUFFIX}`);
        expect((await stack.strata("up")).stdout).toMatch(/\n0 changes, /);
        await expectNoChanges();
    });
}
