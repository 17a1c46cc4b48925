import { hasRole } from "../../kinds";
import { VAULT } from "../../foundation/vault/kind";
import type { Platform } from "../../../model/platform";

/** Subnets of the zones that the edge shares with Vault: people and the program reach Vault from these. */
export function entranceOf({ zones, services, flows }: Pick<Platform, "zones" | "services" | "flows">): string[] {
    const edges = services.filter((service) => hasRole(service, "edge")).map(({ name }) => name);
    const met = flows.filter(({ from, to }) => to === VAULT && edges.includes(from)).map(({ zone }) => zone);
    return zones.filter(({ name }) => met.includes(name)).map(({ subnet }) => subnet);
}
