/** Which zones may have a way out of the engine, and which services may be in them. */

import { kindOf, OPEN_ZONES } from "../components/kinds";
import { PLATFORM, type Service, type Zone } from "./platform";

/** Whether a zone may have a way out: a zone of the platform that a kind names as its `wayOut`. */
export function mayBeOpen({ name, product }: Pick<Zone, "name" | "product">): boolean {
    return product === PLATFORM && OPEN_ZONES.includes(name);
}

/** Whether a service may be in a zone with a way out: a service of the platform whose kind names the zone. */
export function mayLeaveThrough(zone: string, service: Pick<Service, "kind" | "product">): boolean {
    return service.product === PLATFORM && kindOf(service).wayOut === zone;
}
