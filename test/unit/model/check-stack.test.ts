import { checkEngine, checkEnvironment, checkPosture, checkReleases } from "../../../model/check-stack";
import { resolvePlatform, resolveStack } from "../../../model/resolve";
import { configOf, problemsOf, resolve, shop, withLogins } from "./fixtures";

const PINNED = `ghcr.io/acme/api@sha256:${"0".repeat(64)}`;

test.each(["local", "staging", "review-7", "a".repeat(20)])("stack name %s", (name) => {
    expect(checkEnvironment(name)).toEqual([]);
});

test.each(["", "Local", "7up", "a--b", "a-", "a_b", "a".repeat(21)])("stack name %p is refused", (name) => {
    const problem = {
        key: "stack name",
        value: `"${name}"`,
        accepted: "1 to 20 lower-case letters, digits and single dashes, a letter first",
        next: "choose another one: pulumi stack init <name>",
    };
    expect(checkEnvironment(name)).toEqual([problem]);
    expect(
        problemsOf(() => resolvePlatform({ environment: name, config: configOf(), products: [shop] })),
    ).toContainEqual(problem);
});

describe("the engine", () => {
    const of = (host: string, certPath?: string) =>
        checkEngine({ engine: { host, certPath } }).map(({ value, accepted }) => [value, accepted]);

    test("is on this machine", () => {
        expect([of("unix:///var/run/docker.sock"), of("unix:///x")]).toEqual([[], []]);
    });

    test.each(["ssh://deploy@far", "tcp://far:2376"])("at %s has no way to what is inside Vault", (host) => {
        expect(of(host, "/certs")).toEqual([[`"${host}"`, expect.stringContaining("an engine on this machine")]]);
    });

    test("is never reached in clear text", () => {
        expect(of("tcp://far:2375")[0]?.[1]).toContain("over TLS");
    });

    test("is among the problems of a stack", () => {
        const config = configOf({ engine: { host: "tcp://far:2375" } });
        expect(problemsOf(() => resolve([shop], config)).map(({ key }) => key)).toContain("strata:engine.host");
    });
});

describe("releases", () => {
    const selected = [
        { owner: { product: "shop" }, product: shop, services: { db: shop.services.db, api: shop.services.api } },
    ];

    test("name applications that exist, selected or not", () => {
        const config = configOf({
            releases: { "shop/web": PINNED, "shop/ap": PINNED, "shop/db": PINNED, "shpo/api": PINNED },
        });
        const accepted = "an application or a job of a product with an image of its own, as <product>/<service>";
        expect(checkReleases(config, [shop], selected)).toEqual([
            { key: "strata:releases.shop/ap", accepted, next: 'did you mean "api"? correct the name or take it out' },
            { key: "strata:releases.shop/db", accepted, next: "correct the name or take it out" },
            { key: "strata:releases.shpo/api", accepted, next: 'did you mean "shop"? correct the name or take it out' },
        ]);
    });

    test("are there for every application that runs, when the stack refuses the reference application", () => {
        const missing = {
            key: "strata:releases.shop/api",
            accepted: "a reference pinned by digest: repository:tag@sha256:...",
            next: "promote a release of it, or set strata:unreleased to reference-app to run the reference application instead",
        };
        expect(checkReleases(configOf({ unreleased: "refuse" }), [shop], selected)).toEqual([missing]);
        const config = configOf({ unreleased: "refuse", releases: { "shop/api": PINNED } });
        expect(checkReleases(config, [shop], selected)).toEqual([]);
        expect(problemsOf(() => resolve([shop], config)).map(({ key }) => key)).toEqual([
            "strata:releases.shop/worker",
            "strata:releases.shop/web",
        ]);
    });
});

test("a product cannot be listed twice, or be one that nobody wrote", () => {
    const products = [{ name: "shop" }, { name: "shop" }, { name: "shopp" }];
    expect(problemsOf(() => resolve([shop], configOf({ products })))).toEqual([
        {
            key: "strata:products[1].name",
            value: '"shop"',
            accepted: "each product once",
            next: "merge the two entries",
        },
        {
            key: "strata:products[2].name",
            value: '"shopp"',
            accepted: "one of shop",
            next: 'did you mean "shop"? add the product to products/ or take it out of the list',
        },
    ]);
});

test("the base of another environment is refused", () => {
    expect(problemsOf(() => resolve([shop], configOf({ addressBase: "10.120" }))).map(({ next }) => next)).toEqual([
        'set it to "10.122"',
    ]);
});

describe("what is fit for a throw-away environment only", () => {
    const careless = configOf({ protectData: false });
    const keys = (environment: string, config = careless) => checkPosture(environment, config).map(({ key }) => key);

    test.each(["local", "test-it"])("is taken in %s", (name) => expect(keys(name)).toEqual([]));

    test.each(["staging", "production", "review-7", "test"])("is refused in %s, each with what to do", (name) => {
        expect(checkPosture(name, careless)).toEqual([
            {
                key: "strata:vault.seal",
                value: '{"kind":"local"}',
                accepted: `{ kind: operators, pgpKeys, threshold } in ${name}: a local key lies beside the data that it opens`,
                next: 'see "Opening Vault as operators" in docs/vault.md, or add local-seal to strata:acceptedRisks',
            },
            {
                key: "strata:unreleased",
                value: '"reference-app"',
                accepted: `refuse in ${name}: a stand-in would run in place of an application without a release`,
                next: "promote a release of each application, or add reference-app to strata:acceptedRisks",
            },
            {
                key: "strata:protectData",
                value: "false",
                accepted: `true in ${name}: without it an update can delete data`,
                next: "take the key out of the stack file",
            },
        ]);
    });

    test("each risk is accepted by its own name; unprotected data is not", () => {
        const accepting = (...acceptedRisks: ("local-seal" | "reference-app")[]) =>
            keys("staging", { ...careless, acceptedRisks });
        expect(accepting("local-seal")).toEqual(["strata:unreleased", "strata:protectData"]);
        expect(accepting("reference-app")).toEqual(["strata:vault.seal", "strata:protectData"]);
        expect(accepting("local-seal", "reference-app")).toEqual(["strata:protectData"]);
    });

    const seal = { kind: "operators", pgpKeys: ["mQ"], threshold: 1 } as const;
    const careful = configOf({ unreleased: "refuse", vault: { ...configOf().vault, seal } });

    test("the real thing needs no acceptance", () => expect(checkPosture("production", careful)).toEqual([]));

    test("a risk that the stack no longer takes is taken out of the list", () => {
        const kept = { ...careful, acceptedRisks: ["local-seal", "reference-app"] as const };
        expect(checkPosture("production", kept)).toMatchObject([
            { key: "strata:acceptedRisks", value: '"local-seal"', next: "take local-seal out of the list" },
            { key: "strata:acceptedRisks", value: '"reference-app"' },
        ]);
        expect(keys("production", { ...kept, unreleased: "reference-app" })).toEqual(["strata:acceptedRisks"]);
        expect(keys("local", kept)).toEqual([]);
    });

    test("is reported together with every other problem", () => {
        const problems = problemsOf(() =>
            resolveStack({
                environment: "staging",
                config: { ...careless, addressBase: "10.122" },
                products: [withLogins(shop)],
            }),
        );
        expect(problems.map(({ key }) => key)).toEqual([
            "strata:vault.seal",
            "strata:unreleased",
            "strata:protectData",
            "strata:addressBase",
        ]);
        expect(resolveStack({ environment: "local", config: careless, products: [withLogins(shop)] }).environment).toBe(
            "local",
        );
    });
});
