/** Checks how wide a range of trusted proxies is. */

/** The widest ranges that CDNs and private networks have: 10.0.0.0/8, and /24 to /29 of IPv6. */
const WIDEST = { ipv4: 8, ipv6: 20 } as const;

/** Whether a CIDR range is narrow enough for proxies, instead of covering half the internet. */
export function isNarrow(range: string): boolean {
    const [address = "", length] = range.split("/");
    const prefix = Number(length);
    if (!address.includes(":")) return prefix >= WIDEST.ipv4;
    // Ranges of special addresses are refused. Among them is ::ffff:0:0/96, which Traefik takes for all of IPv4.
    const isSpecial = new URL(`http://[${address}]`).hostname.startsWith("[::");
    return prefix >= WIDEST.ipv6 && (!isSpecial || prefix === 128);
}
