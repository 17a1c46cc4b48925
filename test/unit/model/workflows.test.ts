/** Temporal in the model: who meets it, with which token, and what an author may declare. */

import { policyFor } from "../../../model/secrets/access";
import { placeOf } from "../../../model/secrets/secret";
import { deliveriesOf } from "../../../model/secrets/delivery";
import type { Product } from "../../../model/product";
import { isAllowed } from "../../../model/reachability";
import { configOf, problemsOf, resolve, shop } from "./fixtures";

const config = configOf({ orchestration: { temporal: { shards: 4 } } });

function withWorkflows(clients: readonly string[], product: Product = shop): Product {
    return { ...product, workflows: { clients } };
}

describe("a product with workflows", () => {
    const platform = resolve([withWorkflows(["api"])], config);
    const api = platform.services.find(({ name }) => name === "shop-api")!;

    test("meets Temporal in a zone of its own, and waits for it", () => {
        expect(platform.zones.find(({ name }) => name === "shop-temporal-net")).toMatchObject({
            product: "shop",
            tier: "app",
            internal: true,
            peers: false,
        });
        expect(
            platform.services.filter(({ zones }) => zones.includes("shop-temporal-net")).map(({ name }) => name),
        ).toEqual(["temporal", "shop-api"]);
        expect(api.startsAfter).toContain("temporal");
        expect(isAllowed(platform, "shop-api", "temporal")).toBe(true);
        expect(isAllowed(platform, "shop-web", "temporal")).toBe(false);
    });

    test("learns the address, its namespace and the file with its token", () => {
        expect(api.environment).toMatchObject({
            TEMPORAL_ADDRESS: "temporal:7233",
            TEMPORAL_NAMESPACE: "shop",
            TEMPORAL_TOKEN_FILE: "/run/secrets/temporal-token",
        });
        const delivered = deliveriesOf(platform.secrets ?? [], platform.services, api);
        expect(delivered.find(({ file }) => file === "temporal-token")).toMatchObject({
            from: "token",
            path: "identity/oidc/token/shop-temporal",
        });
    });

    test("has a token for its own namespace, which only its clients can ask for", () => {
        const secret = platform.secrets?.find(({ engine }) => engine === "token");
        expect(secret).toMatchObject({
            readers: ["shop-api"],
            token: { audience: "temporal", claims: { permissions: ["shop:worker", "shop:write"] } },
        });
        expect(placeOf(secret!)).toBe("identity/oidc/role/shop-temporal");
        expect(policyFor(platform.secrets ?? [], "shop-api")).toContain('path "identity/oidc/token/shop-temporal"');
        expect(policyFor(platform.secrets ?? [], "shop-web")).not.toContain("identity/oidc");
    });
});

test("the platform's own Postgres exists for Temporal, with a login for each database", () => {
    const { services } = resolve([shop], config);
    const [postgres] = services.filter(({ name }) => name === "postgres");
    expect(postgres?.spec).toMatchObject({
        databases: [
            { role: "temporal", extensions: [], clients: ["temporal", "temporal-schema"], migrates: true },
            {
                role: "temporal_visibility",
                extensions: ["btree_gin"],
                clients: ["temporal", "temporal-schema"],
                migrates: true,
            },
        ],
    });
    expect(services.find(({ name }) => name === "temporal")?.startsAfter).toEqual([
        "postgres",
        "vault",
        "temporal-schema",
    ]);
});

test("without strata:orchestration nothing of it exists, whatever products declare", () => {
    expect(resolve([withWorkflows(["api"])])).toEqual(resolve([shop]));
});

test.each([
    ["a name that the product does not have", ["apo"], "did you mean"],
    ["a frontend", ["web"], "correct it"],
    ["a store", ["db"], "correct it"],
    ["one client twice", ["api", "api"], "take it out"],
])("refuses %s", (_what, clients, next) => {
    const problems = problemsOf(() => resolve([withWorkflows(clients)], config));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key: `shop workflows.clients[${clients.length - 1}]` });
    expect(problems[0]!.next).toContain(next);
});
