/**
 * How the edge meets stores with routes, such as an object store with presigned URLs. A store is in no web zone, where a
 * product's frontends are, and the edge joins no data zone: they meet in a zone of their own.
 */

import { meetingZone } from "../../model/meeting-zone";
import { isSameOwner, ownersOf } from "../../model/owner";
import { hasRole } from "../kinds";
import type { Contribution, Draft } from "../layer";

/** The zone, for example `orders-files-net`. */
export const STORES_MEETING = { suffix: "files-net", quarter: 2, tier: "web" } as const;

/** The zones in which the edge reaches stores, one for each owner. */
export function storeZones(draft: Draft): Contribution {
    const stores = draft.services.filter((service) => hasRole(service, "store") && service.routes.length > 0);
    const met = ownersOf(stores).map((owner) => {
        const own = stores.filter((store) => isSameOwner(store, owner));
        // Several stores of one product share the data zone already, so they may also share this zone.
        return { own, ...meetingZone(draft, owner, STORES_MEETING, own.length > 1) };
    });
    return {
        zones: met.flatMap((one) => ("zone" in one ? [one.zone] : [])),
        additions: met.flatMap((one) =>
            "zone" in one ? one.own.map(({ name }) => ({ service: name, zones: [one.zone.name] })) : [],
        ),
        problems: met.flatMap((one) => ("problem" in one ? [one.problem] : [])),
    };
}
