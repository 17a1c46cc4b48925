/** How wide a range of trusted proxies may be. */

/** The widest ranges that CDNs and private networks have: 10.0.0.0/8, and /24 to /29 of IPv6. */
const WIDEST = { ipv4: 8, ipv6: 20 } as const;

/** Whether a CIDR range is of some proxies, not of half the Internet. */
export function isNarrow(range: string): boolean {
    const [address = "", length] = range.split("/");
    const prefix = Number(length);
    if (!address.includes(":")) return prefix >= WIDEST.ipv4;
    // Special addresses, and among them ::ffff:0:0/96, which Traefik takes for all of IPv4.
    const isSpecial = new URL(`http://[${address}]`).hostname.startsWith("[::");
    return prefix >= WIDEST.ipv6 && (!isSpecial || prefix === 128);
}
