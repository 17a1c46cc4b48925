import { claimOf, peoplePolicies } from "../../../model/identity/people";
import type { Realm } from "../../../model/identity/realm";
import type { Platform } from "../../../model/platform";
import type { Product } from "../../../model/product";
import { vaultClients } from "../../../components/identity/vault-configuration/guest";
import { configOf, problemsOf, resolve, shop } from "./fixtures";

const KV = { engine: "kv", rotation: 90 } as const;
const members: Product = {
    ...shop,
    secrets: [
        { ...KV, name: "key", path: "api/key", readers: ["api"] },
        { ...KV, name: "client-secret", path: "config/client-secret", readers: ["web"], source: "client" },
        { name: "database", engine: "database", path: "shop", rotation: "lease", readers: ["api"] },
        { ...KV, name: "cache", path: "cache", readers: ["api", "worker"], source: "redis", perReader: true },
        { name: "transit", engine: "transit", path: "shop-key", rotation: "versioned", readers: ["api"] },
    ],
    identity: {
        label: "The Shop",
        roles: { admin: { description: "Runs it", mfa: true, secrets: true }, buyer: { description: "Buys" } },
        groups: { Staff: ["admin", "buyer"], Customers: ["buyer"] },
    },
};
const KEYCLOAK = { realm: "acme", host: "login", protect: [], consoles: [] } as const;
const both = (changes: Parameters<typeof configOf>[0] = {}) =>
    configOf({ identity: { keycloak: KEYCLOAK }, ...changes });
const of = (platform: Platform, name: string) => platform.services.find((service) => service.name === name);

describe("the issuer inside the zone of Vault and the edge", () => {
    const platform = resolve([members], both());

    test("the edge has the issuer's public host and port there, and the host nowhere else", () => {
        expect(of(platform, "edge")?.zoneAliases).toEqual({ "vault-net": ["login.example.com"] });
        expect(of(platform, "edge")?.published.find(({ name }) => name === "https")).toMatchObject({
            internal: 443,
            external: 443,
        });
        expect(Object.values(of(platform, "edge")!.ports)).toEqual([8080, 443, 9000, 9001, 9002]);
    });

    test("one call is declared for it", () => {
        const added = platform.flows
            .filter(({ from }) => from === "vault")
            .map(({ to, port, zone }) => [to, port, zone]);
        expect(added).toEqual([
            ["shop-db", 5432, "shop-vault-net"],
            ["edge", 443, "vault-net"],
        ]);
    });

    test("without Keycloak there is no trace of it", () => {
        const alone = resolve([members]);
        expect(of(alone, "edge")).not.toHaveProperty("zoneAliases");
        expect(of(alone, "edge")?.ports).toMatchObject({ https: 8443 });
        expect(alone.flows).not.toContainEqual(expect.objectContaining({ from: "vault", to: "edge" }));
    });

    test.each([8080, 8082, 9000, 9001, 9002])("port %i is taken inside the edge", (port) => {
        const { edge } = configOf();
        const config = both({ edge: { ...edge, https: { ...edge.https, port } } });
        expect(problemsOf(() => resolve([members], config))).toContainEqual(
            expect.objectContaining({ key: "strata:edge.https.port", value: String(port) }),
        );
    });
});

describe("services of the platform", () => {
    const platform = resolve([members], both());
    const readers = (name: string) => platform.secrets.find((secret) => secret.name === name)?.readers;

    test("are readers by name, beside everybody", () => {
        expect(readers("platform/smtp")).toEqual(["keycloak", "shop-api", "shop-web", "shop-worker"]);
        expect(readers("platform/keycloak-database")).toEqual(["keycloak"]);
        expect(readers("platform/oauth2-proxy")).toEqual(["oauth2-proxy"]);
        expect(readers("platform/keycloak-admin")).toEqual([]);
    });

    test("get from the program what they read: they do not meet Vault, and have no login there", () => {
        const clients = vaultClients(platform.zones, platform.services).map(({ name }) => name);
        expect(clients.length).toBeGreaterThan(0);
        expect(clients.filter((name) => !name.startsWith("shop-"))).toEqual([]);
        const meets = platform.flows.filter(({ to }) => to === "vault").map(({ from }) => from);
        expect(meets.filter((name) => ["keycloak", "oauth2-proxy"].includes(name))).toEqual([]);
        expect(of(platform, "vault")?.zones).not.toContain("keycloak-net");
    });

    test("are not there without Keycloak, and nobody writes what they would read", () => {
        const alone = resolve([members]);
        const own = alone.secrets.filter(({ owner }) => owner === "platform");
        expect(own.map(({ source }) => source)).toEqual(own.map(() => "written"));
        expect(of(alone, "vault")?.zones).not.toContain("keycloak-net");
    });

    test("a client's secret comes from Keycloak where there is one", () => {
        const sourceIn = (identity: object) =>
            resolve([members], configOf({ identity })).secrets.find(({ name }) => name === "shop/client-secret")
                ?.source;
        expect([sourceIn({ keycloak: KEYCLOAK }), sourceIn({})]).toEqual(["client", "written"]);
    });
});

describe("what people may do", () => {
    const platform = resolve([members], both());
    const policies = peoplePolicies(platform.realm as Realm, platform.secrets);
    const [runs, keeps] = policies;
    const capabilities = (path: string) => runs?.grants.find((grant) => grant.path === path)?.capabilities;

    test("one policy for each group that keeps somebody's values", () => {
        expect(policies.map(({ name, group }) => [name, group])).toEqual([
            ["platform-admin", "Administrators"],
            ["people-shop", "The Shop Staff"],
        ]);
        expect(policies.map(claimOf)).toEqual(["/Administrators", "/The Shop Staff"]);
    });

    test("a product's administrators have its values, their own session, and nothing else", () => {
        const others = keeps?.grants.filter(({ path }) => !/^(auth\/token\/[a-z]+-self|sys\/)/.test(path));
        expect(others).toEqual([
            { path: "shop/kv/data/*", capabilities: ["create", "delete", "read", "update"] },
            { path: "shop/kv/metadata/*", capabilities: ["list", "read"] },
            { path: "shop/kv/delete/*", capabilities: ["update"] },
            { path: "shop/kv/undelete/*", capabilities: ["update"] },
        ]);
        expect(keeps?.grants.filter(({ path }) => path.startsWith("sys/")).map(({ path }) => path)).toEqual([
            "sys/capabilities-self",
            "sys/internal/ui/resultant-acl",
        ]);
    });

    test("whoever runs Vault sets a product's values and does not read them", () => {
        expect(capabilities("shop/kv/data/*")).toEqual(["create", "update"]);
        expect(capabilities("platform/kv/data/*")).toContain("read");
        expect(capabilities("platform/kv/data/shared/database/keycloak-credentials")).toEqual(["deny"]);
        expect(capabilities("platform/kv/data/shared/oauth2-proxy/secret")).toEqual(["deny"]);
    });

    test("nobody writes what decides who may do what", () => {
        const deciding = /^(auth\/(?!token\/)|identity\/|sys\/(auth|mounts|policies|policy))/;
        const writing = policies
            .flatMap(({ grants }) => grants)
            .filter(
                ({ path, capabilities: given }) =>
                    deciding.test(path) && given.some((it) => !["list", "read"].includes(it)),
            );
        expect(writing).toEqual([
            { path: "auth/services/role/+/secret-id-accessor/destroy", capabilities: ["update"] },
        ]);
        expect(policies.flatMap(({ grants }) => grants.map(({ path }) => path))).not.toContain("*");
    });
});
