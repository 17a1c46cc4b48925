import { resolvePlatform } from "../../../../model/resolve";
import { sourcesOf } from "../../../../model/secrets/vault-guest";
import { parseConfig } from "../../../../config";
import { products } from "../../../../products";
import type { Product } from "../../../../model/product";

const base = {
    "strata:domain": "example.com",
    "strata:addressBase": "172.25",
    "strata:products": [{ name: "psra" }],
    "strata:vault": { seal: { kind: "local" } },
    "strata:unreleased": "reference-app",
};
const resolve = (raw: Record<string, unknown>, all: readonly Product[] = products) =>
    resolvePlatform({ environment: "test", config: parseConfig({ ...base, ...raw }), products: all });
const on = { "strata:identity": { vault: {} } };

test("without the layer nothing is different", () => {
    expect(resolve({ "strata:identity": {} })).toEqual(resolve({}));
    expect(resolve({}).secrets).toBeUndefined();
});

test("Vault meets every application in one of its zones, and the database where nobody else is", () => {
    const before = resolve({});
    const after = resolve(on);
    const known = before.flows.map((flow) => JSON.stringify(flow));
    const added = after.flows.filter((flow) => !known.includes(JSON.stringify(flow)));
    expect(added.map(({ from, to, port, zone }) => `${from} -> ${to}:${port} through ${zone}`)).toEqual([
        "vault -> psra-postgres:5432 through psra-vault-net",
        "psra-engine -> vault:8200 through psra-net",
        "psra-api -> vault:8200 through psra-net",
        "psra-web -> vault:8200 through psra-web-net",
    ]);
    const members = after.services.filter(({ zones }) => zones.includes("psra-vault-net")).map(({ name }) => name);
    expect(members.sort()).toEqual(["psra-postgres", "vault"]);
    const zone = after.zones.find(({ name }) => name === "psra-vault-net");
    expect(zone).toEqual({
        name: "psra-vault-net",
        product: "psra",
        tier: "data",
        subnet: "172.25.104.0/24",
        gateway: "172.25.104.1",
        internal: true,
        peers: false,
    });
    const vault = after.services.find(({ name }) => name === "vault");
    expect(vault?.zones).toEqual(["vault-net", "psra-vault-net", "psra-net", "psra-web-net"]);
});

test("logins are good in the zones that a service shares with Vault", () => {
    const { zones, services } = resolve(on);
    expect(sourcesOf(zones, services, "psra-web")).toEqual(["172.25.13.0/24"]);
    expect(sourcesOf(zones, services, "psra-api")).toEqual(["172.25.13.0/24", "172.25.3.0/24"]);
});

test("a Vault that is configured is healthy once the program can log in", () => {
    const test_ = (raw: Record<string, unknown>) =>
        resolve(raw)
            .services.find(({ name }) => name === "vault")
            ?.healthCheck.test.join(" ");
    expect(test_(on)).toBe(`${test_({})} && test -e /vault/file/seal/provisioned`);
});

test("a data zone without a number for Vault's is refused, with the reason", () => {
    const psra = products.find(({ name }) => name === "psra")!;
    const far: Product = { ...psra, zones: { ...psra.zones, data: { subnet: 200, peers: true } } };
    expect(() => resolve({}, [far])).not.toThrow();
    expect(() => resolve(on, [far])).toThrow(
        /psra zone data subnet is 200\n {5}accepted: at most 155 while strata:identity\.vault is set/,
    );
});
