/** Owners. Isolation is between owners: two owners share only what is declared. */

/** Product name of the services that serve all products: the edge, Vault, Keycloak. */
export const PLATFORM = "platform";

/** The platform, a product, or a tenant of a product that has services of its own. */
export interface Owner {
    /** A product's name, or {@link PLATFORM}. */
    readonly product: string;
    /** Name of a tenant of the product. @default - the product itself, or the platform */
    readonly tenant?: string;
}

/** Whether two things have one owner. A product and its tenants are different owners. */
export function isSameOwner(a: Owner, b: Owner): boolean {
    return a.product === b.product && a.tenant === b.tenant;
}

/** The owner of an object, without the object's other fields. */
export function ownerOf({ product, tenant }: Owner): Owner {
    return { product, ...(tenant !== undefined && { tenant }) };
}

/** Every owner, once, in the order of its first object. */
export function ownersOf(owned: readonly Owner[]): Owner[] {
    return owned
        .filter((one, index) => owned.findIndex((other) => isSameOwner(other, one)) === index)
        .map((one) => ownerOf(one));
}

/** Every product in the order of the configuration, each followed by its tenants. */
export function productOwners(platform: {
    readonly products: readonly string[];
    readonly services: readonly Owner[];
}): Owner[] {
    return platform.products.flatMap((product) =>
        ownersOf([{ product }, ...platform.services.filter((service) => service.product === product)]),
    );
}

/**
 * The beginning of the owner's names and of its paths in Vault: `psra`, or `psra-acme` for the tenant `acme` of `psra`. The
 * owner claims its mounts by that name, so no other owner can have it.
 */
export function ownerName({ product, tenant }: Owner): string {
    return tenant === undefined ? product : `${product}-${tenant}`;
}

/** The owner in messages: `psra`, or `psra (tenant acme)`. */
export function ownerLabel({ product, tenant }: Owner): string {
    return tenant === undefined ? product : `${product} (tenant ${tenant})`;
}

/** Name of an owner's service in the environment, for example `psra-api`. */
export function serviceName(owner: Owner, short: string): string {
    return `${ownerName(owner)}-${short}`;
}

/** Name of a service without its owner: `api` for `psra-api`. */
export function shortName(service: Owner & { readonly name: string }): string {
    return service.name.slice(ownerName(service).length + 1);
}
