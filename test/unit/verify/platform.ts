/** A platform with one of everything that the probe treats differently, and the engine that runs it as declared. */

import type { Platform, Service, Zone } from "../../../model/platform";
import type { LiveContainer, LiveNetwork } from "../../../engine/attachments";

function zone(name: string, octet: number, product: string, changes: Partial<Zone> = {}): Zone {
    return {
        name,
        product,
        tier: "app",
        subnet: `172.29.${octet}.0/24`,
        gateway: `172.29.${octet}.1`,
        internal: true,
        peers: false,
        ...changes,
    };
}

function service(name: string, product: string, zones: readonly string[], ports: readonly number[]): Service {
    return {
        name,
        product,
        layer: "products",
        kind: "application",
        image: "reference-app",
        zones,
        aliases: [name],
        ports: Object.fromEntries(ports.map((port) => [String(port), port])),
        published: [],
        routes: [],
        limits: { memoryMiB: 64, cpus: 0.5, processes: 64 },
        healthCheck: { test: ["CMD", "true"], interval: 30, timeout: 10, retries: 3, startPeriod: 10 },
        startsAfter: [],
        environment: {},
        spec: {},
    };
}

/** edge -> shop-web -> shop-api -> shop-db; club-db is alone. shop-api and shop-cache are peers in the data zone. */
export const platform: Platform = {
    environment: "t",
    domain: "t.localhost",
    products: ["shop", "club"],
    zones: [
        zone("edge-net", 0, "platform", { tier: "edge", internal: false }),
        zone("shop-web-net", 1, "shop", { tier: "web" }),
        zone("shop-db-net", 2, "shop", { tier: "data", peers: true }),
        zone("club-db-net", 3, "club", { tier: "data", peers: true }),
    ],
    services: [
        {
            ...service("edge", "platform", ["edge-net", "shop-web-net"], [8080, 9000]),
            kind: "edge",
            spec: { trustedProxies: [], requestTimeout: 600 },
            published: [
                { name: "http", internal: 8080, external: 80, address: "0.0.0.0" },
                { name: "traefik", internal: 9000, external: 9400, address: "127.0.0.1" },
            ],
        },
        service("shop-api", "shop", ["shop-web-net", "shop-db-net"], [8000]),
        service("shop-cache", "shop", ["shop-db-net"], [6379]),
        service("club-db", "club", ["club-db-net"], [5432]),
    ],
    secrets: [],
    flows: [
        { from: "edge", to: "shop-api", port: 8000, zone: "shop-web-net" },
        { from: "shop-api", to: "shop-cache", port: 6379, zone: "shop-db-net" },
    ],
};

function container(name: string, addresses: Readonly<Record<string, string>>): LiveContainer {
    return {
        id: `id-of-${name}`,
        name: `t-${name}`,
        service: name,
        running: true,
        nameServers: name === "edge" ? [] : ["127.0.0.1"],
        addresses: Object.entries(addresses).map(([network, address]) => ({ network: `t-${network}`, address })),
    };
}

/** What runs when everything is as declared. */
export const containers: readonly LiveContainer[] = [
    container("edge", { "edge-net": "172.29.0.2", "shop-web-net": "172.29.1.2" }),
    container("shop-api", { "shop-web-net": "172.29.1.3", "shop-db-net": "172.29.2.3" }),
    container("shop-cache", { "shop-db-net": "172.29.2.4" }),
    container("club-db", { "club-db-net": "172.29.3.2" }),
];

/** The networks of {@link containers}. */
export const networks: readonly LiveNetwork[] = platform.zones.map(({ name }) => ({
    name: `t-${name}`,
    members: containers
        .filter(({ addresses }) => addresses.some(({ network }) => network === `t-${name}`))
        .map(({ id, name: member }) => ({ id, name: member })),
}));
