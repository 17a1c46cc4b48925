/**
 * What the platform's layers claim before any product, whether a stack has the layer or not: a layer that a stack adds
 * later must find its names free.
 */

import { LAYERS } from "../../components/layers";
import { addressesOf } from "../address-plan";
import type { Claim } from "../claims";
import { LAYER_NAMES, PLATFORM, type Platform } from "../platform";
import { platformClaims } from "./platform";
import { serviceClaims } from "./services";

const owner = { product: PLATFORM };
const SERVICES = LAYERS.flatMap(({ services }) => services);

/** Services of layers that are still to come, and their zones' third octets. */
const TO_COME = {
    services: ["monitoring"],
    subnets: { "monitoring-net": 9 },
};

/** Third octets of the platform's own zones, of layers to come as well. */
export const PLATFORM_SUBNETS: Readonly<Record<string, number>> = Object.assign(
    {},
    ...LAYERS.map(({ subnets }) => subnets),
    TO_COME.subnets,
) as Record<string, number>;

/** Claims of every layer, present or not. */
export function layerClaims(platform: Platform): Claim[] {
    return [
        ...platform.services
            .filter(({ product }) => product === PLATFORM)
            .flatMap((service) => serviceClaims(platform, service)),
        ...absentServices(platform),
        ...zones(platform),
        ...guestAliases(platform),
        ...LAYERS.flatMap((layer) => layer.claims?.(platform) ?? []),
    ];
}

/** Words that no product may have as its name: product names are parts of most other names. */
export function productWords(): Claim[] {
    const services = [...SERVICES, ...TO_COME.services];
    const layers = [PLATFORM, "network", ...LAYER_NAMES].filter((name) => !services.includes(name));
    const words = LAYERS.flatMap((layer) => Object.entries(layer.words ?? {}));
    return [
        ...platformClaims("product", "the platform", layers),
        ...platformClaims("product", "a service of the platform", services),
        ...words.flatMap(([by, own]) =>
            platformClaims(
                "product",
                by,
                own.filter((word) => !layers.includes(word)),
            ),
        ),
    ];
}

/** Claims on the names of platform services that this stack does not have. */
function absentServices({ services }: Platform): Claim[] {
    const own = services.filter(({ product }) => product === PLATFORM).map(({ name }) => name);
    const absent = [...SERVICES, ...TO_COME.services].filter((name) => !own.includes(name));
    return platformClaims("service", "the platform", absent);
}

function guestAliases({ zones: all, services }: Platform): Claim[] {
    const guests = LAYERS.flatMap((layer) => layer.guests);
    return all
        .filter(({ product }) => product !== PLATFORM)
        .flatMap(({ name: within }) =>
            guests
                .filter((guest) => !services.some(({ name, zones: own }) => name === guest && own.includes(within)))
                .map((value): Claim => ({ of: "alias", value, owner, by: "a guest of the platform", within })),
        );
}

function zones(platform: Platform): Claim[] {
    const edge = platform.zones.find(({ tier }) => tier === "edge");
    const base = edge?.subnet.split(".").slice(0, 2).join(".") ?? "";
    return Object.entries(PLATFORM_SUBNETS).flatMap(([name, octet]): Claim[] => [
        { of: "zone", value: name, owner, by: "the platform" },
        { of: "subnet", value: addressesOf(base, octet).subnet, owner, by: name },
    ]);
}
