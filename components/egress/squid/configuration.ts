/** Squid's configuration. Pure. */

import { FILES } from "../../hardening/files";
import { EGRESS, EGRESS_HOSTS, EGRESS_PORT, type EgressSettings, isFixed, NOT_OUTSIDE } from "./kind";
import type { Permission } from "./permissions";

/**
 * What is the same in every stack. Squid is one process, keeps nothing on disk and listens on one port.
 *
 * @see https://www.squid-cache.org/Doc/config/
 */
const GENERAL = [
    `http_port ${EGRESS_PORT}`,
    `visible_hostname ${EGRESS}`,
    // Squid serves these names' icons and reports itself, whatever the lists say.
    "global_internal_static off",
    "cachemgr_passwd disable all",
    "cache deny all",
    "cache_mem 0 MB",
    "memory_pools off",
    "pid_filename none",
    "netdb_filename none",
    "pinger_enable off",
    "coredump_dir none",
    // The host outside learns nothing about the services, and an error page nothing about the proxy.
    "via off",
    "forwarded_for delete",
    "httpd_suppress_version_string on",
    // Squid otherwise completes names without a dot with this machine's own domain.
    "dns_defnames off",
    `hosts_file ${FILES}/${EGRESS_HOSTS}`,
    "connect_timeout 10 seconds",
    // Less than the engine waits before it kills: open connections end with the proxy.
    "shutdown_lifetime 5 seconds",
];

/** One line for each connection: who, where to, and how it ended. No paths, which may hold secrets. */
const LOG = [
    "acl itself src 127.0.0.0/8",
    [
        "logformat strata",
        "%{%Y-%m-%dT%H:%M:%SZ}tg service=%{service}note from=%>a method=%rm host=%>rd port=%>rP",
        "status=%>Hs verdict=%Ss to=%<a sent=%>st received=%<st ms=%tr",
    ].join(" "),
    "access_log stdio:/dev/stdout logformat=strata !itself",
    "cache_log /dev/stderr",
];

/**
 * The configuration of the proxy. A connection must come from a service's zone and lead to one of its hosts, by name and
 * port. Squid compares from left to right and asks DNS for `inside` only, so no undeclared name is ever looked up.
 */
export function squidConfiguration(permissions: readonly Permission[], settings: EgressSettings): string {
    return [
        ...GENERAL,
        "",
        ...LOG,
        "",
        "acl tunnel method CONNECT",
        "acl plain proto HTTP",
        "acl asks any-of tunnel plain",
        ...NOT_OUTSIDE.map((block) => `acl inside dst ${block}`),
        ...permissions.flatMap((permission, index) => ["", ...linesOf(permission, index + 1, settings)]),
        "",
        "http_access deny all",
        "",
    ].join("\n");
}

/** The lines of a service: its name for the log, and its hosts by port. Hosts with a fixed address may be inside. */
function linesOf({ service, source, hosts }: Permission, number: number, settings: EgressSettings): string[] {
    const ports = [...new Set(hosts.map(({ port }) => port))].sort((a, b) => a - b);
    const lists = ports.flatMap((port) => {
        const here = hosts.filter((host) => host.port === port);
        return [
            {
                name: `outside_${number}_${port}`,
                port,
                hosts: here.filter((host) => !isFixed(settings, host)),
                limit: " !inside",
            },
            { name: `fixed_${number}_${port}`, port, hosts: here.filter((host) => isFixed(settings, host)), limit: "" },
        ].filter((list) => list.hosts.length > 0);
    });
    return [
        `acl from_${number} src ${source}`,
        `acl named_${number} annotate_transaction service=${service}`,
        // Matches no request: it only notes the name.
        `http_access deny from_${number} named_${number} !all`,
        ...ports.map((port) => `acl port_${number}_${port} port ${port}`),
        ...lists.flatMap((list) => [
            // `-n`: an address in place of a name is not looked up, and is on no list.
            `acl ${list.name} dstdomain -n ${list.hosts.map(({ host }) => host).join(" ")}`,
            `http_access allow from_${number} port_${number}_${list.port} asks ${list.name}${list.limit}`,
        ]),
    ];
}

/** The addresses that the stack fixes, as a hosts file. Loopback is in it because Squid reads no other hosts file. */
export function hostsFile({ hosts }: EgressSettings): string {
    return ["127.0.0.1 localhost", ...Object.entries(hosts).map(([host, address]) => `${address} ${host}`), ""].join(
        "\n",
    );
}
