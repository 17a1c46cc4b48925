import { KEYCLOAK, KEYCLOAK_POSTGRES } from "../../../components/identity/keycloak/kind";
import { OAUTH2_PROXY } from "../../../components/identity/oauth2-proxy/kind";
import { isOf } from "../../../components/kinds";
import type { Product } from "../../../model/product";
import { configOf, problemsOf, resolve, shop, withService } from "./fixtures";

const keycloak = (protect: readonly string[] = []) =>
    configOf({ identity: { keycloak: { realm: "acme", host: "login", protect, consoles: [] } } });

const members: Product = {
    ...shop,
    identity: {
        label: "The Shop",
        roles: { admin: { description: "Runs it", mfa: true }, buyer: { description: "Buys" } },
        groups: { Staff: ["admin", "buyer"], Customers: ["buyer"] },
    },
};

describe("without strata:identity", () => {
    test("there is no trace of the layer", () => {
        const platform = resolve([members]);
        expect(platform).not.toHaveProperty("realm");
        expect(platform.zones.map(({ name }) => name)).not.toEqual(expect.arrayContaining(["keycloak-net"]));
        expect(platform.services.map(({ name }) => name)).not.toEqual(expect.arrayContaining([KEYCLOAK]));
        const edge = platform.services.find(isOf("edge"));
        expect(edge?.published.map(({ name }) => name)).toEqual(["http", "https", "traefik", "vault"]);
        expect(Object.values(edge!.ports)).toEqual([8080, 8443, 9000, 9001]);
    });

    test("a route that asks for a session is refused, with what to set", () => {
        const [problem, ...others] = problemsOf(() =>
            resolve([{ ...members, ...withService("web", { routes: [{ auth: true }] }) }]),
        );
        expect(others).toEqual([]);
        expect(problem).toMatchObject({
            key: "shop/web routes[0].auth",
            accepted: "false, in a stack without Keycloak",
            next: "set strata:identity to { keycloak: {} }, or correct it in products/shop.ts",
        });
    });
});

describe("with Keycloak", () => {
    const platform = resolve([members], keycloak(["shop/web"]));
    const find = (name: string) => platform.services.find((service) => service.name === name);

    test("it has a database of its own, in a zone that nobody else is in", () => {
        expect(platform.zones.filter(({ name }) => name.startsWith("keycloak"))).toMatchObject([
            { name: "keycloak-net", tier: "platform", subnet: "172.22.8.0/24", internal: true, peers: false },
            { name: "keycloak-db-net", tier: "data", subnet: "172.22.10.0/24", internal: true, peers: false },
        ]);
        const inside = (zone: string) =>
            platform.services.filter(({ zones }) => zones.includes(zone)).map(({ name }) => name);
        expect(inside("keycloak-db-net").sort()).toEqual([KEYCLOAK, KEYCLOAK_POSTGRES]);
        expect(inside("keycloak-net").sort()).toEqual(["edge", KEYCLOAK, OAUTH2_PROXY]);
        expect(find(KEYCLOAK_POSTGRES)?.spec).toEqual({
            databases: [
                { name: "keycloak_local", role: "keycloak", extensions: [], clients: [KEYCLOAK], migrates: true },
            ],
        });
    });

    test("four calls are declared, and no product's service is in one of them", () => {
        const layer = [KEYCLOAK, KEYCLOAK_POSTGRES, OAUTH2_PROXY];
        const flows = platform.flows.filter(({ from, to }) => layer.includes(from) || layer.includes(to));
        expect(flows.map(({ from, to, port }) => `${from} -> ${to}:${port}`)).toEqual([
            "edge -> oauth2-proxy:4180",
            "oauth2-proxy -> keycloak:8080",
            "keycloak -> keycloak-postgres:5432",
            "edge -> keycloak:8080",
        ]);
    });

    test("the public edge leads to the realm and its pages, and the host's loopback address to everything", () => {
        const routes = find(KEYCLOAK)?.routes.map(({ host, path, auth }) => [host, path, auth]);
        expect(routes).toEqual([
            ["login.example.com", "/realms/acme/", false],
            ["login.example.com", "/resources/", false],
        ]);
        expect(find("edge")?.published.find(({ name }) => name === "keycloak")).toEqual({
            name: "keycloak",
            internal: 9002,
            external: 9402,
            address: "127.0.0.1",
        });
    });

    test("protected routes ask for one of the product's roles, other routes for nothing", () => {
        expect(find("shop-web")?.routes).toMatchObject([{ auth: true, roles: ["shop-admin", "shop-buyer"] }]);
        expect(find("shop-api")?.routes[0]).toMatchObject({ auth: false });
        expect(find("shop-api")?.routes[0]).not.toHaveProperty("roles");
    });

    test("roles and groups come from products", () => {
        expect(platform.realm?.roles).toEqual([
            { name: "admin", description: "Administers the platform", mfa: true },
            { name: "shop-admin", description: "Runs it", mfa: true },
            { name: "shop-buyer", description: "Buys", mfa: false },
        ]);
        expect(platform.realm?.groups).toEqual([
            { name: "Administrators", roles: ["admin"], managesSecretsOf: "platform" },
            { name: "The Shop Staff", roles: ["shop-admin", "shop-buyer"] },
            { name: "The Shop Customers", roles: ["shop-buyer"] },
        ]);
    });

    test("clients have whole redirect URIs", () => {
        expect(platform.realm?.issuer).toBe("https://login.example.com/realms/acme");
        const clients = platform.realm?.clients ?? [];
        expect(clients.map(({ id, enabled, redirectUris }) => [id, enabled, redirectUris])).toEqual([
            ["shop", true, ["https://shop.example.com/auth/callback"]],
            [
                "bao-oidc",
                true,
                ["http://localhost:8250/oidc/callback", "http://127.0.0.1:9401/ui/vault/auth/oidc/oidc/callback"],
            ],
            ["oauth2-proxy", true, ["https://shop.example.com/oauth2/callback"]],
        ]);
        expect(clients.flatMap(({ redirectUris, webOrigins }) => [...redirectUris, ...webOrigins]).join()).not.toMatch(
            /[*+]/,
        );
        expect(clients[0]?.roles).toEqual(["shop-admin", "shop-buyer"]);
    });

    test("a login may end on another host of the product", () => {
        const elsewhere = { ...members, identity: { ...members.identity!, host: "api.shop", callback: "/in" } };
        const [client] = resolve([elsewhere], keycloak()).realm?.clients ?? [];
        expect(client?.redirectUris).toEqual(["https://api.shop.example.com/in"]);
    });

    test("forward authentication is off while nothing is protected", () => {
        const clients = resolve([members], keycloak()).realm?.clients ?? [];
        expect(clients.find(({ id }) => id === "oauth2-proxy")?.enabled).toBe(false);
    });

    test("Vault has no public host unless the stack says so", () => {
        expect(find("vault")?.routes).toEqual([]);
    });

    test("Vault's console asks for a role of those who keep secrets, and logins may end there", () => {
        const identity = { keycloak: { realm: "acme", host: "login", protect: [], consoles: ["vault"] as const } };
        const keeper = { description: "Keeps secrets", mfa: true, secrets: true };
        const product: Product = {
            ...members,
            identity: {
                ...members.identity!,
                roles: { ...members.identity!.roles, keeper },
                groups: { ...members.identity!.groups, Keepers: ["keeper"] },
            },
        };
        const { services, realm } = resolve([product], configOf({ identity }));
        expect(services.find(({ name }) => name === "vault")?.routes).toEqual([
            {
                host: "vault.example.com",
                path: "/",
                port: 8200,
                rateLimit: 100,
                auth: true,
                roles: ["admin", "shop-keeper"],
                encodedCharacters: true,
            },
        ]);
        const client = (id: string) => realm!.clients.find((found) => found.id === id);
        const origin = "https://vault.example.com";
        expect(client("bao-oidc")).toMatchObject({
            baseUrl: `${origin}/ui/`,
            redirectUris: [
                "http://localhost:8250/oidc/callback",
                `${origin}/ui/vault/auth/oidc/oidc/callback`,
                expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/ui\/vault\/auth\/oidc\/oidc\/callback$/),
            ],
        });
        expect(client("oauth2-proxy")).toMatchObject({ enabled: true, redirectUris: [`${origin}/oauth2/callback`] });
    });
});

describe("problems", () => {
    test("what is protected has a route", () => {
        expect(problemsOf(() => resolve([members], keycloak(["shop/wep", "shop/worker"])))).toEqual([
            {
                key: "strata:identity.keycloak.protect[0]",
                value: '"shop/wep"',
                accepted: "a service of this stack with a route: shop/api, shop/web",
                next: 'did you mean "shop/web"? correct the name or take it out',
            },
            expect.objectContaining({ key: "strata:identity.keycloak.protect[1]", value: '"shop/worker"' }),
        ]);
    });

    test("a protected route says who may pass", () => {
        expect(problemsOf(() => resolve([shop], keycloak(["shop/web"])))).toMatchObject([
            {
                key: "strata:identity.keycloak.protect[0]",
                value: "shop has no roles",
                next: "add identity.roles to products/shop.ts",
            },
        ]);
    });

    test("whoever keeps secrets has a second factor", () => {
        const roles = { ...members.identity!.roles, buyer: { description: "Buys", secrets: true } };
        const wrong = { ...members, identity: { ...members.identity!, roles } };
        expect(problemsOf(() => resolve([wrong], keycloak()))).toMatchObject([
            { key: "shop identity.roles.buyer.secrets", next: "set mfa as well in products/shop.ts" },
        ]);
    });

    test("groups give roles that there are", () => {
        const wrong = { ...members, identity: { ...members.identity!, groups: { Staff: ["buyers"] } } };
        expect(problemsOf(() => resolve([wrong], keycloak()))).toMatchObject([
            { key: "shop identity.groups.Staff", value: '"buyers"', accepted: "roles of shop: admin, buyer" },
        ]);
    });

    test("no product takes the layer's subnets, whether it is there or not", () => {
        const taken = { ...shop, zones: { ...shop.zones, web: { subnet: 10 } } };
        expect(problemsOf(() => resolve([taken]))).toMatchObject([
            { key: "zone shop-web-net subnet", accepted: "a subnet of its own: this belongs to keycloak-db-net" },
        ]);
    });
});
