/** Another release of a service with two replicas, under load: no request is lost. Needs a Docker engine. */

import { replicasOf } from "../../model/instances";
import { containerNames, LABEL } from "../../model/names";
import { verifyIsolation } from "../../verify";
import { eventually } from "../support/eventually";
import { imageOf } from "../support/images";
import { docker, inspectServices, testEngine } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { type Load, type LoadResult, startLoad } from "../support/load";
import { expectCode, expectSuccess, needStart, say } from "../support/outcome";
import type { Ended } from "../support/live-engine";

const NAME = "test-replicas";
const SERVICE = "psra-web";
const BASE = "10.236";
const ENOUGH = 10_000;

/** The edge believes who comes from this machine about where requests are from: each visitor has a rate limit of his own. */
const stack = new LiveStack({
    name: NAME,
    addressBase: BASE,
    port: 28080,
    config: {
        "strata:identity": undefined,
        "strata:products": [{ name: "psra", services: ["web"], replicas: { web: 2 } }],
        "strata:edge": {
            http: { address: "127.0.0.1", port: 28080 },
            https: { address: "127.0.0.1", port: 28081 },
            trustedProxies: [`${BASE}.0.0/24`],
        },
    },
});
const { platform } = stack.declared();
const service = platform.services.find(({ name }) => name === SERVICE)!;
const containers = containerNames(NAME, service);

jest.setTimeout(600_000);

const FIRST = "up starts both replicas";
let first: Ended;
let release: string | undefined;

beforeAll(async () => {
    await stack.removeLeftovers();
    first = await stack.strata("up");
});

needStart(() => first, FIRST);

afterAll(async () => {
    await stack.remove();
    if (release !== undefined) await docker(["rmi", release]);
});

/** Ids by name. */
async function running(): Promise<Readonly<Record<string, string>>> {
    const own = (await inspectServices(NAME)).filter(({ Config }) => Config.Labels[LABEL.service] === SERVICE);
    return Object.fromEntries(own.map(({ Name, Id }) => [Name.replace(/^\//, ""), Id]));
}

function answeredOver(protocol: string, { answered }: LoadResult): number {
    return Object.entries(answered).reduce((sum, [kind, count]) => (kind.startsWith(protocol) ? sum + count : sum), 0);
}

test(FIRST, async () => {
    expectSuccess(first);
    expect(replicasOf(service)).toBe(2);
    expect(Object.keys(await running()).sort()).toEqual([...containers].sort());
    const { stdout } = await stack.strata("status");
    expect(stdout).toMatch(/^psra-web +healthy/m);
    expect(stdout).toMatch(/^psra-web-2 +healthy/m);
});

test("another release under load loses no request", async () => {
    const before = await running();
    release = (
        await docker(["build", "--quiet", "-"], { input: `FROM ${await imageOf("reference-app")}\nLABEL release=2\n` })
    ).trim();
    stack.declare({ "strata:images": { "reference-app": release } });
    const load: Load = startLoad({
        host: service.routes[0]!.host,
        port: stack.ports.https,
        authority: String((await stack.outputs())["authority"]),
        visitors: 6,
        rest: 15,
    });
    const isEnough = (result: LoadResult): boolean =>
        ["HTTP/1.1", "HTTP/2"].every((protocol) => answeredOver(protocol, result) >= ENOUGH);
    try {
        await eventually("there is load", () => Promise.resolve(answeredOver("HTTP", load.soFar) > 500 || undefined));
        const [asked, began] = [answeredOver("HTTP", load.soFar), Date.now()];
        expectSuccess(await stack.strata("up"));
        const during = answeredOver("HTTP", load.soFar) - asked;
        say(`${during} requests in the ${Math.round((Date.now() - began) / 1000)} s of the update`);
        await eventually("there is enough load", () => Promise.resolve(isEnough(load.soFar) || undefined), {
            within: 180_000,
        });
    } finally {
        await load.stop();
    }
    const { answered, failures } = load.soFar;
    say(JSON.stringify(answered));
    expect(failures).toEqual([]);
    expect(isEnough(load.soFar)).toBe(true);

    const after = await running();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    for (const name of containers) {
        expect(after[name]).not.toBe(before[name]);
        expect((await docker(["inspect", "--format", "{{.Image}}", name])).trim()).toBe(release);
    }
});

test("nothing is left to do, and each replica is as isolated as the service was declared", async () => {
    expectCode(await stack.gate(), 0);
    const report = await verifyIsolation({ platform, probeImage: await imageOf("probe"), engine: testEngine });
    expect(report.findings.filter(({ verdict }) => verdict !== "noted")).toEqual([]);
    const sources = new Set(report.cells.map(({ container }) => container));
    for (const name of containers) expect(sources).toContain(name);
    const edge = report.cells.filter(
        ({ from, to, expectation }) => from === "edge" && to === SERVICE && expectation === "must",
    );
    expect(new Set(edge.map(({ address }) => address)).size).toBe(2);
});
