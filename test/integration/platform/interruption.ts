import { eventually } from "../../support/eventually";
import { docker, KINDS, labelled } from "../../support/live-engine";
import { isAlive, nameOf, processTree, signalAll } from "../../support/processes";
import { ask } from "../../support/http";
import { BYSTANDER } from "./bystander";
import {
    ENV,
    expectAllHealthy,
    expectNoChanges,
    expectSuccess,
    MINUTE,
    of,
    platform,
    running,
    stack,
    SUFFIX,
    verify,
} from "./live";
import { redis } from "./redis";
import { vaultToken } from "./vault-client";

/** Removing, starting again with two interruptions on the way, and removing for good. */
export function interruptionTests(): void {
    test("down removes everything but the data", async () => {
        const data = (await labelled("volume", ENV)).filter((name) => name.endsWith("-data"));
        expect(data.length).toBeGreaterThan(0);
        expectSuccess(await stack.strata("down"));
        expect(await labelled("container", ENV)).toEqual([]);
        expect(await labelled("network", ENV)).toEqual([]);
        expect((await labelled("volume", ENV)).sort()).toEqual(data.sort());
    });

    test("Ctrl-C in the middle of an up ends it in order", async () => {
        const { child, ended } = stack.start("up");
        await eventually("two services run", async () => (await running()).length >= 2, {
            within: 2 * MINUTE,
            every: 50,
        });
        child.kill("SIGINT");
        const { code } = await ended;
        expect(code).toBe(130);
        expect((await running()).length).toBeLessThan(platform.services.length);
        const state = JSON.parse((await stack.pulumi("stack", "export")).stdout) as {
            deployment: { pending_operations?: unknown[] };
        };
        expect(state.deployment.pending_operations ?? []).toEqual([]);
    });

    test("kill -9 of the command line, pulumi and all plugins in the middle of an up leaves what the next up repairs", async () => {
        const already = (await running()).length;
        const { child, ended } = stack.start("up");
        await eventually("two more services run", async () => (await running()).length >= already + 2, {
            within: 2 * MINUTE,
            every: 50,
        });
        const all = processTree(child.pid ?? 0);
        const names = all.map(nameOf);
        signalAll(all, "SIGKILL");
        await ended;
        await eventually("all of them ended", () => Promise.resolve(!all.some(isAlive)));
        // Otherwise something else than the middle of an up was hit.
        expect(names).toEqual(expect.arrayContaining(["node", "pulumi", "pulumi-resource"]));
        expect((await running()).length).toBeLessThan(platform.services.length);

        expectSuccess(await stack.strata("up"));
        await expectAllHealthy();
        await expectNoChanges();
    });

    test("nothing labelled is left that the state does not know", async () => {
        const exported = await stack.pulumi("stack", "export");
        const { deployment } = JSON.parse(exported.stdout) as {
            deployment: { resources: { id?: string; type: string }[]; pending_operations?: unknown[] };
        };
        const known = deployment.resources.filter(({ type }) => type.startsWith("docker:")).map(({ id }) => id);
        for (const kind of KINDS) {
            expect((await labelled(kind, ENV)).filter((id) => !known.includes(id))).toEqual([]);
        }
        expect(deployment.pending_operations ?? []).toEqual([]);
    });

    test("the data is there again, and the isolation holds", async () => {
        expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
        const sql = "SELECT string_agg(what, ' ' ORDER BY id) FROM orders";
        const rows = await docker([
            "exec",
            of("psra-postgres"),
            "psql",
            "-X",
            "-A",
            "-t",
            "-U",
            "postgres",
            "-d",
            `psra_${SUFFIX}`,
            "-c",
            sql,
        ]);
        expect(rows.trim()).toBe("a1 b1 b2");
        await vaultToken();
        const authority = String((await stack.outputs())["authority"]);
        const ready = await ask({
            host: `api.psra.${stack.domain}`,
            port: stack.ports.https,
            path: "/readyz",
            authority,
        });
        expect(ready.status).toBe(200);
        const report = await verify();
        expect(report.findings).toEqual([]);
        expect(report.verdict).toBe("holds");
    });

    test("down --volumes asks for the name, then removes everything, and nothing else", async () => {
        const refused = await stack.strata("down", "--volumes", "--confirm", "local");
        expect(refused.code).toBe(2);
        expect(await running()).toHaveLength(platform.services.length);

        expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
        for (const kind of KINDS) {
            expect(await labelled(kind, ENV)).toEqual([]);
        }
        expect(await labelled("volume", BYSTANDER)).toHaveLength(1);
        expect(await labelled("network", BYSTANDER)).toHaveLength(1);
    });
}
