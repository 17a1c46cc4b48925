import { EGRESS } from "../../components/egress/squid/kind";
import { VAULT } from "../../components/foundation/vault/kind";
import { isOf, isStore, kindOf, STORE_KINDS } from "../../components/kinds";
import { parseConfig } from "../../config/load";
import { shortName } from "../../model/owner";
import type { Platform } from "../../model/platform";
import { isAllowed, reachablePairs } from "../../model/reachability";
import { resolvePlatform } from "../../model/resolve";
import { VAULT_ZONES } from "../../components/identity/vault-configuration/guest";
import { products } from "../../products";

const config = parseConfig({
    "strata:domain": "example.com",
    "strata:addressBase": "172.20",
    "strata:products": products.map(({ name }) => ({ name })),
    "strata:vault": { seal: { kind: "local" } },
    "strata:unreleased": "reference-app",
});
const platform: Platform = resolvePlatform({ environment: "production", config, products });

const of = (product: string) => platform.services.filter((service) => service.product === product);
const reachable = reachablePairs(platform.services.map(({ name, zones }) => ({ name, networks: zones })));
const reaches = (a: string, b: string): boolean => reachable.some((pair) => pair.includes(a) && pair.includes(b));
const subnets = Object.fromEntries(platform.zones.map(({ name, subnet }) => [name, subnet]));

test("subnets are S1's (B1)", () => {
    const isOfVault = (zone: string): boolean => VAULT_ZONES.some((end) => zone.endsWith(`-${end}`));
    expect(Object.fromEntries(Object.entries(subnets).filter(([zone]) => !isOfVault(zone)))).toEqual({
        "edge-net": "172.20.0.0/24",
        "rentguy-net": "172.20.1.0/24",
        "rentguy-db-net": "172.20.2.0/24",
        "psra-net": "172.20.3.0/24",
        "psra-db-net": "172.20.4.0/24",
        "vault-net": "172.20.5.0/24",
        "ai-net": "172.20.7.0/24",
        "egress-net": "172.20.12.0/24",
        // Parts of the addresses in which AI meets the platform, by the order of its file.
        "ai-langgraph-egress-net": "172.20.207.64/29",
        "ai-claude-chat-egress-net": "172.20.207.72/29",
        "ai-trading-dashboard-egress-net": "172.20.207.80/29",
        "ai-n8n-egress-net": "172.20.207.88/29",
        "rentguy-web-net": "172.20.11.0/24",
        "psra-web-net": "172.20.13.0/24",
        "wpcs-net": "172.20.14.0/24",
        "wpcs-web-net": "172.20.15.0/24",
        "wpcs-db-net": "172.20.16.0/24",
        "ai-web-net": "172.20.17.0/24",
        "ai-db-net": "172.20.18.0/24",
        "bizosaas-net": "172.20.20.0/24",
        "bizosaas-db-net": "172.20.21.0/24",
        "bizosaas-web-net": "172.20.30.0/24",
        "orders-web-net": "172.20.31.0/24",
        "orders-net": "172.20.32.0/24",
        "orders-db-net": "172.20.33.0/24",
        "orders-files-net": "172.20.232.128/26",
    });
    expect(platform.zones.filter(({ internal }) => !internal).map(({ name }) => name)).toEqual([
        "egress-net",
        "edge-net",
    ]);
});

test("databases are the documents' (C1, C3)", () => {
    const databases = platform.services
        .filter((service) => isOf("postgres")(service) || isOf("mariadb")(service))
        .flatMap(({ name, spec }) => spec.databases.map((database) => `${name}: ${database.name}`));
    expect(databases.sort()).toEqual([
        "ai-postgres: ai_production",
        "ai-postgres: n8n_production",
        "bizosaas-postgres: bizosaas_production",
        "bizosaas-postgres: saleor_production",
        "orders-postgres: orders_production",
        "psra-postgres: psra_production",
        "rentguy-postgres: rentguy_production",
        "wpcs-mariadb: wpcs_production",
    ]);
});

test("ports of BizOSaaS are S3's", () => {
    const ports = of("bizosaas").filter(isOf("application"));
    expect(Object.fromEntries(ports.map(({ aliases, ports: { http } }) => [aliases[0], http]))).toEqual({
        "brain-gateway": 8001,
        saleor: 8000,
        "wagtail-cms": 8002,
        "django-crm": 8003,
        "business-directory": 8004,
        "coreldove-backend": 8005,
        notification: 8006,
        "auth-service": 8007,
        "ai-agents": 8008,
        "amazon-sourcing": 8009,
        "quanttrade-backend": 8012,
        "bizoholic-frontend": 3000,
        "coreldove-frontend": 3002,
        "thrillring-gaming": 3000,
        "quanttrade-frontend": 3012,
        "client-portal": 3001,
        "admin-dashboard": 3009,
        "business-directory-frontend": 3004,
    });
});

const isStoreNamed = (name: string): boolean => STORE_KINDS.some((kind) => name.endsWith(`-${kind}`));

test("frontends of BizOSaaS reach the gateway, each other and the edge, nothing else (B3, B4)", () => {
    const frontends = of("bizosaas")
        .filter(({ zones }) => zones.join() === "bizosaas-web-net")
        .map(({ name }) => name);
    expect(frontends).toHaveLength(7);
    const allowed = [...frontends, "bizosaas-brain-gateway", "edge"];
    for (const frontend of frontends) {
        expect(reaches(frontend, "bizosaas-brain-gateway")).toBe(true);
        const others = platform.services
            .map(({ name }) => name)
            .filter((name) => name !== frontend && reaches(frontend, name));
        expect(others.filter((name) => !allowed.includes(name))).toEqual([]);
    }
});

test("backends of BizOSaaS are out of the edge's and the frontends' reach (B4)", () => {
    const backends = platform.flows
        .filter(({ from, to }) => from === "bizosaas-brain-gateway" && !isStoreNamed(to))
        .map(({ to }) => to);
    expect(backends).toHaveLength(10);
    for (const backend of backends) {
        expect(reaches("edge", backend)).toBe(false);
        expect(reaches(backend, "bizosaas-client-portal")).toBe(false);
    }
});

test("stores are reached by no frontend and no other product; Vault reaches those that it makes logins on, the edge those with presigned URLs (B3)", () => {
    const stores = platform.services.filter(isStore);
    expect(stores).toHaveLength(12);
    for (const store of stores) {
        const strangers = platform.services.filter(({ name, product, zones }) => {
            const frontend = zones.every((zone) => zone.endsWith("-web-net"));
            return reaches(name, store.name) && (frontend || product !== store.product);
        });
        const guests = [...(kindOf(store).store?.leases ? [VAULT] : []), ...(store.routes.length > 0 ? ["edge"] : [])];
        expect(strangers.map(({ name }) => name)).toEqual(guests);
    }
});

test("the frontend of PSRA and the edge reach the API but not the engine", () => {
    expect([reaches("psra-web", "psra-api"), reaches("edge", "psra-api"), reaches("psra-api", "psra-engine")]).toEqual([
        true,
        true,
        true,
    ]);
    expect([reaches("psra-web", "psra-engine"), reaches("edge", "psra-engine")]).toEqual([false, false]);
});

test("of AI and WPCS the edge reaches what has a route, and nothing behind it", () => {
    const reached = [...of("ai"), ...of("wpcs")].map(({ name }) => name).filter((name) => reaches("edge", name));
    expect(reached).toEqual(["ai-n8n", "wpcs-web"]);
    const calls = platform.flows.filter(({ from, to }) => from === "ai-n8n" && !isStoreNamed(to)).map(({ to }) => to);
    expect(calls).toEqual(["ai-langgraph", "ai-claude-chat", "egress"]);
    const kinds = of("wpcs").map(({ kind }) => kind);
    expect([...new Set(kinds)].sort()).toEqual(["application", "mariadb", "vault-agent"]);
});

test("the order management's store opens its buckets to presigned URLs, on a host of their own", () => {
    const [store] = of("orders").filter(isOf("object-store"));
    expect(store!.routes.map(({ host, path }) => `${host}${path}`)).toEqual([
        "files.orders.example.com/orders-uploads-production",
        "files.orders.example.com/orders-exports-production",
    ]);
    expect(
        of("orders")
            .filter(({ name }) => reaches("edge", name))
            .map(({ name }) => name)
            .sort(),
    ).toEqual(["orders-files", "orders-web"]);
});

test("services of AI reach the APIs whose keys they may read, n8n also Slack and mail, and nobody else anything outside", () => {
    const outside = platform.services.flatMap(({ name, egress = [] }) =>
        egress.length > 0 ? [[name, egress.map(({ host, port }) => `${host}:${port}`)]] : [],
    );
    expect(Object.fromEntries(outside)).toEqual({
        "ai-langgraph": ["api.openai.com:443"],
        "ai-claude-chat": ["api.anthropic.com:443"],
        "ai-trading-dashboard": ["generativelanguage.googleapis.com:443"],
        "ai-n8n": ["api.openai.com:443", "api.anthropic.com:443", "hooks.slack.com:443", "smtp.sevensa.nl:587"],
    });
    const readers = (key: string): readonly string[] =>
        products.find(({ name }) => name === "ai")!.secrets!.find(({ name }) => name === key)!.readers;
    const reach = (host: string): string[] =>
        of("ai").flatMap((service) => (service.egress?.some((one) => one.host === host) ? [shortName(service)] : []));
    expect(reach("api.openai.com").sort()).toEqual([...readers("openai-key")].sort());
    expect(reach("api.anthropic.com").sort()).toEqual([...readers("anthropic-key")].sort());
    expect(reach("generativelanguage.googleapis.com")).toEqual(readers("google-key"));
});

test("only the edge and the egress proxy leave the engine, and the proxy reaches no service that declares no host outside", () => {
    const open = platform.zones.filter(({ internal }) => !internal).map(({ name }) => name);
    expect(
        platform.services.filter(({ zones }) => zones.some((zone) => open.includes(zone))).map(({ name }) => name),
    ).toEqual([EGRESS, "edge"]);
    const reached = platform.services
        .map(({ name }) => name)
        .filter((name) => name !== "egress" && reaches("egress", name));
    expect(reached.sort()).toEqual(["ai-claude-chat", "ai-langgraph", "ai-n8n", "ai-trading-dashboard"]);
});

describe("with Keycloak", () => {
    const identity = {
        keycloak: { realm: "sevensa", host: "auth", protect: [], consoles: [] },
    };
    const { realm, secrets } = resolvePlatform({
        environment: "production",
        config: { ...config, identity },
        products,
    });

    test("clients, roles and groups are S1's (E1)", () => {
        expect(realm?.clients.map(({ id }) => id)).toEqual([
            "psra",
            "rentguy",
            "wpcs",
            "ai",
            "orders",
            "bao-oidc",
            "oauth2-proxy",
        ]);
        expect(realm?.roles.map(({ name }) => name)).toEqual([
            "admin",
            "psra-admin",
            "psra-user",
            "rentguy-admin",
            "rentguy-user",
            "orders-admin",
            "orders-user",
        ]);
        expect(realm?.groups.map(({ name }) => name)).toEqual([
            "Administrators",
            "PSRA Administrators",
            "PSRA Users",
            "RentGuy Administrators",
            "Orders Administrators",
            "Orders Users",
        ]);
        const ends = realm?.clients.filter(({ id }) => id === "ai").flatMap(({ redirectUris }) => redirectUris);
        expect(ends).toEqual(["https://n8n.ai.example.com/rest/sso/oidc/callback"]);
    });

    test("rows of AI, WPCS and the platform are S1's (E4)", () => {
        const rows = secrets
            ?.filter(({ owner, engine }) => engine === "kv" && ["ai", "wpcs", "platform"].includes(owner))
            .filter(({ name }) => name !== "platform/smtp")
            .map(({ owner, path, rotation, readers }) => `${owner} ${path} ${rotation}: ${readers.join(" ")}`);
        expect(rows).toEqual([
            "platform shared/api/slack-webhook manual: ai-n8n",
            "platform shared/database/keycloak-credentials manual: keycloak",
            "platform shared/keycloak/admin 90: ",
            "platform shared/oauth2-proxy/secret 90: oauth2-proxy",
            "wpcs database/credentials manual: wpcs-api",
            "wpcs config/client-secret 180: wpcs-web",
            "ai database/credentials/claude-chat manual: ai-claude-chat",
            "ai database/credentials/n8n manual: ai-n8n",
            "ai database/credentials/trading-dashboard manual: ai-trading-dashboard",
            "ai database/redis-password/langgraph manual: ai-langgraph",
            "ai api-keys/openai 90: ai-langgraph ai-n8n",
            "ai api-keys/anthropic 90: ai-claude-chat ai-n8n",
            "ai api-keys/google 90: ai-trading-dashboard",
            "ai config/client-secret 180: ai-n8n",
        ]);
    });
});

test("products reach each other nowhere, and everyone who meets is allowed to", () => {
    const productOf = new Map(platform.services.map(({ name, product }) => [name, product]));
    const guests = ["edge", VAULT, EGRESS];
    const across = reachable.filter(([a, b]) => productOf.get(a) !== productOf.get(b));
    expect(across.filter((pair) => !pair.some((name) => guests.includes(name)))).toEqual([]);
    expect(reachable.filter(([a, b]) => !isAllowed(platform, a, b))).toEqual([]);
});

test("gateway, then backends, then frontends (A3, A7)", () => {
    const order = platform.services.map(({ name }) => name);
    const at = (name: string): number => order.indexOf(`bizosaas-${name}`);
    expect(at("brain-gateway")).toBeLessThan(at("saleor"));
    expect(at("quanttrade-backend")).toBeLessThan(at("client-portal"));
    for (const { name, startsAfter } of of("bizosaas").filter(({ zones }) => zones.join() === "bizosaas-web-net")) {
        expect([name, startsAfter.length]).toEqual([name, 13]);
    }
});

test("public hosts (B5)", () => {
    const hosts = platform.services.flatMap(({ routes }) => routes.map(({ host }) => host)).sort();
    expect(hosts).toEqual(
        [
            "admin.bizosaas",
            "api.bizosaas",
            "api.psra",
            "api.rentguy",
            "bizoholic",
            "bizosaas",
            "coreldove",
            "directory.bizosaas",
            "files.orders",
            "files.orders",
            "n8n.ai",
            "orders",
            "psra",
            "quanttrade",
            "rentguy",
            "thrillring",
            "wpcs",
        ].map((host) => `${host}.example.com`),
    );
});
