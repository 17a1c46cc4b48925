/** What an owner of services claims by being one: a name, zones, hosts, a place in Vault and in the realm. */

import { hasRole } from "../../components/kinds";
import { TOKEN_FILE } from "../../components/identity/vault-agent/kind";
import type { Claim, ClaimKind } from "../claims";
import { ZONE_ROLES } from "../declaration";
import { groupName, loginEnd, roleName } from "../identity/realm";
import { isSameOwner, type Owner, ownerLabel, ownerName } from "../owner";
import type { Platform } from "../platform";
import type { Product } from "../product";
import { zoneName } from "../product-services";
import { deliveriesOf } from "../secrets/delivery";
import { mountOf } from "../secrets/secret";
import { VAULT_ZONES } from "../secrets/vault-guest";
import type { SelectedProduct } from "../selection";
import { fileOf, serviceClaims, serviceLabel } from "./services";

type Make = (of: ClaimKind, value: string, by?: string, within?: string) => Claim;

/** A product's own name. What follows from it is claimed by {@link productClaims}. */
export function nameClaim({ name }: Product): Claim {
    return { of: "product", value: name, owner: { product: name }, by: name, at: fileOf(name) };
}

/** Claims of the products that run, in their order. */
export function productClaims(platform: Platform, selected: readonly SelectedProduct[]): Claim[] {
    return selected.flatMap(({ owner, product }) => {
        const claim: Make = (of, value, by = ownerLabel(owner), within) => ({
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
            ...hostClaims(platform, product, claim),
            claim("mount", ownerName(owner)),
            ...secretClaims(platform, owner, claim),
            ...identityClaims(platform, product, claim),
        ];
    });
}

/** Zones that the product declares, and those in which its services meet Vault. */
function zoneClaims({ zones }: Platform, owner: Owner, product: Product, claim: Make): Claim[] {
    const own = zones.filter((zone) => isSameOwner(zone, owner));
    const declared = ZONE_ROLES.filter((role) => product.zones[role] !== undefined);
    const names = [
        ...declared.map((role) => zoneName(owner, role)),
        ...VAULT_ZONES.map((suffix) => `${ownerName(owner)}-${suffix}`),
    ];
    return [
        ...names.map((name) => claim("zone", name)),
        ...own.map(({ name, subnet }) => claim("subnet", subnet, `zone ${name}`)),
    ];
}

/** The host of the product's name, and those of its routes, each once, whatever the stack selects of the services. */
function hostClaims({ domain }: Platform, { name, services }: Product, claim: Make): Claim[] {
    const claimed = new Map([[name, name]]);
    for (const [short, service] of Object.entries(services)) {
        const { routes = [] } = service;
        for (const [index, { host = name }] of routes.entries()) {
            if (!claimed.has(host)) {
                claimed.set(host, `${name}/${short} routes[${index}]`);
            }
        }
    }
    return [...claimed].map(([host, by]) => claim("host", `${host}.${domain}`, by));
}

/** What the owner keeps in Vault, and the files that its applications get of it. */
function secretClaims({ secrets = [], services }: Platform, owner: Owner, claim: Make): Claim[] {
    const name = ownerName(owner);
    const own = secrets.filter((secret) => secret.owner === name);
    const applications = services.filter((service) => isSameOwner(service, owner) && hasRole(service, "application"));
    return [
        ...own.flatMap((secret) => {
            const by = `${ownerLabel(owner)} secret ${secret.name.slice(name.length + 1)}`;
            return [
                // Its resource was called so in earlier releases, and still has that alias.
                claim("secret", secret.name.replaceAll("/", "-"), by),
                claim("secret", `${mountOf(secret)}/${secret.path}`, by, "Vault"),
            ];
        }),
        ...applications.flatMap((application) => {
            const within = serviceLabel(application);
            return [
                claim("file", TOKEN_FILE, "its login to Vault", within),
                ...deliveriesOf(secrets, services, application).map(({ file, secret }) =>
                    claim("file", file, `secret ${secret}`, within),
                ),
            ];
        }),
    ];
}

/** The product's client, roles and groups, whether the stack has Keycloak or not. */
function identityClaims({ domain }: Platform, { name, identity }: Product, claim: Make): Claim[] {
    if (identity === undefined) {
        return [];
    }
    const { host, path } = loginEnd(name, identity);
    const by = (field: string): string => `${name} identity.${field}`;
    return [
        claim("client", name, `${name} identity`),
        ...Object.keys(identity.roles).map((role) => claim("role", roleName(name, role), by(`roles.${role}`))),
        ...Object.keys(identity.groups).map((group) =>
            claim("group", groupName(identity, group), by(`groups.${group}`)),
        ),
        claim("callback", `${host}.${domain}${path}`, by("callback")),
    ];
}
