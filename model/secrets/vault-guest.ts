/**
 * Where Vault meets the products once it is configured: each application, and each service of the platform that reads a
 * secret, reaches it in one of its own zones, and it reaches each product's Postgres in a zone that nobody else is in. It never joins a data zone: there it would meet
 * stores and clients that have nothing to do with it.
 */

import { addressesOf } from "../address-plan";
import { PORT } from "../defaults";
import { PLATFORM, type Flow, type Service, type Tier, type Zone } from "../platform";
import type { Problem } from "../problems";
import type { ResolvedSecret } from "./secret";

/** Name of Vault's service, as in `model/platform-services.ts`. */
const VAULT = "vault";

/** Third octet of a product's Vault zone above that of its data zone (psra-db-net .4, psra-vault-net .104). */
const OFFSET = 100;

/** Tiers in which a service meets Vault, the inner one first. */
const MEETING_TIERS: readonly Tier[] = ["app", "web", "platform", "data"];

/** What a platform without a configured Vault is made into one with. */
export interface VaultGuest {
    readonly zones: readonly Zone[];
    /** The same services; Vault and the Postgres servers are in more zones. */
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    readonly problems: readonly Problem[];
}

/**
 * Adds Vault to the zones of those who log in to it.
 *
 * @param zones - all of the platform
 * @param services - all of the platform
 * @param addressBase - first two octets of the environment
 * @param secrets - all of the platform
 */
export function withVaultGuest(
    zones: readonly Zone[],
    services: readonly Service[],
    addressBase: string,
    secrets: readonly ResolvedSecret[],
): VaultGuest {
    const problems: Problem[] = [];
    const flows: Flow[] = [];
    const added: Zone[] = [];
    const joins = new Map<string, string[]>();
    const join = (service: string, zone: string): void => {
        joins.set(service, [...new Set([...(joins.get(service) ?? []), zone])]);
    };

    const stores = services.filter(({ kind, product }) => kind === "postgres" && product !== PLATFORM);
    for (const product of new Set(stores.map((store) => store.product))) {
        const own = stores.filter((store) => store.product === product);
        const data = zones.find((zone) => zone.product === product && zone.tier === "data");
        const octet = Number(data?.subnet.split(".")[2] ?? Number.NaN) + OFFSET;
        if (!(octet <= 255)) {
            problems.push({
                key: `${product} zone data subnet`,
                value: String(octet - OFFSET),
                accepted: `at most ${255 - OFFSET} while strata:identity.vault is set: Vault reaches the stores in the subnet ${OFFSET} above`,
                next: `choose a smaller number in products/${product}.ts`,
            });
            continue;
        }
        const name = `${product}-vault-net`;
        // Several servers of one product meet in the data zone already.
        const peers = own.length > 1;
        added.push({ name, product, tier: "data", ...addressesOf(addressBase, octet), internal: true, peers });
        for (const store of own) {
            join(VAULT, name);
            join(store.name, name);
            flows.push({ from: VAULT, to: store.name, port: PORT.postgres, zone: name });
        }
    }
    for (const service of vaultClients(services, secrets)) {
        const zone = MEETING_TIERS.flatMap((tier) =>
            zones.filter((one) => one.tier === tier && one.product === service.product),
        ).find(({ name }) => service.zones.includes(name));
        if (zone !== undefined) {
            join(VAULT, zone.name);
            flows.push({ from: service.name, to: VAULT, port: PORT.vault, zone: zone.name });
        }
    }
    return {
        zones: [...zones, ...added],
        services: services.map((service) => ({
            ...service,
            zones: [...new Set([...service.zones, ...(joins.get(service.name) ?? [])])],
        })),
        flows,
        problems,
    };
}

/** Services that log in to Vault: applications, and whatever else reads a secret. */
export function vaultClients(services: readonly Service[], secrets: readonly ResolvedSecret[]): Service[] {
    const readers = new Set(secrets.flatMap((secret) => secret.readers));
    return services.filter(({ kind, name }) => kind === "application" || readers.has(name));
}

/** Subnets from which a service talks to Vault: those of the zones that both are in. */
export function sourcesOf(zones: readonly Zone[], services: readonly Service[], name: string): string[] {
    const find = (wanted: string): readonly string[] =>
        services.find((service) => service.name === wanted)?.zones ?? [];
    const shared = find(name).filter((zone) => find(VAULT).includes(zone));
    return zones.flatMap((zone) => (shared.includes(zone.name) ? [zone.subnet] : [])).sort();
}
