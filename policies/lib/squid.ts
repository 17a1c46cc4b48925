/** Squid's configuration, as far as rules read it: who may connect to which names and ports. */

/** A line that lets connections through. */
export interface Allowance {
    /** Addresses that it lets through, in CIDR form. */
    readonly sources: readonly string[];
    readonly hosts: readonly string[];
    readonly ports: readonly number[];
    /** Blocks of addresses that a name must not resolve to. Empty when the name may lead anywhere. */
    readonly except: readonly string[];
}

/** What a configuration lets through, or why it cannot be judged. No fault quotes the configuration. */
export type Judged =
    { readonly allowances: readonly Allowance[]; readonly ports: readonly number[] } | { readonly fault: string };

/**
 * Settings that neither let connections through nor change where they lead. A configuration with any other setting cannot
 * be judged: `include`, `cache_peer`, `url_rewrite_program` and `ssl_bump` are among them.
 */
const HARMLESS = [
    "access_log",
    "cache",
    "cache_log",
    "cache_mem",
    "cachemgr_passwd",
    "connect_timeout",
    "coredump_dir",
    "dns_defnames",
    "forwarded_for",
    "global_internal_static",
    "hosts_file",
    "httpd_suppress_version_string",
    "logformat",
    "memory_pools",
    "netdb_filename",
    "pid_filename",
    "pinger_enable",
    "shutdown_lifetime",
    "via",
    "visible_hostname",
];

interface AccessList {
    readonly type: string;
    readonly values: readonly string[];
}

/** Reads a configuration. Pure. */
export function allowancesOf(text: string): Judged {
    const lists = new Map<string, AccessList>();
    const access: string[][] = [];
    const ports: number[] = [];
    for (const [index, line] of text.split("\n").entries()) {
        const [setting = "", ...words] = line.trim().split(/\s+/);
        if (setting === "" || setting.startsWith("#")) {
            continue;
        }
        if (setting === "acl") {
            const [name = "", type = "", ...values] = words;
            const before = lists.get(name);
            if (before !== undefined && before.type !== type)
                return { fault: `gives a list two types in line ${index + 1}` };
            lists.set(name, { type, values: [...(before?.values ?? []), ...values] });
        } else if (setting === "http_access") {
            access.push(words);
        } else if (setting === "http_port") {
            ports.push(Number(words.length === 1 ? words[0] : Number.NaN));
        } else if (!HARMLESS.includes(setting)) {
            return { fault: `has a setting in line ${index + 1} that the rule does not know` };
        }
    }
    // Squid's own default is the opposite of the last line.
    if (access.at(-1)?.join(" ") !== "deny all") return { fault: "does not end with `http_access deny all`" };
    const allowances = access.filter(([verdict]) => verdict !== "deny").map((words) => allowanceOf(words, lists));
    const unreadable = allowances.findIndex((allowance) => allowance === undefined);
    return unreadable >= 0
        ? { fault: "lets connections through by more than source, name and port" }
        : { allowances: allowances as Allowance[], ports };
}

/**
 * A line is a conjunction, so each list narrows it. It needs sources, names and ports; a type that is not known here may
 * only be negated or narrow a line further.
 */
function allowanceOf(
    [verdict, ...names]: readonly string[],
    lists: ReadonlyMap<string, AccessList>,
): Allowance | undefined {
    const find = (name: string): AccessList | undefined => lists.get(name);
    const plain = names.filter((name) => !name.startsWith("!")).map(find);
    const negated = names.filter((name) => name.startsWith("!")).map((name) => find(name.slice(1)));
    const only = (type: string): readonly string[] | undefined => {
        const found = plain.filter((list) => list?.type === type);
        return found.length === 1 ? found[0]?.values : undefined;
    };
    const [sources, names_, ports] = [only("src"), only("dstdomain"), only("port")];
    const isKnown = [...plain, ...negated].every((list) => list !== undefined);
    if (verdict !== "allow" || !isKnown || sources === undefined || names_ === undefined || ports === undefined) {
        return undefined;
    }
    const [flag, ...hosts] = names_;
    const except = negated.filter((list) => list?.type === "dst").flatMap((list) => list?.values ?? []);
    // Without `-n`, Squid looks up the name of an address and compares that.
    return flag === "-n" ? { sources, hosts, ports: ports.map(Number), except } : undefined;
}
