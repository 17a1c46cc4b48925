/** What is still looked at in a configuration that is not right as a whole. */

import { type ConfigurationError, parseConfig, type StackConfig } from "../../config/load";
import { asFarAsReadable, Unreadable } from "../../model/unreadable";

const minimal = {
    "strata:domain": "example.com",
    "strata:addressBase": "172.22",
    "strata:products": [{ name: "psra" }],
    "strata:vault": { seal: { kind: "operators", pgpKeys: ["mine"], threshold: 1 } },
};

/** The configuration as the checks of its meaning get it. */
function readable(raw: Readonly<Record<string, unknown>>, secretKeys: readonly string[] = []): StackConfig {
    let given: StackConfig | undefined;
    const meaning = (config: StackConfig): [] => {
        given = config;
        return [];
    };
    expect(() => parseConfig({ ...minimal, ...raw }, [...secretKeys], { meaning })).toThrow(
        "the stack's configuration",
    );
    return given!;
}

test("settings that are right have their values and defaults", () => {
    const config = readable({ "strata:edge": { http: { port: "x" }, requestTimeout: 5 } });
    expect([config.domain, config.protectData, config.edge.requestTimeout, config.edge.http.address]).toEqual([
        "example.com",
        true,
        5,
        "0.0.0.0",
    ]);
    expect(config.vault.seal.kind).toBe("operators");
    expect(config.images.redis).toMatch(/^redis/);
    expect(config.engine.host).toBe("unix:///var/run/docker.sock");
});

test.each<[string, Readonly<Record<string, unknown>>, (config: StackConfig) => unknown]>([
    ["a wrong value", { "strata:protectData": "yes" }, ({ protectData }) => protectData],
    ["one that is missing", { "strata:domain": undefined }, ({ domain }) => domain],
    ["a list with a wrong element", {}, ({ vault: { seal } }) => "pgpKeys" in seal && seal.pgpKeys],
    ["a part of a setting", { "strata:edge": { http: { port: "x" } } }, ({ edge }) => edge.http.port],
    ["what a misspelt key was meant for", { "strata:protectDatas": false }, ({ protectData }) => protectData],
    ["the same inside a setting", { "strata:edge": { requestTimeouts: 5 } }, ({ edge }) => edge.requestTimeout],
    ["what is made of a wrong setting", { "strata:engine": [] }, ({ engine }) => engine],
])("%s stops whoever asks for it", (_, raw, ask) => {
    const config = readable(raw);
    expect(() => ask(config)).toThrow(Unreadable);
    expect(asFarAsReadable(() => [{ key: String(ask(config)), accepted: "", next: "" }])).toEqual([]);
});

test("a secret is not read: what it means would be said with its value", () => {
    const config = readable({ "strata:addressBase": "10.120" }, ["strata:addressBase"]);
    expect(() => config.addressBase).toThrow(Unreadable);
    expect(config.domain).toBe("example.com");
});

test("what the checks of the meaning find comes after what cannot be read", () => {
    const meaning = () => [{ key: "meaning", accepted: "", next: "" }];
    try {
        parseConfig({ ...minimal, "strata:protectData": "yes" }, [], { meaning });
        throw new Error("it was accepted");
    } catch (error) {
        expect((error as ConfigurationError).problems.map(({ key }) => key)).toEqual([
            "strata:vault.seal.pgpKeys[0]",
            "strata:protectData",
            "meaning",
        ]);
    }
});

test("another error of a check is not taken for a setting that cannot be read", () => {
    const broken = (): never => {
        throw new TypeError("broken");
    };
    expect(() => asFarAsReadable(broken)).toThrow("broken");
});
