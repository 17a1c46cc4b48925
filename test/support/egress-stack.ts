/** The small stack with an egress proxy and two services that reach hosts outside. */

import { hostsFile, squidConfiguration } from "../../components/egress/squid/configuration";
import { permissionsOf } from "../../components/egress/squid/permissions";
import type { Platform, Service, Zone } from "../../model/platform";
import { NETWORK, PLATFORM_DATA, attached, container, network, stack, withService, writer } from "./stack";
import type { PolicyInput } from "./policy";

export const PROXY = "test-egress";
export const PROXY_WRITER = "test-egress-writer";

/** Addresses that the stack fixes. */
const SETTINGS = { hosts: { "smtp.acme.example": "10.9.8.7" } };

const OUTSIDE: Readonly<Record<string, Service["egress"]>> = {
    "shop-api": [
        { host: "api.openai.com", port: 443 },
        { host: "smtp.acme.example", port: 587 },
    ],
    "club-worker": [{ host: "api.stripe.com", port: 443 }],
};

function meeting(service: string, product: string, part: number): Zone {
    const addresses = { subnet: `172.30.201.${part * 8}/29`, gateway: `172.30.201.${part * 8 + 1}` };
    return { name: `${service}-egress-net`, product, tier: "app", ...addresses, internal: true, peers: false };
}

const OPEN: Zone = {
    ...{ name: "egress-net", product: "platform", tier: "platform", internal: false, peers: false },
    ...{ subnet: "172.30.12.0/24", gateway: "172.30.12.1" },
};

/** @param product - owner of the proxy. @default the platform */
export function egressPlatform(product = "platform"): Platform {
    const meetings = [meeting("shop-api", "shop", 0), meeting("club-worker", "club", 1)];
    const zones = ["egress-net", ...meetings.map(({ name }) => name)];
    const [edge] = PLATFORM_DATA.services;
    const proxy = { ...edge!, ...{ name: "egress", product, layer: "egress", kind: "egress", zones, published: [] } };
    const platform = {
        ...PLATFORM_DATA,
        zones: [...PLATFORM_DATA.zones, OPEN, ...meetings],
        services: [...PLATFORM_DATA.services, { ...proxy, ports: { proxy: 3128 }, spec: SETTINGS } as Service],
        flows: [
            ...PLATFORM_DATA.flows,
            ...Object.keys(OUTSIDE).map((from) => ({ from, to: "egress", port: 3128, zone: `${from}-egress-net` })),
        ],
    };
    return Object.entries(OUTSIDE).reduce<Platform>(
        (before, [name, egress]) => withService(name, { ...(egress && { egress }) }, before),
        platform,
    );
}

/** The stack with the proxy's own resources. @param configuration - Squid's. @default what the program writes */
export function egressStack(
    platform: Platform = egressPlatform(),
    configuration: unknown = configurationOf(platform),
    hosts: unknown = hostsFile(SETTINGS),
): PolicyInput[] {
    const file = (name: string, content: unknown) => ({ file: `/etc/strata/${name}`, content });
    return [
        ...stack(platform),
        {
            ...network({ name: "test-egress-net", internal: false, ipamConfigs: [{ ...OPEN }] }),
            type: NETWORK,
            name: "network-egress-net",
        },
        { ...container({ name: PROXY, ...attached("egress-net"), dns: undefined }), name: "egress-container" },
        {
            ...writer({ name: PROXY_WRITER, uploads: [file("squid.conf", configuration), file("hosts", hosts)] }),
            name: "egress-writer",
        },
    ];
}

/** Squid's configuration as the program writes it. */
export function configurationOf(platform: Platform): string {
    return squidConfiguration(permissionsOf(platform), SETTINGS);
}
