import { hostsFile, squidConfiguration } from "../../../components/egress/squid/configuration";
import { NOT_OUTSIDE } from "../../../components/egress/squid/kind";
import { permissionsOf } from "../../../components/egress/squid/permissions";
import type { Outside } from "../../../model/declaration";
import { overlap } from "../../../model/address-plan";
import type { Product } from "../../../model/product";
import { configOf, problemsOf, resolve, shop, withService } from "../model/fixtures";

type Declared = readonly (Pick<Outside, "host"> & Partial<Outside>)[];

const LLM = { host: "api.openai.com" };
const MAIL = { host: "smtp.acme.example", port: 587 };

/** {@link shop} with hosts outside by service. */
function withEgress(egress: Readonly<Record<string, Declared>>, product: Product = shop): Product {
    const services = Object.entries(product.services).map(([name, service]) => [
        name,
        name in egress ? { ...service, egress: egress[name] } : service,
    ]);
    return { ...product, services: Object.fromEntries(services) as Product["services"] };
}

const two = withEgress({ worker: [LLM, MAIL], api: [{ host: "api.stripe.com" }] });
const platform = resolve([two]);
const find = (name: string, from = platform) => from.services.find((service) => service.name === name)!;

test("without a service that declares hosts outside, there is no proxy and no zone for it", () => {
    const { services, zones, flows } = resolve([shop]);
    const names = [...services, ...zones].map(({ name }) => name);
    expect(names.filter((name) => name.includes("egress"))).toEqual([]);
    expect(flows.filter(({ to }) => to === "egress")).toEqual([]);
    expect(find("shop-worker", resolve([shop])).environment).not.toHaveProperty("HTTPS_PROXY");
});

test("each service meets the proxy in a zone of its own, by its place in the product's file", () => {
    const zones = platform.zones.filter(({ name }) => name.endsWith("egress-net"));
    expect(zones).toEqual([
        {
            name: "egress-net",
            product: "platform",
            tier: "platform",
            subnet: "172.22.12.0/24",
            gateway: "172.22.12.1",
            internal: false,
            peers: false,
        },
        ...[
            ["shop-worker", "172.22.241.64/29", "172.22.241.65"] as const,
            ["shop-api", "172.22.241.72/29", "172.22.241.73"] as const,
        ].map(([service, subnet, gateway]) => ({
            ...{ name: `${service}-egress-net`, product: "shop", tier: "app", subnet, gateway },
            ...{ internal: true, peers: false },
        })),
    ]);
    const members = (zone: string): string[] =>
        platform.services.filter((service) => service.zones.includes(zone)).map(({ name }) => name);
    expect(zones.map(({ name }) => members(name))).toEqual([
        ["egress"],
        ["egress", "shop-worker"],
        ["egress", "shop-api"],
    ]);
    expect(platform.flows.filter(({ to }) => to === "egress")).toEqual([
        { from: "shop-worker", to: "egress", port: 3128, zone: "shop-worker-egress-net" },
        { from: "shop-api", to: "egress", port: 3128, zone: "shop-api-egress-net" },
    ]);
});

test("what a stack selects moves no zone", () => {
    const config = configOf({ products: [{ name: "shop", services: ["api"] }] });
    const { zones } = resolve([two], config);
    expect(zones.find(({ name }) => name === "shop-api-egress-net")?.subnet).toBe("172.22.241.72/29");
    expect(zones.map(({ name }) => name)).not.toContain("shop-worker-egress-net");
});

test("nothing but the edge and the proxy is in a zone with a way out", () => {
    const open = platform.zones.filter(({ internal }) => !internal).map(({ name }) => name);
    expect(open.sort()).toEqual(["edge-net", "egress-net"]);
    const members = platform.services.filter(({ zones }) => zones.some((zone) => open.includes(zone)));
    expect(members.map(({ name }) => name).sort()).toEqual(["edge", "egress"]);
});

test("a service finds the proxy in both spellings, and those that it calls without the proxy", () => {
    const { environment, startsAfter } = find("shop-api");
    expect(environment).toMatchObject({
        HTTP_PROXY: "http://egress:3128",
        http_proxy: "http://egress:3128",
        HTTPS_PROXY: "http://egress:3128",
        https_proxy: "http://egress:3128",
    });
    const direct = environment["NO_PROXY"]!.split(",");
    expect(direct.sort()).toEqual(
        ["127.0.0.1", "cache", "db", "localhost", "shop-cache", "shop-db", "shop-worker", "worker"].sort(),
    );
    expect(environment["no_proxy"]).toBe(environment["NO_PROXY"]);
    expect(startsAfter).toContain("egress");
    expect(find("shop-web").environment).not.toHaveProperty("HTTPS_PROXY");
});

test("a setting that the author chose stays", () => {
    const own = withEgress({ web: [LLM] }, withService("web", { environment: { NO_PROXY: "*" } }));
    expect(find("shop-web", resolve([own])).environment).toMatchObject({
        NO_PROXY: "*",
        HTTPS_PROXY: "http://egress:3128",
    });
});

describe("refused, before anything is touched:", () => {
    const refused = (egress: Readonly<Record<string, Declared>>, config = configOf()) =>
        problemsOf(() => resolve([withEgress(egress)], config));

    test.each([
        "203.0.113.7",
        "::1",
        "localhost",
        "worker",
        "*.openai.com",
        ".openai.com",
        "API.openai.com",
        "api.openai.com:443",
        "https://api.openai.com",
        "api.openai.com.",
    ])("the host %s", (host) => {
        expect(refused({ worker: [{ host }] })).toEqual([
            expect.objectContaining({
                key: "shop/worker egress[0].host",
                accepted: "a whole host name in lower case, for example api.openai.com: no address, no wildcard",
            }),
        ]);
    });

    test.each([0, 65_536, 1.5])("port %d", (port) => {
        expect(refused({ worker: [{ ...LLM, port }] })).toEqual([
            expect.objectContaining({ key: "shop/worker egress[0].port", accepted: "a TCP port from 1 to 65535" }),
        ]);
    });

    test("a host and port twice, also where one names the default", () => {
        expect(refused({ worker: [LLM, MAIL, { ...LLM, port: 443 }] })).toEqual([
            {
                key: "shop/worker egress",
                value: "api.openai.com:443",
                accepted: "each host and port once",
                next: "correct it in products/shop.ts",
            },
        ]);
    });

    test("hosts of a store", () => {
        expect(refused({ db: [LLM] })).toContainEqual({
            key: "shop/db egress",
            value: "1 hosts",
            accepted: "none, for postgres: only applications reach hosts outside the platform",
            next: "take `egress` out of db in products/shop.ts",
        });
    });

    test.each(["api.shop.example.com", "v2.api.shop.example.com"])("%s, which the edge serves", (host) => {
        expect(refused({ worker: [{ host }] })).toEqual([
            {
                key: "shop-worker egress",
                value: host,
                accepted: "a host outside: the edge of this stack serves this one",
                next: "declare a call within the product instead, or take the host out of products/shop.ts",
            },
        ]);
    });

    test("another host of the same domain is outside", () => {
        expect(() => resolve([withEgress({ worker: [{ host: "smtp.example.com" }] })])).not.toThrow();
    });

    test("more replicas than a zone has addresses", () => {
        const config = configOf({ products: [{ name: "shop", replicas: { worker: 5 } }] });
        expect(refused({ worker: [LLM] }, config)).toEqual([
            {
                key: "shop-worker egress",
                value: "5 replicas",
                accepted: "at most 4 replicas of a service with hosts outside: its zone has no more addresses",
                next: "change products/shop.ts or strata:products",
            },
        ]);
    });

    test("more services than a product has zones for", () => {
        const more = Array.from({ length: 9 }, (_, index) => `more-${index}`);
        const product = {
            ...shop,
            zones: { ...shop.zones, app: { subnet: 41, peers: true } },
            services: Object.fromEntries(
                more.map((name) => [
                    name,
                    { kind: "application", image: "ghcr.io/acme/more", port: 4000, zones: ["app"], egress: [LLM] },
                ]),
            ) as Product["services"],
        };
        expect(problemsOf(() => resolve([product]))).toEqual([
            {
                key: "shop-more-8 egress",
                value: "service 9 of shop with hosts outside",
                accepted: "at most 8 services of a product: each has a zone of its own",
                next: "change products/shop.ts",
            },
        ]);
    });

    test.each([
        ["of a host that nobody declares", { "api.openai.org": "203.0.113.7" }, undefined],
        ["in the stack's own zones", { "api.openai.com": "172.22.5.2" }, '"172.22.5.2"'],
        ["of the proxy itself", { "api.openai.com": "127.0.0.1" }, '"127.0.0.1"'],
        ["of the cloud's own services", { "api.openai.com": "169.254.169.254" }, '"169.254.169.254"'],
    ])("a fixed address %s", (_what, hosts, value) => {
        const [problem, ...others] = refused({ worker: [LLM] }, configOf({ egress: { hosts } }));
        expect(others).toEqual([]);
        expect(problem?.key).toBe(`strata:egress.hosts.${Object.keys(hosts)[0]}`);
        expect(problem?.value).toBe(value);
    });
});

describe("Squid's configuration", () => {
    const settings = { hosts: { "smtp.acme.example": "10.9.8.7" } };
    const text = squidConfiguration(permissionsOf(platform), settings);
    const access = text.split("\n").filter((line) => line.startsWith("http_access"));

    test("each service's zone leads to its own hosts, and everything else ends", () => {
        expect(access).toEqual([
            "http_access deny from_1 named_1 !all",
            "http_access allow from_1 port_1_443 asks outside_1_443 !inside",
            "http_access allow from_1 port_1_587 asks fixed_1_587",
            "http_access deny from_2 named_2 !all",
            "http_access allow from_2 port_2_443 asks outside_2_443 !inside",
            "http_access deny all",
        ]);
        expect(text).toContain(
            ["acl from_1 src 172.22.241.64/29", "acl named_1 annotate_transaction service=shop-worker"].join("\n"),
        );
        expect(text).toContain("\nacl outside_1_443 dstdomain -n api.openai.com\n");
        expect(text).toContain("\nacl fixed_1_587 dstdomain -n smtp.acme.example\n");
        expect(text).toContain("\nacl outside_2_443 dstdomain -n api.stripe.com\n");
    });

    test("DNS is asked last, so for a declared name only", () => {
        for (const line of access.filter((one) => one.includes("inside"))) {
            expect(line).toMatch(/ from_\d+ port_\S+ asks outside_\S+ !inside$/);
        }
    });

    test("an address here is no address outside", () => {
        const here = [
            "127.0.0.1",
            "10.120.5.2",
            "172.22.5.2",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "255.255.255.255",
        ];
        const blocks = NOT_OUTSIDE.filter((block) => !block.includes(":"));
        for (const address of here) {
            expect([address, blocks.some((block) => overlap(block, `${address}/32`))]).toEqual([address, true]);
        }
        for (const address of ["1.1.1.1", "104.18.6.192", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1"]) {
            expect([address, blocks.some((block) => overlap(block, `${address}/32`))]).toEqual([address, false]);
        }
        for (const block of NOT_OUTSIDE) expect(text).toContain(`\nacl inside dst ${block}\n`);
    });

    test("the log has no path and no query", () => {
        const [format = ""] = text.split("\n").filter((line) => line.startsWith("logformat"));
        expect(format).not.toMatch(/%[>"'#/[]*r[up]\b|%>ru|%ru|%rp/);
        expect(format).toContain("service=%{service}note");
    });

    test("fixed addresses are in the hosts file", () => {
        expect(hostsFile(settings)).toBe("127.0.0.1 localhost\n10.9.8.7 smtp.acme.example\n");
    });
});
