import { readFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

import { CONFIG_KEYS } from "../../config/schema";
import { ConfigurationError, loadConfig, parseConfig, type StackConfig, suppliedImages } from "../../config/load";
import lock from "../../config/images.lock.json";
import { ENVIRONMENT_BASES } from "../../model/address-plan";
import type { Problem } from "../../model/problems";
import { resolvePlatform } from "../../model/resolve";
import { products } from "../../products";
import pgpKeys from "./model/pgp-keys.json";

const ROOT = path.join(__dirname, "../..");
const STACKS = ["local", "staging", "production"] as const;

function read(file: string): Record<string, Record<string, unknown>> {
    return parse(readFileSync(path.join(ROOT, file), "utf8")) as Record<string, Record<string, unknown>>;
}

function stackConfig(stack: string): Record<string, unknown> {
    return read(`Pulumi.${stack}.yaml`)["config"] ?? {};
}

const minimal = {
    "strata:domain": "example.com",
    "strata:addressBase": "172.22",
    "strata:products": '[{"name":"psra"}]',
    "strata:vault": '{"seal":{"kind":"local"}}',
};

function problems(raw: Record<string, unknown>, secretKeys: string[] = []): readonly Problem[] {
    try {
        parseConfig({ ...minimal, ...raw }, secretKeys);
    } catch (error) {
        return (error as ConfigurationError).problems;
    }
    throw new Error("expected problems");
}

const CORRECT = "correct it in the stack file";
const PGP_KEY = pgpKeys["ed25519 with a subkey that encrypts"];
/** Of a setting that `gpg --quick-gen-key <id> rsa2048 default` makes by an easy mistake. */
const SIGNING_KEY = pgpKeys["rsa without a subkey"];

/** How a text that is no plain word is told: its number in the list says which key it is. */
function told(key: string): string {
    return key.length > 40 ? `a text of ${key.length} characters` : key === "" ? '""' : "a text";
}

describe("parseConfig", () => {
    test("fills in the identity layer's defaults, and says what it accepts", () => {
        expect(parseConfig({ ...minimal, "strata:identity": { keycloak: {} } }).identity).toEqual({
            keycloak: { realm: "sevensa", host: "auth", protect: [], consoles: [] },
        });
        expect(() => parseConfig({ ...minimal, "strata:identity": { keycloack: {} } })).toThrow(ConfigurationError);
        expect(() => parseConfig({ ...minimal, "strata:identity": { keycloak: { protect: ["psra"] } } })).toThrow(
            ConfigurationError,
        );
    });

    test("fills in every default", () => {
        expect(parseConfig(minimal)).toEqual({
            domain: "example.com",
            addressBase: "172.22",
            products: [{ name: "psra" }],
            images: {
                postgres: lock.postgres.reference,
                redis: lock.redis.reference,
                mariadb: lock.mariadb.reference,
                vault: lock.vault.reference,
                openbao: lock.openbao.reference,
                traefik: lock.traefik.reference,
                "reference-app": lock["reference-app"].reference,
                keycloak: lock.keycloak.reference,
                "oauth2-proxy": lock["oauth2-proxy"].reference,
                temporal: lock.temporal.reference,
                "temporal-admin-tools": lock["temporal-admin-tools"].reference,
                "temporal-ui": lock["temporal-ui"].reference,
                squid: lock.squid.reference,
                versitygw: lock.versitygw.reference,
            },
            edge: {
                http: { address: "0.0.0.0", port: 80 },
                https: { address: "0.0.0.0", port: 443 },
                trustedProxies: [],
                requestTimeout: 600,
            },
            egress: { hosts: {} },
            management: { port: 9400 },
            engine: { host: "unix:///var/run/docker.sock" },
            vault: { server: "vault", seal: { kind: "local" }, credentialTtl: 3600, renderInterval: 300 },
            protectData: true,
            releases: {},
            unreleased: "refuse",
            standIn: "auto",
            acceptedRisks: [],
            healthCheckInterval: 30,
            identity: {},
            orchestration: {},
        } satisfies StackConfig);
    });

    test("takes supplied images where the stack names none, and refuses what nobody supplies", () => {
        const redis = `127.0.0.1:5000/strata/redis:8@sha256:${"a".repeat(64)}`;
        const images = suppliedImages({
            STRATA_IMAGES: JSON.stringify({ redis, probe: "strata.invalid/probe:0123456789ab" }),
        });
        expect(parseConfig(minimal, [], { images }).images).toMatchObject({ redis, vault: lock.vault.reference });
        expect(Object.keys(parseConfig(minimal, [], { images }).images)).not.toContain("probe");
        expect(suppliedImages({})).toEqual({});
        for (const value of ["garbage", "", "null", "[]", '{"redis":"redis:8"}', '{"redis":1}']) {
            expect(() => suppliedImages({ STRATA_IMAGES: value })).toThrow(ConfigurationError);
        }
    });

    test("takes the engine from the stack file, else from what the command line found, else from its caller", () => {
        const engine = (written: object, found: object, caller?: { host: string; certPath?: string }) =>
            parseConfig(
                { ...minimal, "strata:engine": written, "strata:engineFound": found },
                [],
                caller && { engine: caller },
            ).engine;
        const found = { host: "unix:///found", api: "1.48" };
        expect(engine({ host: "unix:///written" }, found, { host: "unix:///caller" })).toEqual({
            host: "unix:///written",
            api: "1.48",
        });
        expect(engine({ api: "1.41" }, found)).toEqual({ host: "unix:///found", api: "1.41" });
        const caller = { host: "tcp://caller:2376", certPath: "/certs" };
        expect(engine({}, {}, caller)).toEqual(caller);
        expect(engine({}, {})).toEqual({ host: "unix:///var/run/docker.sock" });
    });

    test("reads values as texts, as the engine gives them, and as objects, as a file does", () => {
        const edge = { http: { port: 8080 }, acme: { email: "ops@example.com" } };
        const texts = parseConfig({
            ...minimal,
            "strata:edge": JSON.stringify(edge),
            "strata:protectData": "false",
            "strata:healthCheckInterval": "5",
        });
        const objects = parseConfig({
            ...minimal,
            "strata:edge": edge,
            "strata:protectData": false,
            "strata:healthCheckInterval": 5,
        });
        expect(texts).toEqual(objects);
        expect(texts.edge).toEqual({
            http: { address: "0.0.0.0", port: 8080 },
            https: { address: "0.0.0.0", port: 443 },
            acme: { email: "ops@example.com", directory: "https://acme-v02.api.letsencrypt.org/directory" },
            trustedProxies: [],
            requestTimeout: 600,
        });
    });

    test("takes images one by one, by digest or by id", () => {
        const id = `sha256:${"b".repeat(64)}`;
        const { images } = parseConfig({ ...minimal, "strata:images": { redis: id } });
        expect(images).toEqual({ ...parseConfig(minimal).images, redis: id });
    });

    test("does not look at other namespaces", () => {
        expect(() =>
            parseConfig({ ...minimal, "pulumi:disable-default-providers": '["*"]', "docker:host": "x" }),
        ).not.toThrow();
    });

    test("reports everything that is missing at once", () => {
        let report = "";
        try {
            parseConfig({});
        } catch (error) {
            report = (error as Error).message;
        }
        expect(report).toBe(
            [
                "4 problems in the stack's configuration:",
                "  1. strata:domain",
                "     accepted: a domain name in lower case with at least one dot, for example example.com",
                "     next: add it in the stack file",
                "  2. strata:addressBase",
                '     accepted: two octets in quotes, for example "10.120"',
                "     next: add it in the stack file",
                "  3. strata:products",
                "     accepted: a list of { name, services?, replicas? }",
                "     next: add it in the stack file",
                "  4. strata:vault",
                "     accepted: { server?, seal, credentialTtl?, renderInterval? }",
                "     next: add it in the stack file",
            ].join("\n"),
        );
    });

    test("suggests the key that was meant and never quotes the value of an unknown one", () => {
        expect(problems({ "strata:domian": "s3cret", "strata:foo": "s3cret", "strata:edge": { htpp: {} } })).toEqual([
            {
                key: "strata:domian",
                accepted: `one of ${CONFIG_KEYS.join(", ")}`,
                next: "did you mean strata:domain? Rename it or take it out",
            },
            { key: "strata:foo", accepted: `one of ${CONFIG_KEYS.join(", ")}`, next: "take it out of the stack file" },
            {
                key: "strata:edge.htpp",
                accepted: "one of http, https, acme, trustedProxies, requestTimeout",
                next: "did you mean strata:edge.http? Rename it or take it out",
            },
        ]);
    });

    test("knows the keys of objects inside lists and inside objects with defaults", () => {
        expect(
            problems({
                "strata:products": [{ name: "psra", service: ["api"] }],
                "strata:edge": { http: { prot: 1 } },
            }).map(({ key, next }) => [key, next]),
        ).toEqual([
            ["strata:products[0].service", "did you mean strata:products[0].services? Rename it or take it out"],
            ["strata:edge.http.prot", "did you mean strata:edge.http.port? Rename it or take it out"],
        ]);
    });

    test("never quotes a secret", () => {
        const [problem] = problems({ "strata:domain": "hunter2" }, ["strata:domain"]);
        expect(JSON.stringify(problem)).not.toContain("hunter2");
        expect(problem).toEqual({
            key: "strata:domain",
            accepted: "a domain name in lower case with at least one dot, for example example.com",
            next: CORRECT,
        });
    });

    test.each([
        ["strata:domain", { "strata:domain": "hunter2 hunter2" }],
        ["strata:protectData", { "strata:protectData": { password: "hunter2" } }],
        [
            "strata:edge.acme.directory",
            { "strata:edge": { acme: { email: "a@example.com", directory: "http://u:hunter2@ca" } } },
        ],
        ["strata:unreleased", { "strata:unreleased": ["hunter2"] }],
    ])("%s that could hold a password is not quoted", (key, raw) => {
        const found = problems(raw);
        expect(found).toMatchObject([{ key, value: expect.stringMatching(/^a (text|map|list)$/) as string }]);
        expect(JSON.stringify(found)).not.toContain("hunter2");
    });

    const DIGEST = `sha256:${"a".repeat(64)}`;
    const seal = (value: unknown) => ({ "strata:vault": { seal: value } });
    test.each<[string, Record<string, unknown>, Problem[]]>([
        [
            "domain",
            { "strata:domain": "Example.com" },
            [
                {
                    key: "strata:domain",
                    value: '"Example.com"',
                    accepted: "a domain name in lower case with at least one dot, for example example.com",
                    next: CORRECT,
                },
            ],
        ],
        [
            "an unquoted base",
            { "strata:addressBase": 172.2 },
            [
                {
                    key: "strata:addressBase",
                    value: "172.2",
                    accepted: 'two octets in quotes, for example "10.120"',
                    next: CORRECT,
                },
            ],
        ],
        [
            "no product",
            { "strata:products": [] },
            [{ key: "strata:products", value: "an empty list", accepted: "at least one product", next: CORRECT }],
        ],
        [
            "product and service names",
            { "strata:products": [{ name: "PSRA", services: [] }] },
            [
                {
                    key: "strata:products[0].name",
                    value: '"PSRA"',
                    accepted: "a name of lower-case letters, digits and single dashes",
                    next: CORRECT,
                },
                {
                    key: "strata:products[0].services",
                    value: "an empty list",
                    accepted: "at least one service, or no `services` at all",
                    next: CORRECT,
                },
            ],
        ],
        [
            "an image by tag",
            { "strata:images": { redis: "redis:8" } },
            [
                {
                    key: "strata:images.redis",
                    value: "a text",
                    accepted: "a reference pinned by digest (repository:tag@sha256:...) or an image id (sha256:...)",
                    next: CORRECT,
                },
            ],
        ],
        [
            "ports and addresses",
            {
                "strata:edge": { http: { port: 0 }, https: { address: "localhost" } },
                "strata:management": { port: 65501 },
            },
            [
                {
                    key: "strata:edge.http.port",
                    value: "0",
                    accepted: "a TCP port from 1 to 65535",
                    next: CORRECT,
                },
                {
                    key: "strata:edge.https.address",
                    value: '"localhost"',
                    accepted: "an IPv4 address of the host, for example 0.0.0.0",
                    next: CORRECT,
                },
                {
                    key: "strata:management.port",
                    value: "65501",
                    accepted: "a TCP port from 1 to 65500",
                    next: CORRECT,
                },
            ],
        ],
        [
            "a time for requests that is none",
            { "strata:edge": { requestTimeout: 0 } },
            [
                {
                    key: "strata:edge.requestTimeout",
                    value: "0",
                    accepted: "seconds from 1 to 86400",
                    next: CORRECT,
                },
            ],
        ],
        [
            "acme and trusted proxies",
            { "strata:edge": { acme: { email: "nobody", directory: "http://ca" }, trustedProxies: ["203.0.113.0"] } },
            [
                {
                    key: "strata:edge.acme.email",
                    value: '"nobody"',
                    accepted: "the e-mail address of the account at the authority",
                    next: CORRECT,
                },
                {
                    key: "strata:edge.acme.directory",
                    value: "a text",
                    accepted: "the https URL of an ACME directory",
                    next: CORRECT,
                },
                {
                    key: "strata:edge.trustedProxies[0]",
                    value: '"203.0.113.0"',
                    accepted: "an address range of proxies, for example 203.0.113.0/24 or 2001:db8::/32",
                    next: CORRECT,
                },
            ],
        ],
        [
            "engine",
            { "strata:engine": { host: "http://1.2.3.4:2375", api: 1.41 } },
            [
                {
                    key: "strata:engine.host",
                    value: "a text",
                    accepted: "unix:///path, ssh://user@host, or tcp://host:port with TLS",
                    next: CORRECT,
                },
                {
                    key: "strata:engine.api",
                    value: "1.41",
                    accepted: 'an API version of the engine in quotes, for example "1.48"',
                    next: CORRECT,
                },
            ],
        ],
        [
            "a fixed address that is a name, and a host that is an address",
            { "strata:egress": { hosts: { "api.openai.com": "example.com", "203.0.113.7": "203.0.113.7" } } },
            [
                {
                    key: "strata:egress.hosts.api.openai.com",
                    value: '"example.com"',
                    accepted: "an IPv4 address, for example 203.0.113.7",
                    next: CORRECT,
                },
                {
                    key: "strata:egress.hosts.203.0.113.7",
                    accepted: "a whole host name in lower case, for example api.openai.com: no address, no wildcard",
                    next: "correct the key in the stack file",
                },
            ],
        ],
        [
            "an unknown seal",
            seal({ kind: "none" }),
            [
                {
                    key: "strata:vault.seal.kind",
                    value: '"none"',
                    accepted: '{ kind: "local" } or { kind: "operators", pgpKeys, threshold }',
                    next: CORRECT,
                },
            ],
        ],
        [
            "an operator's key that stands there twice",
            seal({ kind: "operators", pgpKeys: [PGP_KEY, PGP_KEY], threshold: 2 }),
            [
                {
                    key: "strata:vault.seal.pgpKeys",
                    value: expect.any(String) as string,
                    accepted: "a key of each operator, none twice",
                    next: CORRECT,
                },
            ],
        ],
        [
            "a threshold that nobody can reach",
            seal({ kind: "operators", pgpKeys: [PGP_KEY], threshold: 2 }),
            [
                {
                    key: "strata:vault.seal.threshold",
                    value: "2",
                    accepted: "at most as many as there are pgpKeys",
                    next: CORRECT,
                },
            ],
        ],
        ...["keybase:ada", PGP_KEY.replace("m", "l"), ""].map((key): [string, Record<string, unknown>, Problem[]] => [
            `${key.slice(0, 12)} for an operator's key`,
            seal({ kind: "operators", pgpKeys: [key], threshold: 1 }),
            [
                {
                    key: "strata:vault.seal.pgpKeys[0]",
                    value: told(key),
                    accepted: "a PGP public key: gpg --export <id> | base64 --wrap=0",
                    next: CORRECT,
                },
            ],
        ]),
        [
            "an operator's key that only signs",
            seal({ kind: "operators", pgpKeys: [PGP_KEY, SIGNING_KEY], threshold: 1 }),
            [
                {
                    key: "strata:vault.seal.pgpKeys[1]",
                    value: told(SIGNING_KEY),
                    accepted: expect.stringMatching(/^a PGP key that encrypts, or one with a subkey/) as string,
                    next: CORRECT,
                },
            ],
        ],
        [
            "operators without keys",
            seal({ kind: "operators", pgpKeys: [], threshold: 0 }),
            [
                {
                    key: "strata:vault.seal.pgpKeys",
                    value: "an empty list",
                    accepted: "the PGP public key of at least one operator",
                    next: CORRECT,
                },
                {
                    key: "strata:vault.seal.threshold",
                    value: "0",
                    accepted: "how many operators open Vault together, at least 1",
                    next: CORRECT,
                },
            ],
        ],
        [
            "releases",
            { "strata:releases": { psra: `ghcr.io/a/b@${DIGEST}`, "psra/api": DIGEST } },
            [
                {
                    key: "strata:releases.psra",
                    accepted: "<product>/<service>",
                    next: "correct the key in the stack file",
                },
                {
                    key: "strata:releases.psra/api",
                    value: `a text of ${DIGEST.length} characters`,
                    accepted: "a reference pinned by digest: repository:tag@sha256:...",
                    next: CORRECT,
                },
            ],
        ],
        [
            // A map of zod would leave the key out, and the stack would run without what the key was to say.
            "__proto__, which JSON makes a key like any other",
            {
                "strata:products": '[{"name":"psra","replicas":{"__proto__":3}}]',
                "strata:releases": '{"__proto__":"x"}',
                "strata:edge": '{"__proto__":{"port":1}}',
            },
            [
                expect.objectContaining({ key: "strata:edge.__proto__", next: "take it out of the stack file" }),
                ...["strata:products[0].replicas.__proto__", "strata:releases.__proto__"].map((key) => ({
                    key,
                    accepted: "any other name: JavaScript keeps __proto__ for itself",
                    next: "take it out in the stack file",
                })),
            ],
        ],
        [
            "switches and numbers",
            { "strata:protectData": "yes", "strata:unreleased": "run", "strata:healthCheckInterval": "1.5" },
            [
                {
                    key: "strata:protectData",
                    value: '"yes"',
                    accepted: "true or false",
                    next: CORRECT,
                },
                {
                    key: "strata:unreleased",
                    value: '"run"',
                    accepted: "refuse or reference-app",
                    next: CORRECT,
                },
                {
                    key: "strata:healthCheckInterval",
                    value: "1.5",
                    accepted: "seconds from 1 to 3600",
                    next: CORRECT,
                },
            ],
        ],
        [
            "a life of database logins that is too short, and a look at values that is too rare",
            { "strata:vault": { seal: { kind: "local" }, credentialTtl: 59, renderInterval: 3601 } },
            [
                {
                    key: "strata:vault.credentialTtl",
                    value: "59",
                    accepted: "seconds from 60 to 86400",
                    next: CORRECT,
                },
                {
                    key: "strata:vault.renderInterval",
                    value: "3601",
                    accepted: "seconds from 5 to 3600",
                    next: CORRECT,
                },
            ],
        ],
        [
            "keys of an earlier release, of which one line says where they went",
            { "strata:identity": { vault: {} }, "strata:platformDatabases": ["temporal"] },
            [
                {
                    key: "strata:platformDatabases",
                    accepted: `one of ${CONFIG_KEYS.join(", ")}`,
                    next: "take it out: the platform's own Postgres comes with the layer that asks for a database",
                },
                {
                    key: "strata:identity.vault",
                    accepted: "one of keycloak",
                    next: "take it out: Vault is always configured, and credentialTtl and renderInterval are settings of strata:vault",
                },
            ],
        ],
        [
            "a console that does not exist",
            { "strata:identity": { keycloak: { consoles: ["vaultt"] } } },
            [
                {
                    key: "strata:identity.keycloak.consoles[0]",
                    value: '"vaultt"',
                    accepted: "one of vault",
                    next: `did you mean "vault"? ${CORRECT}`,
                },
            ],
        ],
        [
            "text that is not JSON",
            { "strata:edge": "{" },
            [
                {
                    key: "strata:edge",
                    value: "a text",
                    accepted: "{ http, https, acme?, trustedProxies?, requestTimeout? }",
                    next: CORRECT,
                },
            ],
        ],
    ])("%s", (_, raw, expected) => {
        expect(problems(raw)).toEqual(expected);
    });
});

describe("what is accepted is said in strata's own words", () => {
    /** Every setting with a value, so that each can be replaced by values of other kinds. */
    const whole = {
        domain: "example.com",
        addressBase: "172.22",
        products: [{ name: "psra", services: ["api"] }],
        images: { redis: `redis:8@sha256:${"a".repeat(64)}` },
        edge: {
            http: { address: "127.0.0.1", port: 80 },
            https: { address: "127.0.0.1", port: 443 },
            acme: { email: "a@example.com", directory: "https://acme.example.com/directory" },
            trustedProxies: ["203.0.113.0/24"],
            requestTimeout: 600,
        },
        egress: { hosts: { "api.openai.com": "203.0.113.7" } },
        management: { port: 9400 },
        engine: { host: "unix:///run/docker.sock", certPath: "/certs", api: "1.41" },
        engineFound: { host: "unix:///run/docker.sock", certPath: "/certs", api: "1.41" },
        vault: {
            server: "vault",
            seal: { kind: "operators", pgpKeys: [PGP_KEY], threshold: 1 },
            credentialTtl: 3600,
            renderInterval: 300,
        },
        protectData: true,
        releases: { "psra/api": `ghcr.io/a/b:1@sha256:${"a".repeat(64)}` },
        mirror: {},
        unreleased: "refuse",
        standIn: "auto",
        acceptedRisks: ["local-seal"],
        healthCheckInterval: 30,
        identity: {
            keycloak: { realm: "sevensa", host: "auth", protect: ["psra/web"], consoles: ["vault"] },
        },
        orchestration: { temporal: { shards: 512 } },
    };
    const WRONG = [42, -1, 1.5, "?", "", true, null, [], [42], {}, { unknown: 1 }];

    /** The configuration with each of its parts replaced in turn. */
    function* replaced(of: unknown): Generator<unknown> {
        yield* WRONG;
        if (typeof of !== "object" || of === null) return;
        for (const [key, part] of Object.entries(of)) {
            for (const other of replaced(part)) {
                yield Array.isArray(of)
                    ? of.map((it: unknown, index) => (String(index) === key ? other : it))
                    : { ...of, [key]: other };
            }
        }
    }

    test("names every setting", () => {
        expect(Object.keys(whole).sort()).toEqual([...CONFIG_KEYS].sort());
        const texts = Object.entries(whole).map(([key, value]) => [`strata:${key}`, value]);
        expect(() => parseConfig(Object.fromEntries(texts) as Record<string, unknown>)).not.toThrow();
    });

    test.each(Object.entries(whole))("of a wrong %s", (key, value) => {
        const found = [...replaced(value)].flatMap((wrong) => {
            try {
                parseConfig({ ...minimal, [`strata:${key}`]: wrong });
                return [];
            } catch (error) {
                return (error as ConfigurationError).problems.map(({ accepted }) => accepted);
            }
        });
        expect(found.filter((accepted) => /Invalid|expected|Too (small|big)|Unrecognized/.test(accepted))).toEqual([]);
    });
});

describe("loadConfig", () => {
    afterEach(() => {
        pulumi.runtime.setAllConfig({});
    });

    test("reads what the engine passes, mistyped keys included, and keeps secrets out of the report", () => {
        pulumi.runtime.setAllConfig({ ...minimal, "strata:domain": "hunter2", "strata:egde": "{}" }, ["strata:domain"]);
        expect(loadConfig).toThrow(ConfigurationError);
        try {
            loadConfig();
        } catch (error) {
            const { message, problems: found } = error as ConfigurationError;
            expect(found.map(({ key }) => key)).toEqual(["strata:egde", "strata:domain"]);
            expect(message).not.toContain("hunter2");
            expect(inspect(error)).not.toContain("problems: [");
        }
    });

    test("equals what the stack's file says", () => {
        const texts = Object.entries(stackConfig("local")).map(([key, value]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
        ]);
        pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
        // Somebody's engine is no part of the file.
        delete process.env["DOCKER_HOST"];
        expect(loadConfig()).toEqual(parseConfig(stackConfig("local")));
    });
});

describe("committed files", () => {
    const declared = read("Pulumi.yaml")["config"] as Record<
        string,
        { type: string; description?: string; default?: unknown }
    >;

    test("Pulumi.yaml declares exactly the keys of the schema, each with a description", () => {
        expect(Object.keys(declared).sort()).toEqual([...CONFIG_KEYS].sort());
        expect(Object.entries(declared).filter(([, { description }]) => (description ?? "").length < 10)).toEqual([]);
    });

    test("Pulumi.yaml's defaults are the schema's", () => {
        const defaults = Object.entries(declared).flatMap(([key, entry]) =>
            "default" in entry ? [[`strata:${key}`, entry.default] as const] : [],
        );
        expect(parseConfig({ ...minimal, ...Object.fromEntries(defaults) })).toEqual(parseConfig(minimal));
        const required = Object.keys(declared).filter((key) => !("default" in declared[key]!));
        expect(required.sort()).toEqual(
            Object.keys(minimal)
                .map((key) => key.replace("strata:", ""))
                .sort(),
        );
    });

    test.each(STACKS)("the stack %s resolves", (environment) => {
        const config = parseConfig(stackConfig(environment));
        const platform = resolvePlatform({ environment, config, products });
        expect(platform.environment).toBe(environment);
        expect(config.addressBase).toBe(ENVIRONMENT_BASES[environment]);
    });

    test.each(STACKS)("the stack %s has no default providers", (stack) => {
        expect(stackConfig(stack)["pulumi:disable-default-providers"]).toEqual(["*"]);
    });

    test("stacks that can share a host have nothing on it in common", () => {
        const configs = STACKS.map((stack) => parseConfig(stackConfig(stack)));
        expect(new Set(configs.map(({ addressBase }) => addressBase)).size).toBe(STACKS.length);
        const ports = configs.map(({ management }) => management.port).sort((a, b) => a - b);
        expect(ports.slice(1).every((port, index) => port - (ports[index] ?? 0) >= 10)).toBe(true);
        expect(new Set(configs.map(({ domain }) => domain)).size).toBe(STACKS.length);
    });

    test("every image is pinned by tag and digest, and says where the digest was seen", () => {
        for (const { reference, source } of Object.values(lock)) {
            expect(reference).toMatch(/^[a-z0-9./-]+:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}$/);
            expect(source).toMatch(/^https:\/\/github\.com\//);
        }
    });
});
