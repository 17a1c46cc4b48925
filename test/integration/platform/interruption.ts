import { counting } from "../../../verify";
import { beginAndAwait } from "../../support/engine-events";
import { eventually } from "../../support/eventually";
import { findLeaks } from "../../support/leaks";
import { LABEL, volumeName } from "../../../model/names";
import { docker, inspect, KINDS, labelled } from "../../support/live-engine";
import { secretsOf } from "../../support/places";
import { isAlive, nameOf, processTree, signalAll, visibleTextOf } from "../../support/processes";
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
    say,
    stack,
    SUFFIX,
    verify,
} from "./live";
import { redis } from "./redis";
import { vaultToken } from "./vault-client";

const TWO_START = { environment: ENV, event: "start", count: 2, within: 2 * MINUTE } as const;

/** Removing, starting again with interruptions at five places on the way, and removing for good. */
export function interruptionTests(): void {
    test("up and down touch nothing while something has the environment's label that its state does not know", async () => {
        const stranger = `${ENV}-stranger`;
        const { Config } = await inspect(of("psra-api"));
        await docker([
            "create",
            `--name=${stranger}`,
            `--label=${LABEL.environment}=${ENV}`,
            "--network=none",
            Config.Image,
        ]);
        try {
            const refused = await stack.strata("down", "--volumes", "--confirm", ENV);
            expect(refused.code).toBe(2);
            expect(refused.stderr).toContain(`does not know ${stranger}, so nothing was touched`);
            const status = await stack.strata("status");
            expect([status.code, status.stdout]).toEqual([1, expect.stringContaining(`✗ ${stranger}: labelled`)]);
            const up = await stack.strata("up");
            expect(up.code).toBe(2);
            expect(up.stderr).toContain(`that its state does not know (${stranger}); nothing was touched`);
            await inspect(stranger);
            expect(await running()).toHaveLength(platform.services.length);
        } finally {
            await docker(["rm", "--force", stranger]);
        }
    });

    test("up makes nothing while a volume of another environment has a name that it could make", async () => {
        const name = volumeName(ENV, "psra-api", "data");
        await docker(["volume", "create", `--label=${LABEL.environment}=${BYSTANDER}`, name]);
        try {
            const refused = await stack.strata("up");
            expect(refused.code).toBe(2);
            expect(refused.stderr).toContain(`volume ${name}: of the environment ${BYSTANDER}`);
        } finally {
            await docker(["volume", "rm", name]);
        }
    });

    test("up says at once that a container is paused, and what to do", async () => {
        const paused = of("psra-web");
        await docker(["pause", paused]);
        try {
            const ended = await stack.strata("up");
            expect(ended.code).toBe(1);
            expect(ended.stderr).toContain(`paused: ${paused}\n  next: docker unpause ${paused}`);
        } finally {
            await docker(["unpause", paused]);
        }
    });

    test("kill -9 in the middle of a down leaves what the next down removes: everything but the data", async () => {
        const data = (await labelled("volume", ENV)).filter((name) => name.endsWith("-data"));
        expect(data.length).toBeGreaterThan(0);
        const stops = { environment: ENV, event: "die", within: 2 * MINUTE } as const;
        const { child, ended } = await beginAndAwait(stops, () => stack.start("down"));
        await killAll(child.pid);
        await ended;
        expectSuccess(await stack.strata("down"));
        expect(await labelled("container", ENV)).toEqual([]);
        expect(await labelled("network", ENV)).toEqual([]);
        expect((await labelled("volume", ENV)).sort()).toEqual(data.sort());
    });

    test("Ctrl-C in the middle of an up ends it in order", async () => {
        const { child, ended } = await beginAndAwait(TWO_START, () => stack.start("up"));
        child.kill("SIGINT");
        const { code } = await ended;
        expect(code).toBe(130);
        expect((await running()).length).toBeLessThan(platform.services.length);
        expect((await leftovers()).pending).toBe(0);
    });

    test("kill -9 ends the command line, pulumi and all plugins in the middle of an up", async () => {
        const already = await running();
        const more = { ...TWO_START, besides: already.map((name) => name.slice(1)) };
        const { child, ended } = await beginAndAwait(more, () => stack.start("up"));
        const names = await killAll(child.pid);
        await ended;
        // Otherwise something else than the middle of an up was hit.
        expect(names).toEqual(expect.arrayContaining(["node", "pulumi", "pulumi-resource"]));
        expect((await running()).length).toBeLessThan(platform.services.length);
        const { pending, unknown } = await leftovers();
        say(`left behind: ${pending} operations that were cut off, unknown to the state: ${unknown.length}`);
    });

    test("kill -9 in the middle of a preview leaves nothing that an up would take for its own", async () => {
        const { child, ended } = stack.start("preview");
        await eventually(
            "the program runs",
            () =>
                Promise.resolve(
                    processTree(child.pid ?? 0)
                        .map(nameOf)
                        .includes("pulumi"),
                ),
            { within: 2 * MINUTE, every: 50 },
        );
        await killAll(child.pid);
        await ended;
        // The killed preview is not written down, and the killed up before it still is.
        expect(stack.recordedRun()).toContain('"verb":"up"');
    });

    test("kill -9 of the command line alone: the next up ends what it left running, then goes on", async () => {
        const { child, ended } = stack.start("up");
        const isUpdate = (pid: number): boolean => visibleTextOf(pid).startsWith("pulumi\nup\n");
        const updates = (): number[] => processTree(child.pid ?? 0).filter(isUpdate);
        // The lock first: to look through all processes takes long.
        const isAtWork = (): boolean => stack.isLocked() && updates().length > 0;
        await eventually("an update holds the lock", () => Promise.resolve(isAtWork()), {
            within: 2 * MINUTE,
            every: 50,
        });
        const all = processTree(child.pid ?? 0);
        const engines = updates();
        expect(engines).toHaveLength(1);
        const below = engines.flatMap((pid) => processTree(pid));
        signalAll(
            all.filter((pid) => !below.includes(pid)),
            "SIGKILL",
        );
        await ended;
        expect(engines.every(isAlive)).toBe(true);
    });

    test("the next up repairs it, and shows no secret to whoever lists its processes", async () => {
        const { child, ended } = stack.start("up");
        const seen = await watchProcesses(child.pid ?? 0, ended);
        expectSuccess(await ended);
        await expectAllHealthy();
        await expectNoChanges();
        say(`${seen.size} processes seen`);
        // Control: the processes that work with secrets are among them.
        expect([...seen.values()].some((text) => text.startsWith("pulumi\nup\n"))).toBe(true);
        expect([...seen.keys()].filter((name) => name.startsWith("pulumi-resource")).length).toBeGreaterThanOrEqual(3);
        expect(findLeaks(await secretsOf(stack), seen)).toEqual([]);
    });

    test("nothing labelled is left that the state does not know", async () => {
        expect(await leftovers()).toEqual({ pending: 0, unknown: [] });
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
        expect(counting(report)).toEqual([]);
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

/** Kills a process and everything below it. @returns their names */
async function killAll(root: number | undefined): Promise<(string | undefined)[]> {
    const all = processTree(root ?? 0);
    const names = all.map(nameOf);
    signalAll(all, "SIGKILL");
    await eventually("all of them ended", () => Promise.resolve(!all.some(isAlive)));
    return names;
}

/** What an interrupted run left: operations without an end, and labelled objects that the state does not know. */
async function leftovers(): Promise<{ pending: number; unknown: string[] }> {
    const { deployment } = JSON.parse((await stack.pulumi("stack", "export")).stdout) as {
        deployment: { resources: { id?: string; type: string }[]; pending_operations?: unknown[] };
    };
    const known = deployment.resources.filter(({ type }) => type.startsWith("docker:")).map(({ id }) => id);
    const present = await Promise.all(KINDS.map((kind) => labelled(kind, ENV)));
    return {
        pending: deployment.pending_operations?.length ?? 0,
        unknown: present.flat().filter((id) => !known.includes(id)),
    };
}

/** Arguments and environment of every process below one, until it ends. Those of a tenth of a second may be missed. */
async function watchProcesses(root: number, ended: Promise<unknown>): Promise<ReadonlyMap<string, string>> {
    const seen = new Map<string, string>();
    let over = false;
    void ended.then(() => (over = true));
    while (!over) {
        for (const pid of processTree(root)) {
            const text = visibleTextOf(pid);
            if (text.trim() !== "") {
                seen.set(`${nameOf(pid)} ${pid}`, text);
            }
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return seen;
}
