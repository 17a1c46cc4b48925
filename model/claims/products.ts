/** The claims of an owner of services: its name, zones and hosts, and what the layers create for it. */

import { LAYERS } from "../../components/layers";
import type { MakeProductClaim } from "../../components/layer";
import type { Claim } from "../claims";
import { type CommonDeclaration, ZONE_ROLES } from "../declaration";
import { isSameOwner, type Owner, ownerLabel, ownerName } from "../owner";
import type { Platform } from "../platform";
import type { Product } from "../product";
import { routesDeclaredBy, zoneName } from "../product-services";
import type { SelectedProduct } from "../selection";
import { fileOf } from "./labels";
import { serviceClaims } from "./services";

/** A product's own name. What follows from it is claimed by {@link productClaims}. */
export function nameClaim({ name }: Product): Claim {
    return { of: "product", value: name, owner: { product: name }, by: name, at: fileOf(name) };
}

/** Claims of the products that run, in their order. */
export function productClaims(platform: Platform, selected: readonly SelectedProduct[]): Claim[] {
    return selected.flatMap((one) => {
        const { owner, product } = one;
        const claim: MakeProductClaim = (of, value, by = ownerLabel(owner), within) => ({
            of,
            value,
            owner,
            by,
            at: fileOf(owner.product),
            ...(within !== undefined && { within }),
        });
        return [
            ...platform.services
                .filter((service) => isSameOwner(service, owner))
                .flatMap((service) => serviceClaims(platform, service)),
            ...zoneClaims(platform, owner, product, claim),
            ...hostClaims(platform, one, claim),
            ...LAYERS.flatMap((layer) => layer.productClaims?.(platform, one, claim) ?? []),
        ];
    });
}

/** Zones that the product declares or in which it meets a guest, and the subnets of all its zones. */
function zoneClaims({ zones }: Platform, owner: Owner, product: Product, claim: MakeProductClaim): Claim[] {
    const own = zones.filter((zone) => isSameOwner(zone, owner));
    const declared = ZONE_ROLES.filter((role) => product.zones[role] !== undefined);
    return [
        ...declared.map((role) => claim("zone", zoneName(owner, role))),
        ...LAYERS.flatMap(({ meetings = [] }) =>
            meetings.map(({ suffix }) => claim("zone", `${ownerName(owner)}-${suffix}`)),
        ),
        ...own.map(({ name, subnet }) => claim("subnet", subnet, `zone ${name}`)),
    ];
}

/** The host of the product's name, and those of its routes, each once, whatever the stack selects of the services. */
function hostClaims(
    { domain, environment }: Platform,
    { owner, product: { name, services } }: SelectedProduct,
    claim: MakeProductClaim,
): Claim[] {
    const claimed = new Map([[name, name]]);
    for (const [short, service] of Object.entries<CommonDeclaration>(services)) {
        for (const [index, { host = name }] of routesDeclaredBy(service, owner, environment).entries()) {
            if (!claimed.has(host)) {
                claimed.set(host, `${name}/${short} routes[${index}]`);
            }
        }
    }
    return [...claimed].map(([host, by]) => claim("host", `${host}.${domain}`, by));
}
