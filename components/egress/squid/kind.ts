/** The egress proxy: Squid, through which services reach the hosts outside that they declare. */

import type { Outside } from "../../../model/declaration";
import { MEETING_PART_ADDRESSES, MEETING_PARTS } from "../../../model/address-plan";
import type { Meeting } from "../../../model/meeting-zone";
import type { EgressConfig } from "../../../model/stack-config";
import type { Kind } from "../../kind";

/** Name of the kind, and of its service. */
export const EGRESS = "egress";

export const EGRESS_PORT = 3128;

/** The zone through which the proxy reaches the world outside the engine. */
export const EGRESS_ZONE = "egress-net";

/** Where a service meets the proxy: each service in a zone of its own, by which the proxy tells it from others. */
export const EGRESS_MEETING: Meeting = { suffix: "egress-net", quarter: 1 };

/** Most services of one owner with hosts outside: each has a part of the owner's addresses. */
export const MOST_SERVICES = MEETING_PARTS;

/** Most instances of a service with hosts outside: the proxy has an address beside them. */
export const MOST_INSTANCES = MEETING_PART_ADDRESSES - 1;

/** Name of the file with Squid's configuration. */
export const EGRESS_CONFIGURATION = "squid.conf";

/** Name of the file with addresses of hosts that the stack fixes. */
export const EGRESS_HOSTS = "hosts";

/**
 * Addresses that are not outside: this machine, its networks and the cloud's own services. A declared name that resolves to
 * one of them is refused, so whoever answers for the name cannot lead a service into the networks here.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry/
 */
export const NOT_OUTSIDE: readonly string[] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/128",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/** The fields of the proxy besides those of all services: settings of `strata:egress`. */
export type EgressSettings = EgressConfig;

/** Whether the stack fixes the address of a host. Such an address may be in a network here: the operator chose it. */
export function isFixed({ hosts }: EgressSettings, { host }: Pick<Outside, "host">): boolean {
    return Object.hasOwn(hosts, host);
}

export const egress: Kind<EgressSettings, never> = {
    role: "guest",
    service: EGRESS,
    wayOut: EGRESS_ZONE,
    image: "squid",
    ports: { proxy: EGRESS_PORT },
    limits: { memoryMiB: 128, cpus: 0.5, processes: 4096 },
    // Any host but a declared one is refused, so 403 shows that Squid has read its lists. Both images have bash.
    probe: () => ({
        test: [
            "CMD",
            "bash",
            "-c",
            `exec 3<>/dev/tcp/127.0.0.1/${EGRESS_PORT} && printf 'GET http://health.invalid/ HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.1 403 ' <&3`,
        ],
        startPeriod: 15,
    }),
};
