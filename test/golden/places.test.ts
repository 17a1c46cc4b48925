/**
 * One place on a server is one resource, and stays that resource when the declaration calls it something else. Cannot show what
 * providers do at a place.
 */

import { isPlaced, placeOfResource } from "../../model/places";
import type { Product } from "../../model/product";
import type { SecretDeclaration } from "../../model/secrets/secret";
import { CONTAINER, COMMAND } from "../../model/resource-types";
import { collectProduct } from "../support/product-program";
import { collectProgram, type Program, reveal, type StackName } from "../support/program";

const IDENTITY = { keycloak: { protect: [], consoles: [] } };
const PROGRAMS: readonly (readonly [StackName, string, object])[] = [
    ["local", "Vault alone", {}],
    ["production", "Keycloak and Vault", IDENTITY],
];

const own = (program: Program) => program.resources.filter(({ type }) => !/^(strata|pulumi):/.test(type));
const placeOf = ({ type, inputs }: Program["resources"][number]): string | undefined =>
    placeOfResource(type, reveal(inputs) as Record<string, unknown>);

describe.each(PROGRAMS)("%s with %s", (stack, _layers, identity) => {
    let program: Program;
    beforeAll(async () => {
        program = await collectProgram(stack, { config: { "strata:identity": identity } });
    });

    test("has only types of resources that have a place, or are known to have none", () => {
        expect([...new Set(own(program).map(({ type }) => type))].filter((type) => !isPlaced(type))).toEqual([]);
    });

    test("has one resource at a place", () => {
        const places = own(program).flatMap((resource) => placeOf(resource) ?? []);
        expect(places.length).toBeGreaterThan(10);
        expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
    });
});

const ROWS = {
    generated: { engine: "kv", path: "config/jwt", rotation: "manual", source: "generated", readers: ["api"] },
    other: { engine: "kv", path: "config/other", rotation: "manual", source: "generated", readers: ["api"] },
    client: { engine: "kv", path: "config/client", rotation: "manual", source: "client", readers: ["api"] },
    cache: { engine: "kv", path: "cache", rotation: "manual", source: "redis", readers: ["api"], perReader: true },
    login: { engine: "database", path: "shop", rotation: "lease", readers: ["api"] },
    key: { engine: "transit", path: "shop-key", rotation: "versioned", readers: ["api"] },
    certificate: { engine: "pki", path: "shop", rotation: "lease", readers: ["api"] },
} as const satisfies Readonly<Record<string, Omit<SecretDeclaration, "name">>>;
const PLACED = {
    generated: "shop/kv/config/jwt",
    other: "shop/kv/config/other",
    client: "shop/kv/config/client",
    cache: "shop/kv/cache/api",
    login: "shop/database/roles/shop",
    key: "shop/transit/keys/shop-key",
    certificate: "shop/pki/roles/shop",
} as const satisfies Readonly<Record<keyof typeof ROWS, string>>;
const KINDS = Object.keys(ROWS) as (keyof typeof ROWS)[];

/** @param names - of rows, by kind */
function shop(names: Readonly<Partial<Record<keyof typeof ROWS, string>>>): Promise<Program> {
    const product: Product = {
        name: "shop",
        description: "A row of each kind",
        zones: { app: { subnet: 41 }, data: { subnet: 42, peers: true } },
        services: {
            db: { kind: "postgres", zones: ["data"], databases: { shop: { clients: ["api"] } } },
            redis: { kind: "redis", zones: ["data"], clients: ["api"] },
            api: { kind: "application", image: "ghcr.io/acme/x", port: 8000, zones: ["app", "data"] },
        },
        secrets: KINDS.map((kind) => ({ ...ROWS[kind], name: names[kind] ?? kind })),
        identity: { label: "Shop", roles: { user: { description: "Uses it" } }, groups: { Users: ["user"] } },
    };
    return collectProduct(product, IDENTITY);
}

/** What the engine compares: all resources by URN, without what a row's name is in by right (the agent's files, the plan). */
function known(program: Program): Record<string, unknown> {
    return Object.fromEntries(
        own(program)
            .filter(({ type }) => ![CONTAINER, COMMAND].includes(type))
            .map(({ urn, inputs, options: { aliases: _, ...options } }) => [urn, { inputs, options }]),
    );
}

describe("rows of the secrets matrix", () => {
    let before: Program;
    beforeAll(async () => {
        before = await shop({});
    });

    test.each(KINDS)("a renamed row stays the resource that it was: %s", async (kind) => {
        expect(known(await shop({ [kind]: "renamed" }))).toEqual(known(before));
    });

    test("two rows that take each other's name, which is to swap their paths, stay where they are", async () => {
        const after = await shop({ generated: "other", other: "generated" });
        expect(known(after)).toEqual(known(before));
    });

    test.each(KINDS)(
        "a row is a resource called as its place, which earlier releases called as the row: %s",
        (kind) => {
            const resources = own(before).filter(({ name }) => name === PLACED[kind]);
            const generated = ["generated", "other"].includes(kind);
            expect(resources.map(({ type }) => type).filter((type) => type.startsWith("vault:"))).toHaveLength(1);
            expect(resources).toHaveLength(generated ? 2 : 1);
            for (const { type, options } of resources) {
                const row = kind.replace(/^cache$/, "cache-api");
                expect(options.aliases.map((urn) => urn.split("::").at(-1))).toEqual([
                    `vault-shop-${row}${type.startsWith("random:") ? "-value" : ""}`,
                ]);
            }
        },
    );
});
