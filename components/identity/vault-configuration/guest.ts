/**
 * How Vault joins the products. Each product has a zone in which its agents reach Vault, and a zone in which Vault reaches
 * the stores for which it creates logins. An application joins the agents' zone only if it asks Vault for encryption, which
 * cannot be a file. Vault joins no other zone of a product: there it could reach unrelated services. Services of the
 * platform have no agents and do not connect to Vault.
 */

import { addressesOf } from "../../../model/address-plan";
import { isProgram, kindOf } from "../../kinds";
import type { Addition, Contribution, Draft } from "../../layer";
import { VAULT, VAULT_PORT, VAULT_SERVERS } from "../../foundation/vault/kind";
import { agentName, VAULT_AGENT } from "../vault-agent/kind";
import { healthCheckOf } from "../../../model/defaults";
import { replicasOf } from "../../../model/instances";
import { areToOneStore, loginsOf } from "../../../model/logins";
import { isSameOwner, type Owner, ownerLabel, ownerName, ownerOf, ownersOf } from "../../../model/owner";
import {
    PLATFORM,
    type Flow,
    type Limits,
    type Service,
    type ServiceOf,
    type Tier,
    type Zone,
} from "../../../model/platform";
import { mainPort } from "../../../model/ports";
import type { Problem } from "../../../model/problems";
import { isAllowed } from "../../../model/reachability";
import type { StackConfig } from "../../../model/stack-config";
import { asksVault, deliveriesOf, type Delivery } from "../../../model/secrets/delivery";
import type { ResolvedSecret } from "../../../model/secrets/secret";

/** Ends of the names of a product's zones with Vault: one for its databases, one for its agents. */
const DATABASES_ZONE = "vault-net";
const AGENTS_ZONE = "agent-net";
export const VAULT_ZONES = [DATABASES_ZONE, AGENTS_ZONE] as const;

/** Third octet of a zone for Vault above that of the product's own zone (psra-db-net .4, psra-vault-net .104). */
const OFFSET = 100;

type Guest = Contribution & Required<Pick<Contribution, "additions" | "flows" | "problems">>;

/** The zones, services and flows that add Vault to the products, and agents to the applications. */
export function vaultGuest(draft: Draft, secrets: readonly ResolvedSecret[]): Guest {
    const added = new VaultContribution(draft);
    const stores = draft.services.filter((service) => kindOf(service).store?.leases && service.product !== PLATFORM);
    for (const owner of ownersOf(stores)) {
        const own = stores.filter((store) => isSameOwner(store, owner));
        // Several servers of one product share the data zone already, so they may also share this zone.
        const zone = added.add(owner, ["data"], DATABASES_ZONE, own.length > 1);
        if (zone === undefined) {
            continue;
        }
        for (const store of own) {
            added.join(store.name, zone);
            added.flow(VAULT, store.name, mainPort(store), zone);
        }
    }
    const applications = draft.services
        .filter((service) => isProgram(service) && service.product !== PLATFORM)
        .map((service) => ({ service, deliveries: deliveriesOf(secrets, draft.services, service) }));
    for (const owner of ownersOf(applications.map(({ service }) => service))) {
        const served = applications.filter(
            ({ service, deliveries }) => isSameOwner(service, owner) && deliveries.length > 0,
        );
        if (served.length === 0) {
            continue;
        }
        // Agents listen on no port, so agents in one zone can be peers.
        const zone = added.add(owner, ["app", "web"], AGENTS_ZONE, true);
        if (zone === undefined) {
            continue;
        }
        for (const { service, deliveries } of served) {
            const agent = agentOf(service, deliveries, asksVault(secrets, service.name), zone, draft.config);
            added.agents.push(agent);
            // An application starts once its files exist.
            added.additions.push({ service: service.name, startsAfter: [agent.name] });
            added.flow(agent.name, VAULT, VAULT_PORT, zone);
        }
        const asking = served.map(({ service }) => service).filter(({ name }) => asksVault(secrets, name));
        for (const { name } of asking) {
            added.join(name, zone);
            added.flow(name, VAULT, VAULT_PORT, zone);
        }
        added.problems.push(...checkUndeclaredPeers(draft, zone, asking));
    }
    return {
        zones: added.zones,
        services: added.agents,
        additions: added.additions,
        flows: added.flows,
        problems: [
            ...added.problems,
            ...applications.flatMap(({ service, deliveries }) => checkStores(service, deliveries, draft.services)),
        ],
    };
}

/**
 * The agent of an application.
 *
 * @param zone - the zone in which the agent reaches Vault
 */
function agentOf(
    application: Service,
    deliveries: readonly Delivery[],
    handsToken: boolean,
    zone: string,
    stack: StackConfig,
): Service {
    const name = agentName(application.name);
    const { server } = stack.vault;
    const agent: Omit<ServiceOf<typeof VAULT_AGENT>, "healthCheck"> = {
        name,
        ...ownerOf(application),
        layer: "products",
        kind: VAULT_AGENT,
        image: VAULT_SERVERS[server].image,
        zones: [zone],
        aliases: [name],
        ports: {},
        published: [],
        routes: [],
        limits: limitsBeside(application),
        // The agent's first files contain logins to these servers.
        startsAfter: [
            VAULT,
            ...new Set(deliveries.flatMap(({ from, login }) => (from === "login" && login ? [login.server] : []))),
        ],
        environment: {},
        sidecarOf: application.name,
        spec: { deliveries, handsToken, server },
    };
    return { ...agent, healthCheck: healthCheckOf(agent, stack) };
}

/**
 * Limits of an agent. The kernel counts its processes together with those of all instances of its application, because they
 * have one user.
 */
function limitsBeside(application: Service): Limits {
    const { limits } = kindOf({ kind: VAULT_AGENT });
    return { ...limits, processes: Math.max(limits.processes, application.limits.processes * replicasOf(application)) };
}

/** Collects the zones, agents, additions, flows and problems. */
class VaultContribution {
    readonly zones: Zone[] = [];
    readonly agents: Service[] = [];
    readonly additions: Addition[] = [];
    readonly flows: Flow[] = [];
    readonly problems: Problem[] = [];

    constructor(private readonly draft: Draft) {}

    /** Adds a zone of an owner for Vault. Its subnet follows from the owner's first zone in one of the tiers. */
    add(owner: Owner, tiers: readonly Tier[], suffix: string, peers: boolean): string | undefined {
        const [near] = tiers.flatMap((tier) =>
            this.draft.zones.filter((zone) => zone.tier === tier && isSameOwner(zone, owner)),
        );
        const octet = Number(near?.subnet.split(".")[2] ?? Number.NaN) + OFFSET;
        if (!(octet <= 255)) {
            this.problems.push({
                key: `${ownerLabel(owner)} zone ${near?.tier ?? tiers[0]!} subnet`,
                value: String(octet - OFFSET),
                accepted: `at most ${255 - OFFSET}: the zone with Vault has the subnet ${OFFSET} above`,
                next: `choose a smaller number in products/${owner.product}.ts`,
            });
            return undefined;
        }
        const name = `${ownerName(owner)}-${suffix}`;
        const tier = near!.tier === "data" ? "data" : "app";
        const addresses = addressesOf(this.draft.config.addressBase, octet);
        this.zones.push({ name, ...owner, tier, ...addresses, internal: true, peers });
        this.join(VAULT, name);
        return name;
    }

    join(service: string, zone: string): void {
        this.additions.push({ service, zones: [zone] });
    }

    flow(from: string, to: string, port: number, zone: string): void {
        this.flows.push({ from, to, port, zone });
    }
}

/**
 * Problems of applications in the agents' zone. Its members are peers, so two applications may share it only if they may
 * reach each other anyway.
 */
function checkUndeclaredPeers(draft: Draft, zone: string, applications: readonly Service[]): Problem[] {
    return applications.flatMap(({ name, product }, index) =>
        applications
            .slice(0, index)
            .filter((other) => !isAllowed(draft, name, other.name))
            .map((other) => ({
                key: `zone ${zone}`,
                value: `${other.name} with ${name}`,
                accepted: "applications that use transit keys and may reach each other anyway",
                next: `let one of them encrypt for the other, or declare the call, in products/${product}.ts`,
            })),
    );
}

/**
 * Problems of clients without a secret for their store. A client gets its store's URL from its agent, so it could not log
 * in.
 */
function checkStores(application: Service, deliveries: readonly Delivery[], services: readonly Service[]): Problem[] {
    return loginsOf(services)
        .filter(({ client }) => client === application.name)
        .filter((wanted) => !deliveries.some(({ login }) => login !== undefined && areToOneStore(login, wanted)))
        .map(({ kind, store }) => ({
            key: `${ownerLabel(application)} secrets`,
            value: `none with which ${application.name} logs in to ${kind} (${store})`,
            accepted: "a secret for each client of a store",
            next: `add one with \`${kindOf({ kind }).store?.howToLogIn}\` to products/${application.product}.ts`,
        }));
}

/** Applications that log in to Vault, themselves or through their agent: those that share a zone with Vault. */
export function vaultClients(zones: readonly Zone[], services: readonly Service[]): VaultClient[] {
    return services
        .filter((service) => isProgram(service) && service.product !== PLATFORM)
        .map(({ name }) => ({ name, sources: sourcesOf(zones, services, name) }))
        .filter(({ sources }) => sources.length > 0);
}

/** A service with a login at Vault. */
export interface VaultClient {
    readonly name: string;
    /** Subnets from which its login is valid. */
    readonly sources: readonly string[];
}

/** Subnets from which a service's login is used: those of the zones that the service or its agent shares with Vault. */
export function sourcesOf(zones: readonly Zone[], services: readonly Service[], name: string): string[] {
    const find = (wanted: string): readonly string[] =>
        services.find((service) => service.name === wanted)?.zones ?? [];
    const shared = [...find(name), ...find(agentName(name))].filter((zone) => find(VAULT).includes(zone));
    return zones.flatMap((zone) => (shared.includes(zone.name) ? [zone.subnet] : [])).sort();
}
