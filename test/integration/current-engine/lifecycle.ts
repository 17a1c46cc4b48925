import type { EngineStand } from "../../support/engine-stand";
import { eventually } from "../../support/eventually";
import { expectHealthy } from "../../support/health";
import { docker, type Ended, inspect, inspectServices, KINDS, labelled } from "../../support/live-engine";
import { expectCode, expectSuccess } from "../../support/outcome";

/** The user's first minutes. */
export function startTests(stand: EngineStand, first: () => Ended): void {
    const { stack, platform } = stand;

    test("up starts everything from nothing, healthy", async () => {
        expectSuccess(first());
        await expectHealthy(platform);
        expectSuccess(await stack.strata("status"));
    });

    test("up has nothing to do the second time, and the drift gate finds nothing", async () => {
        const second = await stack.strata("up");
        expectSuccess(second);
        expect(second.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
        expectSuccess(await stack.gate());
    });

    test("doctor says that the engine gives all that strata asks for", async () => {
        const { stdout } = await stack.strata("doctor");
        expect(stdout).toMatch(/gateway isolation.*internal networks have no gateway on the host/);
        expect(stdout).toMatch(/health checks while a container starts.*every second until the first good answer/);
        expect(stdout).toMatch(/DNS in zones.*outside names are asked nowhere/);
    });

    test("the edge answers on its published port", async () => {
        // Without an agent: it would keep the connection, and the process with it, for the three minutes that the edge does.
        const options = { agent: false, port: stack.ports.http, headers: { Host: `psra.${stack.domain}` } };
        const script = `require("http").get(${JSON.stringify(options)}, (it) => console.log(it.headers.location))`;
        const location = await stand.runOnEngineMachine(process.execPath, "-e", script);
        expect(location).toBe(`https://psra.${stack.domain}:${stack.ports.https}/\n`);
    });
}

interface Checked {
    readonly State: { readonly StartedAt: string; readonly Health: { readonly Log: readonly { Start: string }[] } };
    readonly Config: { readonly Healthcheck: { readonly Interval: number; readonly StartInterval?: number } };
}

/** How soon a container is found healthy. */
export function healthTests(stand: EngineStand): void {
    const interval = stand.stack.declared().config.healthCheckInterval;

    test("every service is checked each second until it is healthy, and seldom from then on", async () => {
        const services = (await inspectServices(stand.environment)) as unknown as readonly (Checked & {
            readonly Name: string;
        })[];
        expect(services.map(({ Config }) => Config.Healthcheck)).toEqual(
            services.map(() => expect.objectContaining({ Interval: interval * 1e9, StartInterval: 1e9 }) as object),
        );
        const late = services.filter(({ State }) => secondsToFirstCheck(State) > interval / 3);
        expect(late.map(({ Name }) => Name)).toEqual([]);
    });

    test("a container that is started again is healthy long before the next regular check", async () => {
        await docker(["restart", stand.of("psra-redis")]);
        const isHealthy = async () => (await inspect(stand.of("psra-redis"))).State.Health?.Status === "healthy";
        await eventually("it is healthy", isHealthy, { within: (interval / 3) * 1000 });
    });
}

function secondsToFirstCheck({ StartedAt, Health }: Checked["State"]): number {
    return (Date.parse(Health.Log[0]?.Start ?? "") - Date.parse(StartedAt)) / 1000;
}

/** What others change is found and put right. */
export function driftTests(stand: EngineStand): void {
    const { stack, platform, environment } = stand;

    test("a container that is gone is found by the gate and brought back alone", async () => {
        const ids = async () => new Map((await inspectServices(environment)).map(({ Name, Id }) => [Name, Id]));
        const before = await ids();
        await docker(["rm", "--force", stand.of("psra-redis")]);
        expectCode(await stack.strata("preview", "--refresh", "--expect-no-changes"), 7);
        expectSuccess(await stack.strata("up"));
        await expectHealthy(platform);
        const changed = [...(await ids())].filter(([name, id]) => before.get(name) !== id);
        expect(changed.map(([name]) => name)).toEqual([`/${stand.of("psra-redis")}`]);
        expectSuccess(await stack.strata("preview", "--refresh", "--expect-no-changes"));
    });
}

/** The end. */
export function removalTests({ stack, environment }: EngineStand): void {
    test("down --volumes leaves nothing with the environment's label", async () => {
        expectSuccess(await stack.strata("down", "--volumes", "--confirm", environment));
        expect(await Promise.all(KINDS.map((kind) => labelled(kind, environment)))).toEqual([[], [], []]);
    });
}
