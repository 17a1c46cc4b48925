import type { Product } from "../../../../model/product";
import { formOf } from "../../../../model/product-faults";
import { PLATFORM_SECRETS } from "../../../../components/identity/platform-secrets";
import { checkSecrets, resolveSecrets } from "../../../../model/secrets/resolve";
import type { SecretDeclaration } from "../../../../model/secrets/secret";
import { selectProducts } from "../../../../model/selection";
import { products } from "../../../../products";

const app = { kind: "application", image: "x", port: 8000, zones: ["app"] } as const;
const KEY: SecretDeclaration = { name: "key", engine: "kv", path: "api/key", rotation: 90, readers: ["api"] };

const shop = (...secrets: SecretDeclaration[]): Product => ({
    name: "shop",
    description: "",
    zones: { app: { subnet: 1 }, data: { subnet: 2 } },
    services: {
        postgres: { kind: "postgres", zones: ["data"], databases: { shop: { clients: ["api"] } } },
        redis: { kind: "redis", zones: ["data"], clients: ["api"] },
        api: app,
        web: app,
    },
    secrets,
});
const club: Product = { name: "club", description: "", zones: { app: { subnet: 3 } }, services: { api: app } };

function problems(...secrets: SecretDeclaration[]): string[] {
    const product = shop(...secrets);
    const form = formOf(product).problems.filter(({ key }) => key.startsWith("shop secret "));
    return [...form, ...checkSecrets([product], [product, club])].map(({ key, value }) => `${key} is ${value}`);
}

test("the products' own declarations have no problem", () => {
    expect(checkSecrets(products, products)).toEqual([]);
});

test("a declaration that makes sense has no problem", () => {
    expect(problems(KEY, { ...KEY, name: "jwt", path: "config/jwt", rotation: "manual", readers: ["*"] })).toEqual([]);
});

test.each([
    [{ name: "Key" }, 'shop secret Key name is "Key"'],
    [{ name: "redis" }, 'shop secret redis name is "redis"'],
    [{ path: "/api" }, 'shop secret key path is "/api"'],
    [{ path: "api/*" }, "shop secret key path is a text"],
    [{ path: "api/../x" }, 'shop secret key path is "api/../x"'],
    [{ rotation: 0 }, "shop secret key rotation is 0"],
    [{ rotation: 1.5 }, "shop secret key rotation is 1.5"],
    [{ rotation: -90 }, "shop secret key rotation is -90"],
    [{ rotation: "weekly" }, 'shop secret key rotation is "weekly"'],
    [{ engine: "vk", path: "key" }, 'shop secret key engine is "vk"'],
    [{ source: "rediss" }, 'shop secret key source is "rediss"'],
    [{ readers: ["apy"] }, 'shop secret key readers is "apy"'],
    [{ readers: ["postgres"] }, 'shop secret key readers is "postgres"'],
    [{ readers: ["club/api"] }, 'shop secret key readers is "club/api"'],
    [{ readers: ["nowhere/api"] }, 'shop secret key readers is "nowhere/api"'],
    [{ engine: "database", path: "other" }, 'shop secret key path is "other"'],
    [{ engine: "database", path: "shop", readers: ["web"] }, 'shop secret key readers is "web"'],
    [{ engine: "transit", path: "a/b" }, 'shop secret key path is "a/b"'],
    [{ engine: "pki", path: "shop", source: "generated" }, 'shop secret key source is "generated"'],
    [{ source: "redis" }, 'shop secret key perReader is "false"'],
    [{ source: "redis", perReader: true, readers: ["web"] }, 'shop secret key readers is "web"'],
    [{ source: "postgres", readers: ["web"] }, 'shop secret key readers is "web"'],
] as const)("%j is refused", (changes, expected) => {
    expect(problems({ ...KEY, ...(changes as object) })).toEqual([expected]);
});

test("names and paths are taken once", () => {
    expect(problems(KEY, KEY)).toEqual([]);
    expect(problems(KEY, { ...KEY })).toEqual(['shop secret key name is "key"', 'shop secret key path is "api/key"']);
});

test("another product's service may read what is declared to be for it", () => {
    expect(problems({ ...KEY, readers: ["club/api"], crossProduct: "it bills for both" })).toEqual([]);
});

const ALONE = { secrets: PLATFORM_SECRETS, services: [], hasClients: false };

test("readers that a stack leaves out are left out, the secret stays", () => {
    const { selected } = selectProducts(
        [shop(KEY, { ...KEY, name: "web-key", path: "web/key", readers: ["web"] })],
        [{ name: "shop", services: ["api"] }],
    );
    const own = resolveSecrets(selected, ALONE).filter(({ owner }) => owner === "shop");
    expect(own.map(({ name, readers }) => [name, readers])).toEqual([
        ["shop/key", ["shop-api"]],
        ["shop/web-key", []],
    ]);
});

test("S1's table, with who may read what", () => {
    const { selected } = selectProducts(products, [{ name: "psra" }, { name: "rentguy" }]);
    const table = resolveSecrets(selected, ALONE).map(
        ({ owner, engine, path, rotation, readers }) => `${owner}/${engine} ${path} ${rotation}: ${readers.join(" ")}`,
    );
    expect(table).toEqual([
        "platform/kv shared/smtp/credentials manual: psra-api psra-engine psra-web rentguy-api rentguy-web",
        "platform/kv shared/api/slack-webhook manual: ",
        "platform/kv shared/database/keycloak-credentials manual: ",
        "platform/kv shared/keycloak/admin 90: ",
        "platform/kv shared/oauth2-proxy/secret 90: ",
        "psra/database psra lease: psra-api",
        "psra/kv database/credentials manual: psra-api",
        "psra/kv database/redis-password/api manual: psra-api",
        "psra/kv database/redis-password/engine manual: psra-engine",
        "psra/kv api/keys manual: psra-api",
        "psra/kv api/partner-keys manual: psra-api",
        "psra/kv config/client-secret 180: psra-web",
        "psra/kv config/jwt-secret 180: psra-api",
        "psra/transit psra-key versioned: psra-api",
        "psra/pki psra lease: psra-api psra-engine psra-web",
        "rentguy/database rentguy lease: rentguy-api",
        "rentguy/kv database/credentials manual: rentguy-api",
        "rentguy/kv database/redis-password/api manual: rentguy-api",
        "rentguy/kv config/client-secret 180: rentguy-web",
        "rentguy/transit rentguy-key versioned: rentguy-api",
        "rentguy/pki rentguy lease: rentguy-api rentguy-web",
    ]);
});
