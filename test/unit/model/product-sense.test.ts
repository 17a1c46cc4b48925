/** What a product may not say, though each of its values has the right form. */

import { checkProduct } from "../../../model/check-product";
import type { Product } from "../../../model/product";
import { checkSecrets } from "../../../model/secrets/resolve";
import { problemsOf, resolve, shop, withService } from "./fixtures";

const FILE = "products/shop.ts";
const secret = { name: "jwt", engine: "kv", path: "jwt", rotation: 30, readers: ["web"] } as const;
const club: Product = { ...shop, name: "club", zones: {}, services: {} };

test("two products of one name are refused: one of them would be ignored", () => {
    expect(problemsOf(() => resolve([shop, { ...shop, description: "a copy" }]))).toContainEqual({
        key: "product shop",
        value: "declared 2 times",
        accepted: "one product of a name",
        next: "rename one of them in its file, or take it out of products/index.ts",
    });
});

test("a reason to read another product's secret is no empty text", () => {
    expect(checkProduct({ ...shop, secrets: [{ ...secret, crossProduct: " " }] })).toMatchObject([
        { key: "shop secret jwt crossProduct", accepted: "the reason, for people" },
    ]);
});

test("a reader has two parts", () => {
    const product: Product = { ...club, secrets: [{ ...secret, readers: ["shop/api/x"], crossProduct: "why" }] };
    expect(checkSecrets([product], [shop, product])).toMatchObject([
        { key: "club secret jwt readers", value: '"shop/api/x"' },
    ]);
});

test("health checks have times that an engine can count", () => {
    const healthCheck = { interval: 86_401, timeout: 2 ** 53 - 1, startPeriod: 86_401 };
    expect(checkProduct(withService("worker", { healthCheck })).map(({ key }) => key)).toEqual(
        ["interval", "timeout", "startPeriod"].map((field) => `shop/worker healthCheck.${field}`),
    );
    const day = { interval: 86_400, timeout: 86_400, startPeriod: 86_400 };
    expect(checkProduct(withService("worker", { healthCheck: day }))).toEqual([]);
});

test("a store calls nobody", () => {
    expect(checkProduct(withService("db", { zones: ["data"], calls: ["api"], startsBefore: ["api"] }))).toEqual([
        {
            key: "shop/db calls",
            value: '"api"',
            accepted: "none: a store calls no service",
            next: `take \`calls\` out of db in ${FILE}`,
        },
    ]);
});

test("groups give roles that there are, also in a stack without Keycloak", () => {
    const identity = { label: "Shop", roles: {}, groups: { Users: ["nope"] } };
    expect(checkProduct({ ...shop, identity }, false)).toMatchObject([{ key: "shop identity.groups.Users" }]);
});
