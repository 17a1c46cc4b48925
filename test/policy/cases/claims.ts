/** Rules over what belongs to whom: the edge's routes, Keycloak's clients, Vault's mounts and policies. */

import type { Platform, Route, Service } from "../../../model/platform";
import type { Realm } from "../../../model/identity/realm";
import { UNKNOWN } from "../../support/engine";
import type { PolicyInput } from "../../support/policy";
import { change, PLATFORM_DATA, stack, withService, writer } from "../../support/stack";
import type { RuleCases } from "./case";

const route = (host: string, path: string, auth = false): Route => ({ host, path, port: 8000, rateLimit: 100, auth });
const ROUTES: Readonly<Record<string, readonly Route[]>> = {
    "shop-web": [route("shop.example.test", "/"), route("api.shop.example.test", "/v1")],
    "shop-api": [route("admin.shop.example.test", "/", true), route("desk.shop.example.test", "/in.box", true)],
    "club-api": [route("club.example.test", "/")],
};
/** A management interface of the edge. */
const VAULT_ENTRY = { name: "vault", internal: 8200, external: 9400, address: "127.0.0.1" } as const;
const [model] = PLATFORM_DATA.services as readonly [Service];
const secret = { rotation: "manual", source: "written" } as const;
const platform: Platform = {
    ...PLATFORM_DATA,
    services: [
        ...PLATFORM_DATA.services.map((one) => ({
            ...one,
            ...(one.name === "shop-web" && { instances: { replicas: 2, ready: "/health", drain: 5 } }),
            routes: ROUTES[one.name] ?? [],
            published: one.name === "edge" ? [...one.published, VAULT_ENTRY] : one.published,
        })),
        { ...model, name: "oauth2-proxy", kind: "oauth2-proxy", layer: "identity", zones: [], published: [] },
        {
            ...model,
            name: "keycloak",
            kind: "keycloak",
            layer: "identity",
            zones: [],
            published: [],
            routes: [route("auth.example.test", "/realms/acme/")],
        },
    ],
    secrets: [
        { ...secret, name: "shop/key", owner: "shop", engine: "kv", path: "api/key", readers: ["shop-api"] },
        { ...secret, name: "club/key", owner: "club", engine: "kv", path: "deep/key", readers: ["shop-api"] },
        {
            ...secret,
            ...{ name: "shop/token", owner: "shop", engine: "token", path: "shop-flows", readers: ["shop-api"] },
            token: { audience: "flows", claims: { permissions: ["shop:write"] } },
        },
        { ...secret, name: "platform/key", owner: "platform", engine: "kv", path: "shared/key", readers: ["keycloak"] },
    ],
    realm: {
        host: "auth.example.test",
        clients: ["shop", "bao-oidc", "oauth2-proxy"].map((id) => ({ id })),
    } as unknown as Realm,
};
const base = stack(platform);

interface Routed {
    readonly rule?: unknown;
    readonly url?: string;
    readonly middlewares?: readonly string[];
    readonly entryPoints?: readonly string[];
    readonly name?: string;
}
/** Traefik's configuration with one router. */
const configuration = ({
    rule = "Host(`shop.example.test`)",
    url = "http://shop-web:8000",
    middlewares = ["headers"],
    entryPoints = ["https"],
    name = "shop-web",
}: Routed): string =>
    JSON.stringify({
        http: {
            routers: { [name]: { entryPoints, rule, service: name, middlewares, tls: {} } },
            services: { [name]: { loadBalancer: { servers: [{ url }] } } },
            middlewares: {
                headers: { headers: {} },
                refuse: { ipAllowList: { sourceRange: ["255.255.255.255/32"] } },
                "host-only": { ipAllowList: { sourceRange: ["172.30.0.1/32", "255.255.255.255/32"] } },
                session: { forwardAuth: { address: "http://oauth2-proxy:4180" } },
            },
        },
    });
const edge = (content: unknown, file: unknown = "/etc/strata/dynamic/platform.yaml"): PolicyInput[] => [
    ...base,
    {
        ...writer({ name: "test-edge-writer", uploads: [{ file, content }] }),
        name: "edge-writer",
    },
];
const routed = (changes: Routed): PolicyInput[] => edge(configuration(changes));
/** Traefik's configuration with one router to several servers. */
const replicated = (ready: readonly string[], any = ready): string => {
    const whole = JSON.parse(configuration({})) as { http: { services: object } };
    const balancer = (hosts: readonly string[]) => ({
        loadBalancer: { servers: hosts.map((host) => ({ url: `http://${host}:8000` })) },
    });
    const services = {
        "shop-web": { failover: { service: "shop-web.ready", fallback: "shop-web.any" } },
        "shop-web.ready": balancer(ready),
        "shop-web.any": balancer(any),
    };
    return JSON.stringify({ http: { ...whole.http, services } });
};
const NO_SERVICE = "router shop-web leads to no service of the platform; let it lead to the service whose route it is";
const FORMS =
    "router shop-web matches more than one host and whole segments of a path; write Host(`...`), and Path(`/x`) || PathPrefix(`/x/`) in parentheses";
const UNREADABLE = "the edge's routes cannot be read; write HTTP routers, services and middlewares, no others";
const none = (host: string, service: string): string =>
    `router shop-web gives ${host} to ${service}, which has no such route; add the route to its product, or remove the router`;

const client = (changes: Readonly<Record<string, unknown>> = {}, id = "shop"): PolicyInput => ({
    type: "keycloak:openid/client:Client",
    name: `realm-client-${id}`,
    props: {
        name: id,
        clientId: id,
        rootUrl: "https://shop.example.test",
        baseUrl: "https://shop.example.test/",
        validRedirectUris: ["https://shop.example.test/auth/callback"],
        validPostLogoutRedirectUris: ["https://shop.example.test/"],
        webOrigins: ["https://shop.example.test"],
        ...changes,
    },
});
const withClient = (changes: Readonly<Record<string, unknown>> = {}): PolicyInput[] => [...base, client(changes)];
const ELSEWHERE = (field: string): string =>
    `\`${field}\` has an address that is not whole, or on no host of its owner; write https URLs without wildcards, on hosts that the owner has routes on`;
const redirect = (uri: unknown): readonly [PolicyInput[], string] => [
    withClient({ validRedirectUris: ["https://shop.example.test/auth/callback", uri] }),
    ELSEWHERE("validRedirectUris"),
];

/** The stack with the API as a tenant's. */
const withTenant = stack(withService("shop-api", { tenant: "acme" }, platform));
const mount = (path: unknown, type: unknown = "kv", resources = base): PolicyInput[] => [
    ...resources,
    { type: "vault:index/mount:Mount", name: "mount", props: { path, type } },
];
const NO_OWNER =
    "it is not at a path of a product of the plan or of the platform; mount it at <owner>/<engine>, by its engine";

/** The role of the plan's token. */
const tokenRole = (changes: Readonly<Record<string, unknown>> = {}): PolicyInput[] => [
    ...base,
    {
        type: "vault:identity/oidcRole:OidcRole",
        name: "token",
        props: {
            ...{ name: "shop-flows", clientId: "flows", ttl: 3600, template: '{"permissions":["shop:write"]}' },
            ...changes,
        },
    },
];
const tokenKey = (allowedClientIds: unknown): PolicyInput[] => [
    ...base,
    { type: "vault:identity/oidcKey:OidcKey", name: "token", props: { name: "flows", allowedClientIds } },
];
const OTHER_CLAIMS = "it does not have the claims of the plan; set `template` to them and nothing else";
const SEVERAL = "it signs tokens for several audiences; set `allowedClientIds` to one";

const grants = (...paths: readonly string[]): string =>
    ["# Generated.", ...paths.map((path) => `path "${path}" {\n  capabilities = ["read"]\n}\n`)].join("\n\n");
const policy = (name: unknown, text: unknown, resources = base): PolicyInput[] => [
    ...resources,
    { type: "vault:index/policy:Policy", name: "policy", props: { name, policy: text } },
];
const given = (...paths: readonly string[]): PolicyInput[] =>
    policy("shop-api", grants("auth/token/lookup-self", ...paths));
const NOT_ITS = (path: string): string =>
    `it gives ${path}, which is not its owner's; leave it out, or declare the secret with its reader`;
const UNREADABLE_POLICY = "its text cannot be read; write paths with capabilities, nothing else";

const UNREADABLE_NETWORKS = change(base, "test-shop-api", { networksAdvanced: "test-shop-net" });

export const claims: Readonly<Record<string, RuleCases>> = {
    "edge-serves-planned-routes": {
        subject: "test-edge-writer",
        compliant: {
            "no edge": base,
            "a host": routed({}),
            "a host, as the program writes it": edge(
                `${JSON.stringify(JSON.parse(configuration({})), undefined, 2)}\n`,
            ),
            "each replica, and all of them while none is ready": edge(replicated(["test-shop-web", "test-shop-web-2"])),
            "by the name in one network": routed({ url: "http://shop-web.test-shop-web-net:8000" }),
            "whole segments": routed({
                rule: "Host(`api.shop.example.test`) && (Path(`/v1`) || PathPrefix(`/v1/`))",
            }),
            "less than the route": routed({
                rule: "Host(`api.shop.example.test`) && PathPrefix(`/v1/orders/`) && (Method(`GET`) || Method(`HEAD`))",
            }),
            "below a planned path": routed({
                rule: "Host(`auth.example.test`) && PathPrefix(`/realms/acme/`)",
                url: "http://keycloak:8000",
            }),
            "a protected route that asks": routed({
                rule: "Host(`admin.shop.example.test`)",
                url: "http://shop-api:8000",
                middlewares: ["headers", "session"],
            }),
            "forward authentication on a protected host": routed({
                rule: "Host(`admin.shop.example.test`) && PathPrefix(`/oauth2/`)",
                url: "http://oauth2-proxy:4180",
            }),
            "a protected path as lenient servers read it, for requests of a page": routed({
                rule:
                    "Host(`desk.shop.example.test`) && PathRegexp(`(?i)^/in\\.box([^a-z0-9_~-]|$)`) && " +
                    "(HeaderRegexp(`Sec-Fetch-Mode`, `^(cors)$`) || (Header(`Accept`, `a && b`) && !Header(`X`, `)`)))",
                url: "http://shop-api:8000",
                middlewares: ["session"],
            }),
            "what is refused": routed({
                rule: "Host(`shop.example.test`) && PathRegexp(`[;]`)",
                url: "http://club-api:8000",
                middlewares: ["refuse"],
            }),
            management: routed({ rule: "PathPrefix(`/`)", entryPoints: ["vault"], url: "http://vault:8200" }),
        },
        violating: {
            "another service among the replicas": [
                edge(replicated(["test-shop-web", "test-club-api"])),
                none("shop.example.test/", "club-api"),
            ],
            "another service while no replica is ready": [
                edge(replicated(["test-shop-web"], ["test-club-api"])),
                none("shop.example.test/", "club-api"),
            ],
            "a replica that is not planned": [edge(replicated(["test-shop-web", "test-shop-web-3"])), NO_SERVICE],
            "nothing while no replica is ready": [edge(replicated(["test-shop-web"], [])), NO_SERVICE],
            "more than one step to a replica": [
                edge(replicated(["test-shop-web"]).replace('"fallback":"shop-web.any"', '"fallback":"shop-web"')),
                NO_SERVICE,
            ],
            "another product's host": [
                routed({ rule: "Host(`club.example.test`)" }),
                none("club.example.test/", "shop-web"),
            ],
            "Keycloak's host": [
                routed({ rule: "Host(`auth.example.test`) && PathPrefix(`/realms/acme/protocol/`)" }),
                none("auth.example.test/realms/acme/protocol/", "shop-web"),
            ],
            "another service": [routed({ url: "http://club-api:8000" }), none("shop.example.test/", "club-api")],
            "another port": [routed({ url: "http://shop-web:8200" }), none("shop.example.test/", "shop-web")],
            "more than the route's path": [
                routed({ rule: "Host(`api.shop.example.test`)" }),
                none("api.shop.example.test/", "shop-web"),
            ],
            "no service of the platform": [routed({ url: "http://198.51.100.7:8000" }), NO_SERVICE],
            "a protected route that asks nobody": [
                routed({ rule: "Host(`admin.shop.example.test`)", url: "http://shop-api:8000" }),
                "router shop-web serves admin.shop.example.test/ without a login, which its route asks for; add the middleware that asks",
            ],
            "a lenient path that asks nobody": [
                routed({
                    rule: "Host(`desk.shop.example.test`) && PathRegexp(`(?i)^/in\\.box([^a-z0-9_~-]|$)`)",
                    url: "http://shop-api:8000",
                }),
                "router shop-web takes more than desk.shop.example.test/in.box without a login; write Path(`/x`) || PathPrefix(`/x/`) in parentheses",
            ],
            "a lenient path that is not planned": [
                routed({
                    rule: "Host(`desk.shop.example.test`) && PathRegexp(`(?i)^/in([^a-z0-9_~-]|$)`)",
                    url: "http://shop-api:8000",
                    middlewares: ["session"],
                }),
                none("desk.shop.example.test/in", "shop-api"),
            ],
            "another pattern of paths": [
                routed({
                    rule: "Host(`desk.shop.example.test`) && PathRegexp(`^/`)",
                    url: "http://shop-api:8000",
                    middlewares: ["session"],
                }),
                none("desk.shop.example.test/", "shop-api"),
            ],
            "what is refused to some only": [
                routed({ rule: "Host(`club.example.test`)", middlewares: ["host-only"] }),
                none("club.example.test/", "shop-web"),
            ],
            "parentheses that do not match": [routed({ rule: "Host(`shop.example.test`) && (Method(`GET`)" }), FORMS],
            "forward authentication elsewhere": [
                routed({
                    rule: "Host(`shop.example.test`) && PathPrefix(`/oauth2/`)",
                    url: "http://oauth2-proxy:4180",
                }),
                "router shop-web gives shop.example.test to forward authentication; leave it /oauth2/ on protected hosts",
            ],
            "the whole of a protected host to forward authentication": [
                routed({ rule: "Host(`admin.shop.example.test`)", url: "http://oauth2-proxy:4180" }),
                "router shop-web gives admin.shop.example.test to forward authentication; leave it /oauth2/ on protected hosts",
            ],
            "any host": [routed({ rule: "PathPrefix(`/`)" }), FORMS],
            "no entry point, so all": [routed({ rule: "PathPrefix(`/`)", entryPoints: [] }), FORMS],
            "a management entry point and a public one": [
                routed({ rule: "PathPrefix(`/`)", entryPoints: ["vault", "https"] }),
                FORMS,
            ],
            "two hosts": [routed({ rule: "Host(`shop.example.test`) || Host(`club.example.test`)" }), FORMS],
            "an alternative behind a condition": [
                routed({ rule: "Host(`shop.example.test`) && Method(`GET`) || PathPrefix(`/`)" }),
                FORMS,
            ],
            "a pattern of hosts": [routed({ rule: "HostRegexp(`.*`)" }), FORMS],
            "characters instead of segments": [
                routed({ rule: "Host(`api.shop.example.test`) && PathPrefix(`/v1`)" }),
                FORMS,
            ],
            "routes in another folder": [
                edge(UNKNOWN, "/etc/strata/other/platform.yaml"),
                "it brings the edge no routes that can be read; write them into the folder `dynamic`",
            ],
            "no configuration": [edge("- canary"), UNREADABLE],
            "no YAML": [edge("{ canary"), UNREADABLE],
            "a key that JSON takes twice, and YAML does not": [
                edge(configuration({}).replace('"rule":', '"rule": "Host(`club.example.test`)", "rule":')),
                UNREADABLE,
            ],
            "connections as they come": [
                edge(configuration({}).replace(/\}$/, ',"tcp":{"routers":{"all":{"rule":"HostSNI(`*`)"}}}}')),
                UNREADABLE,
            ],
        },
        unknown: {
            "the configuration": [edge(UNKNOWN), "test-edge-writer uploads[0].content"],
            "a file's name": [edge("x", UNKNOWN), "test-edge-writer uploads[0].file"],
        },
        wrongType: {
            content: [edge(["x"]), "`uploads[0].content` has the wrong type; write a string"],
            "a container's networks": [UNREADABLE_NETWORKS, "`networksAdvanced` has the wrong type; write a list"],
        },
    },
    "client-returns-to-owner": {
        subject: "shop",
        compliant: {
            "no client": base,
            "its own host": withClient(),
            "a host of one of its routes": withClient({
                validRedirectUris: ["https://api.shop.example.test/rest/sso/callback"],
            }),
            "forward authentication on a protected host": [
                ...base,
                client(
                    {
                        rootUrl: "https://auth.example.test",
                        baseUrl: "https://auth.example.test/",
                        validRedirectUris: ["https://admin.shop.example.test/oauth2/callback"],
                        validPostLogoutRedirectUris: ["https://admin.shop.example.test/"],
                        webOrigins: ["https://auth.example.test"],
                    },
                    "oauth2-proxy",
                ),
            ],
            "people's login to Vault, on their own machine": [
                ...base,
                client(
                    {
                        rootUrl: "https://auth.example.test",
                        baseUrl: "https://auth.example.test/",
                        validRedirectUris: ["http://localhost:8250/oidc/callback"],
                        validPostLogoutRedirectUris: [],
                        webOrigins: [],
                    },
                    "bao-oidc",
                ),
            ],
        },
        violating: {
            "a wildcard": redirect("https://shop.example.test/*"),
            "another product's host": redirect("https://club.example.test/auth/callback"),
            "a host that nobody has": redirect("https://canary.example.test/auth/callback"),
            "below its host": redirect("https://x.shop.example.test/auth/callback"),
            "another port": redirect("https://shop.example.test:8443/auth/callback"),
            "without encryption": redirect("http://shop.example.test/auth/callback"),
            "a path only": redirect("/auth/callback"),
            "a query": redirect("https://shop.example.test/auth/callback?to=x"),
            "a fragment": redirect("https://shop.example.test/auth/callback#x"),
            "a step back": redirect("https://shop.example.test/auth/../x"),
            "an encoded step back": redirect("https://shop.example.test/auth/%2e%2e/x"),
            "somebody before the host": redirect("https://shop.example.test@canary.example/x"),
            "the machine of whoever logs in": redirect("http://localhost:8250/oidc/callback"),
            "another root": [withClient({ rootUrl: "https://club.example.test" }), ELSEWHERE("rootUrl")],
            "another base": [withClient({ baseUrl: "https://club.example.test/" }), ELSEWHERE("baseUrl")],
            "all that it redirects to, as an origin": [withClient({ webOrigins: ["+"] }), ELSEWHERE("webOrigins")],
            "any address after a logout": [
                withClient({ validPostLogoutRedirectUris: ["*"] }),
                ELSEWHERE("validPostLogoutRedirectUris"),
            ],
            "a client that nobody planned": [
                [...base, client({}, "club")],
                ["club", "it is no client of the plan; add `identity` to its product, or remove it"],
            ],
        },
        unknown: {
            "one address, the others all the same": [
                withClient({ rootUrl: UNKNOWN, validRedirectUris: ["*"] }),
                "shop rootUrl",
                ELSEWHERE("validRedirectUris"),
            ],
            "whose it is": [withClient({ clientId: UNKNOWN }), "shop clientId"],
            "all of it, before Keycloak runs": [[...base, { ...client(), props: {} }], "realm-client-shop clientId"],
        },
        wrongType: {
            "no list": [
                withClient({ validRedirectUris: "https://shop.example.test/" }),
                "`validRedirectUris` has the wrong type; write a list",
            ],
        },
    },
    "vault-mount-belongs-to-owner": {
        subject: "mount",
        compliant: {
            "no mount": base,
            "a product's": mount("shop/kv"),
            "the platform's": mount("platform/pki", "pki"),
            "a tenant's": mount("shop-acme/kv", "kv", withTenant),
        },
        violating: {
            "nobody's": [mount("shared/kv"), NO_OWNER],
            "of a product that does not run": [mount("desk/kv"), NO_OWNER],
            "of a tenant without services": [mount("shop-acme/kv"), NO_OWNER],
            "without an owner": [mount("kv"), NO_OWNER],
            "below an owner's": [mount("shop/kv/more"), NO_OWNER],
            "under another engine's name": [mount("shop/kv", "transit"), NO_OWNER],
            "of another kind": [mount("shop/ssh", "ssh"), NO_OWNER],
        },
        unknown: {
            path: [mount(UNKNOWN), "mount path"],
            type: [mount("shared/kv", UNKNOWN), "mount type"],
            "all of it, before Vault runs": [
                [...base, { type: "vault:index/mount:Mount", name: "mount", props: {} }],
                "mount path, mount type",
            ],
        },
        wrongType: { path: [mount(["shop/kv"]), "`path` has the wrong type; write a string"] },
    },
    "vault-token-says-what-plan-says": {
        subject: "shop-flows",
        compliant: { "no token": base, "the plan's": tokenRole(), "a key for one audience": tokenKey(["flows"]) },
        violating: {
            "one that nobody planned": [
                tokenRole({ name: "club-flows" }),
                ["club-flows", "the plan has no such token; declare it in a layer, or remove the role"],
            ],
            "another audience": [
                tokenRole({ clientId: "other" }),
                "it is not for the audience of the plan; set `clientId` to flows",
            ],
            "another product's claim": [tokenRole({ template: '{"permissions":["club:write"]}' }), OTHER_CLAIMS],
            "a claim more": [tokenRole({ template: '{"permissions":["shop:write"],"groups":["x"]}' }), OTHER_CLAIMS],
            "what is no JSON": [tokenRole({ template: '{"permissions": {{identity.entity.id}} }' }), OTHER_CLAIMS],
            "no end": [tokenRole({ ttl: 0 }), "it sets no life for its tokens; set `ttl` to seconds"],
            "a key for all": [tokenKey(["*"]), ["flows", SEVERAL]],
            "a key for two": [tokenKey(["flows", "other"]), ["flows", SEVERAL]],
            "a key for nobody": [tokenKey([]), ["flows", SEVERAL]],
        },
        unknown: {
            template: [tokenRole({ template: UNKNOWN }), "shop-flows template"],
            "all of it, before Vault runs": [
                [...base, { type: "vault:identity/oidcRole:OidcRole", name: "token", props: {} }],
                "token name, token clientId, token template",
            ],
        },
        wrongType: { template: [tokenRole({ template: 1 }), "`template` has the wrong type; write a string"] },
    },
    "vault-policy-stays-with-owner": {
        subject: "shop-api",
        compliant: {
            "no policy": base,
            "its tenant's": policy("shop-api", grants("shop-acme/kv/data/api/key"), withTenant),
            "its product's": given("shop/kv/data/api/key", "shop/transit/encrypt/key", "sys/leases/renew"),
            "another's, as declared": given("club/kv/data/deep/key"),
            "its product's token": given("identity/oidc/token/shop-flows"),
            "the platform's, as declared": policy("keycloak", grants("platform/kv/data/shared/key")),
            "a product's people": policy("people-shop", grants("shop/kv/data/*", "sys/capabilities-self")),
            "whoever runs Vault": policy("platform-admin", grants("club/kv/metadata/*")),
        },
        violating: {
            "another product's": [given("club/kv/data/api/key"), NOT_ITS("club/kv/data/api/key")],
            "another product's token": [
                given("identity/oidc/token/club-flows"),
                NOT_ITS("identity/oidc/token/club-flows"),
            ],
            "the product's, for a tenant's service": [
                policy("shop-api", grants("shop/kv/data/api/other"), withTenant),
                NOT_ITS("shop/kv/data/api/other"),
            ],
            "the platform's": [given("platform/kv/data/shared/key"), NOT_ITS("platform/kv/data/shared/key")],
            "the platform's service, undeclared": [
                policy("keycloak", grants("platform/kv/data/shared/other")),
                ["keycloak", NOT_ITS("platform/kv/data/shared/other")],
            ],
            "a wildcard": [given("shop/kv/data/*"), NOT_ITS("shop/kv/data/*")],
            "any mount": [given("+/kv/data/api/key"), NOT_ITS("+/kv/data/api/key")],
            "Vault's own": [given("sys/policies/acl/shop-api"), NOT_ITS("sys/policies/acl/shop-api")],
            "other logins": [given("auth/services/role/shop-web"), NOT_ITS("auth/services/role/shop-web")],
            "more than is asked for": [
                policy("shop-api", 'path "shop/kv/data/api/key" {\n  capabilities = ["sudo"]\n}\n'),
                NOT_ITS("shop/kv/data/api/key"),
            ],
            "another product's, for people": [
                policy("people-shop", grants("club/kv/data/*")),
                ["people-shop", NOT_ITS("club/kv/data/*")],
            ],
            "people of a product that does not run": [
                policy("people-desk", grants("desk/kv/data/*")),
                ["people-desk", "it belongs to no service and to no product's people; remove it"],
            ],
            nobody: [
                policy("helper", grants("shop/kv/data/api/key")),
                ["helper", "it belongs to no service and to no product's people; remove it"],
            ],
            "what is no policy": [policy("shop-api", '{"path": {"club/*": {}}}'), UNREADABLE_POLICY],
            "something between the paths": [
                policy("shop-api", `${grants("shop/kv/data/api/key")}\nname = "canary"`),
                UNREADABLE_POLICY,
            ],
        },
        unknown: {
            text: [policy("shop-api", UNKNOWN), "shop-api policy"],
            "all of it, before Vault runs": [policy(undefined, undefined), "policy name, policy policy"],
        },
        wrongType: { text: [policy("shop-api", ["x"]), "`policy` has the wrong type; write a string"] },
    },
};
