/** What the program may do inside Vault's mounts: enough to delete what is no longer declared, and to read its own values only. */

import { provisionerGrants } from "../../../components/identity/vault-configuration/provisioner";
import type { Capability } from "../../../model/secrets/access";
import type { ResolvedSecret } from "../../../model/secrets/secret";

const secret = (engine: ResolvedSecret["engine"], path: string, source: ResolvedSecret["source"]): ResolvedSecret => ({
    name: `shop/${engine}-${path}`,
    owner: "shop",
    engine,
    path,
    rotation: "manual",
    source,
    readers: [],
});

/** Two of each engine, so that a mount stays when one of them goes. */
const SECRETS = [
    secret("kv", "config/jwt", "generated"),
    secret("kv", "config/session", "generated"),
    secret("kv", "config/partner", "written"),
    secret("database", "shop", "written"),
    secret("database", "audit", "written"),
    secret("transit", "cards", "written"),
    secret("transit", "names", "written"),
    secret("pki", "shop", "written"),
    secret("pki", "jobs", "written"),
];

const TOKEN = secret("token", "shop-temporal", "written");

/** Whether Vault would allow it: the most specific path decides. @see https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching */
function may(secrets: readonly ResolvedSecret[], capability: Capability, path: string): boolean {
    const pattern = (glob: string): RegExp =>
        new RegExp(`^${glob.replaceAll("+", "[^/]+").replace(/\*$/, ".*")}${glob.endsWith("*") ? "" : "$"}`);
    const wildcards = (glob: string): number => (glob.match(/[+*]/g) ?? []).length;
    const [best] = provisionerGrants(secrets)
        .filter((grant) => pattern(grant.path).test(path))
        .sort((a, b) => wildcards(a.path) - wildcards(b.path) || b.path.length - a.path.length);
    return best?.capabilities.includes(capability) ?? false;
}

/** Where the provider deletes each of them. */
const DELETED: Readonly<Record<string, (path: string) => string>> = {
    kv: (path) => `shop/kv/metadata/${path}`,
    database: (path) => `shop/database/roles/${path}`,
    transit: (path) => `shop/transit/keys/${path}`,
    pki: (path) => `shop/pki/roles/${path}`,
};

test.each(SECRETS)("$engine $path can be deleted once the stack does not declare it", ({ name, engine, path }) => {
    const left = SECRETS.filter((one) => one.name !== name);
    expect(may(left, "delete", DELETED[engine]!(path))).toBe(true);
});

test("values of people, and values that are no longer declared, are not the program's to read or to write", () => {
    const left = SECRETS.filter(({ path }) => path !== "config/jwt");
    for (const path of ["shop/kv/data/config/partner", "shop/kv/data/config/jwt", "shop/kv/metadata/config/partner"]) {
        for (const capability of ["read", "list", "update"] as const) {
            expect([path, capability, may(left, capability, path)]).toEqual([path, capability, false]);
        }
    }
    expect(may(left, "read", "shop/kv/data/config/session")).toBe(true);
});

test("names of values can be listed where the program may come to write, and nowhere else", () => {
    expect(may(SECRETS, "list", "shop/kv/metadata/config/")).toBe(true);
    for (const folder of ["shop/kv/metadata/", "shop/kv/metadata/config/partner/", "shop/kv/data/config/"]) {
        expect([folder, may(SECRETS, "list", folder)]).toEqual([folder, false]);
    }
});

test("keys are configured and not used, logins are not taken", () => {
    expect(may(SECRETS, "update", "shop/transit/keys/cards/config")).toBe(true);
    for (const path of [
        "transit/encrypt/cards",
        "transit/decrypt/cards",
        "transit/keys/cards/trim",
        "pki/issue/shop",
    ]) {
        expect([path, may(SECRETS, "update", `shop/${path}`)]).toEqual([path, false]);
    }
    expect(may(SECRETS, "read", "shop/database/creds/shop")).toBe(false);
});

test("tokens of services are not signed for the program, which may configure everything else of Vault's identities", () => {
    const [grant] = provisionerGrants([TOKEN]);
    expect(grant).toEqual({ path: "identity/oidc/token/*", capabilities: ["deny"] });
});

test("a snapshot of the whole store can be taken, and none can be put in its place", () => {
    expect(may(SECRETS, "read", "sys/storage/raft/snapshot")).toBe(true);
    for (const path of ["sys/storage/raft/snapshot", "sys/storage/raft/snapshot-force"]) {
        for (const capability of ["create", "update"] as const) {
            expect([path, capability, may(SECRETS, capability, path)]).toEqual([path, capability, false]);
        }
    }
});
