/**
 * Where Vault meets the products once it is configured. Each product's agents meet it in a zone of their own, and so do its
 * Postgres servers. An application joins the agents only if it asks Vault for something that cannot be a file. Vault joins no
 * other zone of a product: there it would meet services that have nothing to do with it. Services of the platform have no
 * agents and do not meet it.
 */

import { addressesOf } from "../address-plan";
import { PORT } from "../defaults";
import { isAllowed } from "../reachability";
import { PLATFORM, type Flow, type ImageName, type Service, type Tier, type Zone } from "../platform";
import type { Problem } from "../problems";
import { storeLogins } from "../store-logins";
import { asksVault, deliveriesOf, type Delivery } from "./delivery";
import type { ResolvedSecret } from "./secret";
import { agentName, agentService } from "./vault-agent";

/** Name of Vault's service, as in `model/platform-services.ts`. */
const VAULT = "vault";

/** Ends of the names of the zones in which a product's databases and its agents meet Vault. */
const DATABASES_ZONE = "vault-net";
const AGENTS_ZONE = "agent-net";
export const VAULT_ZONES = [DATABASES_ZONE, AGENTS_ZONE] as const;

/** Third octet of a zone for Vault above that of the product's own zone (psra-db-net .4, psra-vault-net .104). */
const OFFSET = 100;

/** What a platform is made of before Vault serves it. */
export interface VaultHost {
    readonly zones: readonly Zone[];
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    readonly secrets: readonly ResolvedSecret[];
    /** The server's image. */
    readonly image: ImageName;
    /** First two octets of the environment. */
    readonly addressBase: string;
    /** Seconds between health checks of the agents. */
    readonly healthCheckInterval: number;
}

/** What a platform without a configured Vault is made into one with. */
export interface VaultGuest {
    readonly zones: readonly Zone[];
    /** The same services, and the agents; Vault and the Postgres servers are in more zones. */
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    readonly problems: readonly Problem[];
}

/** Adds Vault to the products, and its agents beside their applications. */
export function withVaultGuest(host: VaultHost): VaultGuest {
    const meeting = new Meeting(host);
    const stores = host.services.filter(({ kind, product }) => kind === "postgres" && product !== PLATFORM);
    for (const product of productsOf(stores)) {
        const own = stores.filter((store) => store.product === product);
        // Several servers of one product meet in the data zone already.
        const zone = meeting.add(product, ["data"], DATABASES_ZONE, own.length > 1);
        if (zone === undefined) {
            continue;
        }
        for (const store of own) {
            meeting.join(store.name, zone);
            meeting.flow(VAULT, store.name, PORT.postgres, zone);
        }
    }
    const agents: Service[] = [];
    const applications = host.services.filter(({ kind }) => kind === "application");
    for (const product of productsOf(applications)) {
        const served = applications
            .filter((service) => service.product === product)
            .map((service) => ({ service, deliveries: deliveriesOf(host.secrets, host.services, service) }))
            .filter(({ deliveries }) => deliveries.length > 0);
        if (served.length === 0) {
            continue;
        }
        // Agents listen on no port, so nothing follows from their being neighbours.
        const zone = meeting.add(product, ["app", "web"], AGENTS_ZONE, true);
        if (zone === undefined) {
            continue;
        }
        for (const { service, deliveries } of served) {
            const agent = agentService(service, deliveries, zone, host.image, host.healthCheckInterval);
            agents.push(agent);
            meeting.flow(agent.name, VAULT, PORT.vault, zone);
        }
        const asking = served.map(({ service }) => service).filter(({ name }) => asksVault(host.secrets, name));
        for (const { name } of asking) {
            meeting.join(name, zone);
            meeting.flow(name, VAULT, PORT.vault, zone);
        }
        meeting.problems.push(...checkStrangers(host, zone, asking));
    }
    return {
        zones: [...host.zones, ...meeting.added],
        services: [...host.services.map((service) => meeting.joined(waiting(service, agents))), ...agents],
        flows: meeting.flows,
        problems: [
            ...meeting.problems,
            ...applications.flatMap((service) =>
                checkStores(service, deliveriesOf(host.secrets, host.services, service), host.services),
            ),
        ],
    };
}

/** Zones and flows as they come together. */
class Meeting {
    readonly added: Zone[] = [];
    readonly flows: Flow[] = [];
    readonly problems: Problem[] = [];
    private readonly joins = new Map<string, string[]>();

    constructor(private readonly host: VaultHost) {}

    /** A zone of the product for Vault, numbered after the first of the product's zones in one of the tiers. */
    add(product: string, tiers: readonly Tier[], suffix: string, peers: boolean): string | undefined {
        const [near] = tiers.flatMap((tier) =>
            this.host.zones.filter((zone) => zone.tier === tier && zone.product === product),
        );
        const octet = Number(near?.subnet.split(".")[2] ?? Number.NaN) + OFFSET;
        if (!(octet <= 255)) {
            this.problems.push({
                key: `${product} zone ${near?.tier ?? tiers[0]!} subnet`,
                value: String(octet - OFFSET),
                accepted: `at most ${255 - OFFSET} while strata:identity.vault is set: Vault is met in the subnet ${OFFSET} above`,
                next: `choose a smaller number in products/${product}.ts`,
            });
            return undefined;
        }
        const name = `${product}-${suffix}`;
        const tier = near!.tier === "data" ? "data" : "app";
        this.added.push({ name, product, tier, ...addressesOf(this.host.addressBase, octet), internal: true, peers });
        return name;
    }

    join(service: string, zone: string): void {
        this.joins.set(service, [...new Set([...(this.joins.get(service) ?? []), zone])]);
    }

    flow(from: string, to: string, port: number, zone: string): void {
        this.join(VAULT, zone);
        this.flows.push({ from, to, port, zone });
    }

    joined(service: Service): Service {
        return { ...service, zones: [...new Set([...service.zones, ...(this.joins.get(service.name) ?? [])])] };
    }
}

function productsOf(services: readonly Service[]): string[] {
    return [...new Set(services.map(({ product }) => product))];
}

/** An application starts once its files are there. */
function waiting(service: Service, agents: readonly Service[]): Service {
    const agent = agents.find(({ beside }) => beside === service.name);
    return agent === undefined ? service : { ...service, after: [...service.after, agent.name] };
}

/** The zone's members are peers, which must not open a way between applications that have none. */
function checkStrangers(host: VaultHost, zone: string, applications: readonly Service[]): Problem[] {
    return applications.flatMap(({ name, product }, index) =>
        applications
            .slice(0, index)
            .filter((other) => !isAllowed(host, name, other.name))
            .map((other) => ({
                key: `zone ${zone}`,
                value: `${other.name} with ${name}`,
                accepted: "applications that use transit keys and may reach each other anyway",
                next: `let one of them encrypt for the other, or declare the call, in products/${product}.ts`,
            })),
    );
}

/** The program hands out no URLs where agents do, so a client without a secret for its store could not log in. */
function checkStores(application: Service, deliveries: readonly Delivery[], services: readonly Service[]): Problem[] {
    return storeLogins(services)
        .filter(({ client }) => client === application.name)
        .filter(({ kind, store }) => !deliveries.some(({ login }) => login?.kind === kind && login.store === store))
        .map(({ kind, store }) => ({
            key: `${application.product} secrets`,
            value: `none with which ${application.name} logs in to ${kind} (${store})`,
            accepted: "a secret for each client of a store, while strata:identity.vault is set",
            next: `add one with \`${kind === "postgres" ? 'engine: "database"' : 'source: "redis"'}\` to products/${application.product}.ts`,
        }));
}

/** Applications that log in to Vault, or whose agent does: those that meet it somewhere. */
export function vaultClients(zones: readonly Zone[], services: readonly Service[]): VaultClient[] {
    return services
        .filter(({ kind }) => kind === "application")
        .map(({ name }) => ({ name, sources: sourcesOf(zones, services, name) }))
        .filter(({ sources }) => sources.length > 0);
}

/** A service with a login at Vault. */
export interface VaultClient {
    readonly name: string;
    /** Subnets in which its login is good. */
    readonly sources: readonly string[];
}

/** Subnets from which a service's login is used: those of the zones in which it, or its agent, meets Vault. */
export function sourcesOf(zones: readonly Zone[], services: readonly Service[], name: string): string[] {
    const find = (wanted: string): readonly string[] =>
        services.find((service) => service.name === wanted)?.zones ?? [];
    const shared = [...find(name), ...find(agentName(name))].filter((zone) => find(VAULT).includes(zone));
    return zones.flatMap((zone) => (shared.includes(zone.name) ? [zone.subnet] : [])).sort();
}
