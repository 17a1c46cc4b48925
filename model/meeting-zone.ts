/**
 * Zones in which services of one owner meet a guest of the platform, and nothing else: one zone for each owner and guest, or one for each
 * service and guest. Their addresses follow from the owner's own zone, so a zone that comes or goes moves no other: product 3 has
 * `10.120.203.0/24` for all its meetings.
 */

import type { Draft } from "../components/layer";
import { meetingAddresses, meetingPartAddresses } from "./address-plan";
import { isSameOwner, type Owner, ownerLabel, ownerName, ownerOf } from "./owner";
import type { Service, Tier, Zone } from "./platform";
import type { Problem } from "./problems";

/** Which of an owner's meeting zones: the end of its name, and its quarter of the owner's meeting addresses. */
export interface Meeting {
    /** For example `temporal-net`: the zone is `psra-temporal-net`, or `psra-api-temporal-net` for the service `api` alone. */
    readonly suffix: string;
    /** From 0 to 3; no two layers have the same. */
    readonly quarter: number;
    /** @default "app" */
    readonly tier?: Tier;
}

/** A zone, or the problem that its addresses do not fit. */
export type MeetingZone = { readonly zone: Zone } | { readonly problem: Problem };

/** Third octet of an owner's meetings above that of its own zone. */
const OFFSET = 200;

/**
 * The zone in which an owner's services meet a guest.
 *
 * @param peers - whether the owner's services may reach each other there
 */
export function meetingZone(
    draft: Pick<Draft, "zones" | "config">,
    owner: Owner,
    { suffix, quarter, tier = "app" }: Meeting,
    peers: boolean,
): MeetingZone {
    const found = octetOf(draft, owner);
    if ("problem" in found) return found;
    const addresses = meetingAddresses(draft.config.addressBase, found.octet, quarter);
    return {
        zone: { name: `${ownerName(owner)}-${suffix}`, ...owner, tier, ...addresses, internal: true, peers },
    };
}

/**
 * The zone in which one service meets a guest: other services of its owner are in other zones.
 *
 * @param part - from 0 to 7: the part of the owner's quarter
 */
export function serviceMeetingZone(
    draft: Pick<Draft, "zones" | "config">,
    service: Owner & Pick<Service, "name">,
    { suffix, quarter }: Meeting,
    part: number,
): MeetingZone {
    const owner = ownerOf(service);
    const found = octetOf(draft, owner);
    if ("problem" in found) return found;
    const addresses = meetingPartAddresses(draft.config.addressBase, found.octet, quarter, part);
    const name = `${service.name}-${suffix}`;
    return { zone: { name, ...owner, tier: "app", ...addresses, internal: true, peers: false } };
}

function octetOf({ zones }: Pick<Draft, "zones">, owner: Owner): { octet: number } | { problem: Problem } {
    const own = zones.filter((zone) => isSameOwner(zone, owner));
    const near = own.find(({ tier }) => tier === "app") ?? own.find(({ tier }) => tier === "web");
    const octet = Number(near?.subnet.split(".")[2] ?? Number.NaN);
    if (octet + OFFSET <= 255) {
        return { octet: octet + OFFSET };
    }
    return {
        problem: {
            key: `${ownerLabel(owner)} zone ${near?.tier ?? "app"} subnet`,
            value: near === undefined ? "missing" : String(octet),
            accepted: `at most ${255 - OFFSET}: the zones in which the product meets the platform have the subnet ${OFFSET} above`,
            next: `${near === undefined ? "declare one" : "choose a smaller number"} in products/${owner.product}.ts`,
        },
    };
}
