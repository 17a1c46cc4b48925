/** Who something belongs to. Isolation is between owners: what two of them share, they share because it was declared. */

/** Product name of what serves all products: the edge, Vault, Keycloak. */
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

/** The owner alone, of something that has one. */
export function ownerOf({ product, tenant }: Owner): Owner {
    return { product, ...(tenant !== undefined && { tenant }) };
}

/** Every owner, once, in the order in which it first owns something. */
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
 * What the owner's names and its paths in Vault begin with: `psra`, or `psra-acme` for the tenant `acme` of `psra`. Its mounts are
 * claimed by that name, so no other owner has it.
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
