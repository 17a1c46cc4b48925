/**
 * Who may reach whom, worked out for the probe alone: a check of the model does not share the model's code. The rules are those of
 * `docs/networks.md`.
 */

import { KINDS } from "../components/kinds";
import { PLATFORM, type Flow, type Platform, type Service } from "../model/platform";

/** The declared flows and zones, as the probe needs them. */
export class Declaration {
    private readonly services: ReadonlyMap<string, Service>;
    private readonly open: ReadonlySet<string>;
    private readonly pairs = new Set<string>();
    private readonly calls: ReadonlySet<string>;

    constructor({ services, zones, flows }: Pick<Platform, "services" | "zones" | "flows">) {
        this.services = new Map(services.map((service) => [service.name, service]));
        this.open = new Set(zones.filter(({ internal }) => !internal).map(({ name }) => name));
        this.calls = new Set(flows.map(callOf));
        // A network does not know which end opened a connection: a declared flow lets both ends reach each other.
        flows.forEach(({ from, to }) => this.pair(from, to));
        // Services of one product, or of one tenant, reach each other in its zones with `peers`. Guests are no peers.
        for (const { name, product, tenant } of zones.filter((zone) => zone.peers && zone.product !== PLATFORM)) {
            const own = services.filter((one) => one.product === product && one.tenant === tenant);
            const members = own.filter((one) => one.zones.includes(name));
            members.forEach((one) => members.forEach((other) => this.pair(one.name, other.name)));
        }
        // A job may still run beside the service that it was made for.
        for (const { name, product, tenant } of services.filter(({ kind }) => KINDS[kind].role === "job")) {
            services
                .filter((one) => one.product === product && one.tenant === tenant && one.startsAfter.includes(name))
                .forEach((one) => this.pair(one.name, name));
        }
    }

    service(name: string): Service | undefined {
        return this.services.get(name);
    }

    /** Whether a flow is declared: it has to connect. */
    isFlow(flow: Flow): boolean {
        return this.calls.has(callOf(flow));
    }

    /** Whether two services may reach each other. */
    mayMeet(one: string, other: string): boolean {
        return this.pairs.has(`${one} ${other}`);
    }

    isIn(service: string, zone: string): boolean {
        return this.services.get(service)?.zones.includes(zone) === true;
    }

    /** Whether a service is in a zone from which packets leave the engine. */
    hasWayOut(service: string): boolean {
        return this.services.get(service)?.zones.some((zone) => this.open.has(zone)) === true;
    }

    private pair(one: string, other: string): void {
        this.pairs.add(`${one} ${other}`).add(`${other} ${one}`);
    }
}

function callOf({ from, to, port, zone }: Flow): string {
    return `${from} ${to} ${port} ${zone}`;
}
