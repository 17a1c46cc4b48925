/** What the program asks of an engine by its API version: nothing that the engine has not got, and nothing else changes. */

import { CONTAINER, NETWORK } from "../support/stack";
import { collectProgram, type Program, type Registered } from "../support/program";

const MODE = "com.docker.network.bridge.gateway_mode_ipv";
const config = { "strata:identity": {}, "strata:products": [{ name: "psra", services: ["api"] }] };
const programOn = (api: string): Promise<Program> =>
    collectProgram("local", {
        config: { ...config, "strata:engineFound": { host: "unix:///var/run/docker.sock", api } },
    });

const programs: Record<string, Program> = {};

beforeAll(async () => {
    for (const api of ["1.41", "1.45", "1.52"]) programs[api] = await programOn(api);
});

const ofType = (api: string, type: string): Registered[] =>
    programs[api]!.resources.filter((resource) => resource.type === type);
const optionsOf = (api: string, internal: boolean): object[] =>
    ofType(api, NETWORK)
        .filter(({ inputs }) => inputs["internal"] === internal)
        .map(({ inputs }) => inputs["options"] as object);
const checksOf = (api: string): { startInterval?: string }[] =>
    ofType(api, CONTAINER).flatMap(({ inputs }) => (inputs["healthcheck"] ? [inputs["healthcheck"]] : []));

test.each([
    ["1.41", undefined],
    ["1.45", "1s"],
    ["1.52", "1s"],
])("on API %s health checks at the start come every %s", (api, interval) => {
    expect(checksOf(api).length).toBeGreaterThan(3);
    expect(new Set(checksOf(api).map(({ startInterval }) => startInterval))).toEqual(new Set([interval]));
});

test.each([
    ["1.41", { "com.docker.network.bridge.inhibit_ipv4": "true" }],
    ["1.45", { "com.docker.network.bridge.inhibit_ipv4": "true" }],
    ["1.52", { [`${MODE}4`]: "isolated", [`${MODE}6`]: "isolated" }],
])("on API %s every internal network is cut off from the host by %j", (api, options) => {
    expect(optionsOf(api, true).length).toBeGreaterThan(2);
    for (const found of optionsOf(api, true)) expect(found).toEqual(options);
    expect(optionsOf(api, false)).toEqual([{}]);
});

test("nothing else depends on the version", () => {
    const without = (api: string): string[] =>
        programs[api]!.resources.map(({ type, name, inputs }) => {
            const { options: _options, healthcheck, ...rest } = inputs;
            const check = { ...(healthcheck as object | undefined), startInterval: undefined };
            return JSON.stringify([type, name, rest, check]);
        });
    expect(without("1.52")).toEqual(without("1.41"));
});
