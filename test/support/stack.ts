/** A small stack that meets every rule. Tests change one place at a time to break a rule. */

import {
    containerLabels,
    containerName,
    LABEL,
    networkLabels,
    networkName,
    volumeLabels,
    volumeName,
} from "../../model/names";
import type { CommonService, Flow, Platform, Service, Zone } from "../../model/platform";
import type { PolicyInput } from "./policy";

export const CONTAINER = "docker:index/container:Container";
export const NETWORK = "docker:index/network:Network";
export const VOLUME = "docker:index/volume:Volume";
const FLOW_PLAN = "strata:network:FlowPlan";

type Props = Record<string, unknown>;

/** Other values for some fields of a service of any kind. */
export type ServiceChanges = Partial<CommonService & Pick<Service, "kind" | "spec">>;

const ENVIRONMENT = "test";

function zone(name: string, product: string, tier: Zone["tier"], octet: number, changes: Partial<Zone> = {}): Zone {
    const subnet = `172.30.${octet}.0/24`;
    const gateway = `172.30.${octet}.1`;
    return { name, product, tier, subnet, gateway, internal: tier !== "edge", peers: false, ...changes };
}

const ZONES: readonly Zone[] = [
    zone("edge-net", "platform", "edge", 0),
    zone("shop-web-net", "shop", "web", 1),
    zone("shop-net", "shop", "app", 2),
    zone("shop-db-net", "shop", "data", 3),
    zone("club-net", "club", "app", 4, { peers: true }),
];

function service(name: string, product: string, zones: readonly string[], changes: ServiceChanges = {}): Service {
    return {
        name,
        product,
        layer: "products",
        kind: "application",
        image: "reference-app",
        zones,
        aliases: [name],
        ports: { http: 8000 },
        published: [],
        routes: [],
        limits: { memoryMiB: 256, cpus: 0.5, processes: 4096 },
        healthCheck: { test: ["CMD", "true"], interval: 30, timeout: 10, retries: 3, startPeriod: 10 },
        startsAfter: [],
        environment: {},
        spec: {},
        ...changes,
    } as Service;
}

const SERVICES: readonly Service[] = [
    service("edge", "platform", ["edge-net", "shop-web-net"], {
        layer: "edge",
        kind: "edge",
        published: [{ name: "https", internal: 8443, external: 443, address: "0.0.0.0" }],
    }),
    service("shop-web", "shop", ["shop-web-net", "shop-net"]),
    service("shop-api", "shop", ["shop-net", "shop-db-net"]),
    service("shop-postgres", "shop", ["shop-db-net"], { kind: "postgres" }),
    service("club-api", "club", ["club-net"]),
    service("club-worker", "club", ["club-net"]),
];

const FLOWS: readonly Flow[] = [
    { from: "edge", to: "shop-web", port: 8000, zone: "shop-web-net" },
    { from: "shop-web", to: "shop-api", port: 8000, zone: "shop-net" },
    { from: "shop-api", to: "shop-postgres", port: 5432, zone: "shop-db-net" },
];

/** The declared platform: edge, shop (web, api, postgres in three zones) and club (two peers in one zone). */
export const PLATFORM_DATA: Platform = {
    environment: ENVIRONMENT,
    domain: "example.test",
    products: ["shop", "club"],
    zones: ZONES,
    services: SERVICES,
    flows: FLOWS,
    secrets: [],
};

function labels(pairs: Readonly<Record<string, string>>): { label: string; value: string }[] {
    return Object.entries(pairs).map(([label, value]) => ({ label, value }));
}

/** Properties of a service's container, hardened in every way. */
function containerProps(model: Service): Props {
    const networks = model.zones.map((name) => networkName(ENVIRONMENT, name));
    return {
        name: containerName(ENVIRONMENT, model.name),
        image: `ghcr.io/example/app:1@sha256:${"a".repeat(64)}`,
        user: "10001:10001",
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        privileged: false,
        readOnly: true,
        memory: 256,
        memorySwap: 256,
        cpus: "0.5",
        ulimits: [
            { name: "nproc", soft: 4096, hard: 4096 },
            { name: "nofile", soft: 65536, hard: 65536 },
        ],
        healthcheck: { tests: ["CMD", "true"], interval: "30s", timeout: "10s", retries: 3, startPeriod: "10s" },
        wait: true,
        restart: "always",
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        sysctls: { "net.ipv4.ip_forward": "0" },
        networkMode: networks[0],
        networksAdvanced: networks.map((name) => ({ name, aliases: [model.name] })),
        ...(model.zones.includes("edge-net") ? {} : { dns: ["127.0.0.1"] }),
        ports: model.published.map(({ internal, external, address }) => ({
            internal,
            external,
            ip: address,
            protocol: "tcp",
        })),
        envs: ["PORT=8000", "POSTGRES_PASSWORD_FILE=/etc/strata/secrets/postgres"],
        labels: labels(containerLabels(ENVIRONMENT, model)),
    };
}

/** Properties of the one-shot that writes a service's files. */
function writerProps(model: Service): Props {
    return {
        ...containerProps(model),
        name: `${containerName(ENVIRONMENT, model.name)}-writer`,
        readOnly: undefined,
        healthcheck: undefined,
        ulimits: undefined,
        sysctls: undefined,
        networksAdvanced: undefined,
        wait: undefined,
        networkMode: "none",
        start: false,
        mustRun: false,
        restart: "no",
        mounts: [{ type: "volume", source: volumeName(ENVIRONMENT, model.name, "files"), target: "/etc/strata" }],
        labels: labels({ ...volumeLabels(ENVIRONMENT, model), [LABEL.role]: "writer" }),
    };
}

function networkProps(model: Zone): Props {
    return {
        name: networkName(ENVIRONMENT, model.name),
        driver: "bridge",
        internal: model.internal,
        attachable: false,
        ipv6: false,
        ipamConfigs: [{ subnet: model.subnet, gateway: model.gateway }],
        labels: labels(networkLabels(ENVIRONMENT, model)),
    };
}

function volumeProps(model: Service, purpose: "data" | "files"): Props {
    return {
        name: volumeName(ENVIRONMENT, model.name, purpose),
        driver: "local",
        labels: labels({
            ...volumeLabels(ENVIRONMENT, model),
            ...(purpose === "data" ? { [LABEL.data]: "true" } : { [LABEL.purpose]: purpose }),
        }),
    };
}

function find(name: string): Service {
    return SERVICES.find((candidate) => candidate.name === name)!;
}

const shopApi = find("shop-api");
const shopDatabase = find("shop-postgres");

/** A compliant container; `changes` replace properties, `undefined` removes one. */
export function container(changes: Props = {}): PolicyInput {
    return { type: CONTAINER, name: "shop-api-container", props: without({ ...containerProps(shopApi), ...changes }) };
}

export function writer(changes: Props = {}): PolicyInput {
    return { type: CONTAINER, name: "shop-api-writer", props: without({ ...writerProps(shopApi), ...changes }) };
}

export function owner(changes: Props = {}): PolicyInput {
    return {
        type: CONTAINER,
        name: "shop-api-owner",
        props: without({
            ...writerProps(shopApi),
            name: "test-shop-api-owner",
            start: undefined,
            user: "0:0",
            capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] },
            entrypoints: ["chown"],
            command: ["10001:10001", "/data"],
            labels: labels({ ...volumeLabels(ENVIRONMENT, shopApi), [LABEL.role]: "owner" }),
            ...changes,
        }),
    };
}

/** What a container that ends has instead of a service's life. */
const ENDS = { start: false, mustRun: false, wait: undefined, restart: "no", ports: [] };

function ending(name: string, runs: string, props: Props): PolicyInput {
    const model = { ...shopApi, name };
    const own = labels({ ...containerLabels(ENVIRONMENT, model), [LABEL.runs]: runs });
    return {
        type: CONTAINER,
        name: `${name}-container`,
        props: without({ ...containerProps(model), ...ENDS, labels: own, ...props }),
    };
}

/** The container of a job. */
export function job(changes: Props = {}): PolicyInput {
    return ending("shop-migrate", "once", { healthcheck: { tests: ["NONE"], interval: "30s" }, ...changes });
}

/** A container that runs only while that job does. */
export function companion(changes: Props = {}): PolicyInput {
    return ending("shop-migrate-agent", "with-job", changes);
}

export function network(changes: Props = {}): PolicyInput {
    return { type: NETWORK, name: "network-shop-net", props: without({ ...networkProps(ZONES[2]!), ...changes }) };
}

export function volume(changes: Props = {}, options: Pick<PolicyInput, "protect"> = { protect: true }): PolicyInput {
    return {
        type: VOLUME,
        name: "shop-postgres-data",
        props: without({ ...volumeProps(shopDatabase, "data"), ...changes }),
        ...options,
    };
}

/** The whole stack: plan, networks, containers, a writer, and volumes. Edit with {@link change}. */
export function stack(platform: Platform = PLATFORM_DATA): PolicyInput[] {
    const data = { type: "volume", source: "test-shop-postgres-data", target: "/var/lib/postgresql/data" };
    const files = { type: "volume", source: "test-shop-api-config", target: "/etc/strata", readOnly: true };
    return [
        { type: FLOW_PLAN, name: "network-flow-plan", props: platform as unknown as Props },
        ...ZONES.map((model) => ({
            type: NETWORK,
            name: `network-${model.name}`,
            props: { ...networkProps(model), id: `id-${model.name}` },
        })),
        ...SERVICES.map((model) => ({
            type: CONTAINER,
            name: `${model.name}-container`,
            props: {
                ...containerProps(model),
                mounts: model === shopDatabase ? [data] : model === shopApi ? [files] : [],
            },
        })),
        writer(),
        owner({ mounts: [] }),
        { type: VOLUME, name: "shop-postgres-data", props: volumeProps(shopDatabase, "data"), protect: true },
        { type: VOLUME, name: "shop-api-files", props: volumeProps(shopApi, "files") },
    ];
}

/** The stack with changed properties of one resource, given by its physical name. */
export function change(inputs: readonly PolicyInput[], name: string, changes: Props): PolicyInput[] {
    if (!inputs.some(({ props }) => props["name"] === name)) {
        throw new Error(`the stack has no ${name}`);
    }
    return inputs.map((input) =>
        input.props["name"] === name ? { ...input, props: without({ ...input.props, ...changes }) } : input,
    );
}

/** The platform with one changed service. */
export function withService(name: string, changes: ServiceChanges, platform: Platform = PLATFORM_DATA): Platform {
    return {
        ...platform,
        services: platform.services.map((model) =>
            model.name === name ? ({ ...model, ...changes } as Service) : model,
        ),
    };
}

/** Properties that attach a container to zones: its first network, and all of them with aliases. */
export function attached(...zones: string[]): Props {
    const names = zones.map((name) => networkName(ENVIRONMENT, name));
    return { networkMode: names[0], networksAdvanced: names.map((name) => ({ name, aliases: [] })) };
}

function without(props: Props): Props {
    return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
