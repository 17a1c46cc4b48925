import { ConfigurationError, parseConfig } from "../../../config/load";

const parse = (trustedProxies: readonly string[]) =>
    parseConfig({
        "strata:domain": "example.com",
        "strata:addressBase": "172.22",
        "strata:products": [{ name: "shop" }],
        "strata:vault": { seal: { kind: "local" } },
        "strata:edge": { trustedProxies },
    }).edge.trustedProxies;

test.each([
    "203.0.113.7/32",
    "10.0.0.0/8",
    "104.16.0.0/13",
    "2400:cb00::/32",
    "2a06:98c0::/29",
    "fd00:1::/64",
    "::1/128",
])("%s is a range of proxies", (range) => expect(parse([range])).toEqual([range]));

test.each([
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "8.0.0.0/7",
    "::/0",
    "2000::/3",
    "2000::/19",
    // All of IPv4, in other words.
    "::ffff:0:0/96",
    "0:0:0:0:0:ffff::/96",
    "0::ffff:0.0.0.0/96",
    "::/20",
])("%s is everybody, who would choose whom he is counted as", (range) => {
    expect(() => parse([range])).toThrow(ConfigurationError);
    expect(() => parse([range])).toThrow(range.includes("/96") ? /range/ : "every client in it can choose the address");
});

test.each(["203.0.113.7", "203.0.113.0/33", "example.com", "", "2001:db8::/129"])("%j is no range", (range) => {
    expect(() => parse([range])).toThrow("an address range of proxies, for example 203.0.113.0/24 or 2001:db8::/32");
});
