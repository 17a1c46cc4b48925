/** How messages about claims name things. */

import { type Owner, ownerLabel, PLATFORM, shortName } from "../owner";

/** A product's file. */
export function fileOf(product: string): string {
    return `products/${product}.ts`;
}

/** A service: `shop/api`, or `the platform's vault`. */
export function serviceLabel(service: Owner & { readonly name: string }): string {
    return service.product === PLATFORM
        ? `the platform's ${service.name}`
        : `${ownerLabel(service)}/${shortName(service)}`;
}
