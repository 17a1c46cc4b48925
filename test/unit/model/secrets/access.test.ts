import { allowed, type Capability, grantsFor, policyFor } from "../../../../model/secrets/access";
import type { ResolvedSecret } from "../../../../model/secrets/secret";

const secret = (changes: Partial<ResolvedSecret>): ResolvedSecret => ({
    name: "shop/one",
    owner: "shop",
    engine: "kv",
    path: "one",
    rotation: "manual",
    source: "written",
    readers: ["shop-api"],
    ...changes,
});

const SECRETS: readonly ResolvedSecret[] = [
    secret({ name: "shop/key", path: "api/key" }),
    secret({ name: "shop/database", engine: "database", path: "shop", rotation: "lease" }),
    secret({ name: "shop/transit", engine: "transit", path: "shop-key", rotation: "versioned" }),
    secret({ name: "shop/pki", engine: "pki", path: "shop", rotation: "lease", readers: ["shop-api", "shop-web"] }),
    secret({ name: "platform/smtp", owner: "platform", path: "shared/smtp", readers: ["shop-api", "shop-web"] }),
    secret({ name: "shop/nobody", path: "nobody", readers: [] }),
];
const SERVICES = ["shop-api", "shop-web", "shop-worker"];
const CAPABILITIES: readonly Capability[] = ["create", "read", "update", "patch", "delete", "list", "sudo"];
const PATHS = [
    ...["api/key", "nobody"].flatMap((path) => [`shop/kv/data/${path}`, `shop/kv/metadata/${path}`]),
    "platform/kv/data/shared/smtp",
    "shop/database/creds/shop",
    "shop/database/config/postgres",
    "shop/transit/encrypt/shop-key",
    "shop/transit/decrypt/shop-key",
    "shop/transit/keys/shop-key",
    "shop/pki/issue/shop",
    "shop/pki/root",
    "auth/token/lookup-self",
    "auth/token/create",
    "sys/leases/renew",
    "sys/policies/acl/shop-api",
];

/** What Vault makes of a policy without wildcards. */
function evaluate(text: string, path: string, capability: string): boolean {
    const blocks = [...text.matchAll(/^path "([^"*+]+)" \{\n {2}capabilities = \[([^\]]*)\]\n\}$/gm)];
    expect(blocks.length).toBe(text.match(/^path /gm)?.length);
    return blocks.some(([, at, list = ""]) => at === path && list.split(", ").includes(`"${capability}"`));
}

test("the text of every policy says what the matrix says, cell by cell", () => {
    let cells = 0;
    let open = 0;
    for (const service of SERVICES) {
        const text = policyFor(SECRETS, service);
        for (const path of PATHS) {
            for (const capability of CAPABILITIES) {
                const cell = `${service} ${path} ${capability}`;
                const is = allowed(SECRETS, service, path, capability);
                expect([cell, evaluate(text, path, capability)]).toEqual([cell, is]);
                cells++;
                open += is ? 1 : 0;
            }
        }
    }
    expect([cells, open]).toEqual([SERVICES.length * PATHS.length * CAPABILITIES.length, 12]);
});

test("a service that reads nothing has its own token and nothing else", () => {
    expect(grantsFor(SECRETS, "shop-worker")).toEqual([
        { path: "auth/token/lookup-self", capabilities: ["read"] },
        { path: "auth/token/renew-self", capabilities: ["update"] },
        { path: "auth/token/revoke-self", capabilities: ["update"] },
    ]);
});

test("policies are canonical: the order of the declarations does not matter", () => {
    expect(policyFor([...SECRETS].reverse(), "shop-api")).toBe(policyFor(SECRETS, "shop-api"));
    expect(policyFor(SECRETS, "shop-web")).toBe(`# Generated from the secrets matrix for shop-web.

path "auth/token/lookup-self" {
  capabilities = ["read"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}

path "auth/token/revoke-self" {
  capabilities = ["update"]
}

path "platform/kv/data/shared/smtp" {
  capabilities = ["read"]
}

path "shop/pki/issue/shop" {
  capabilities = ["update"]
}
`);
});
