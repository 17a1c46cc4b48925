import { resolvePlatform } from "../../../model/resolve";
import { LOGIN_IS_ACCEPTED } from "../../../components/identity/vault-agent/kind";
import { sourcesOf, VAULT_ZONES } from "../../../components/identity/vault-configuration/guest";
import { parseConfig } from "../../../config/load";
import { products } from "../../../products";
import type { Product } from "../../../model/product";

const base = {
    "strata:domain": "example.com",
    "strata:addressBase": "172.25",
    "strata:products": [{ name: "psra" }],
    "strata:vault": { seal: { kind: "local" } },
    "strata:unreleased": "reference-app",
};
const resolve = (all: readonly Product[] = products) =>
    resolvePlatform({ environment: "test", config: parseConfig(base), products: all });

test("agents and what asks Vault meet it in one zone, the database where nobody else is", () => {
    const after = resolve();
    const met = after.flows.filter(({ zone }) => VAULT_ZONES.some((end) => zone === `psra-${end}`));
    expect(met.map(({ from, to, port, zone }) => `${from} -> ${to}:${port} through ${zone}`)).toEqual([
        "vault -> psra-postgres:5432 through psra-vault-net",
        "psra-engine-agent -> vault:8200 through psra-agent-net",
        "psra-api-agent -> vault:8200 through psra-agent-net",
        "psra-web-agent -> vault:8200 through psra-agent-net",
        "psra-api -> vault:8200 through psra-agent-net",
    ]);
    const members = (zone: string): string[] =>
        after.services.filter(({ zones }) => zones.includes(zone)).map(({ name }) => name);
    expect(members("psra-vault-net").sort()).toEqual(["psra-postgres", "vault"]);
    expect(members("psra-agent-net").sort()).toEqual([
        "psra-api",
        "psra-api-agent",
        "psra-engine-agent",
        "psra-web-agent",
        "vault",
    ]);
    const base = { product: "psra", internal: true };
    expect(after.zones.slice(-2)).toEqual([
        {
            name: "psra-vault-net",
            ...base,
            tier: "data",
            subnet: "172.25.104.0/24",
            gateway: "172.25.104.1",
            peers: false,
        },
        {
            name: "psra-agent-net",
            ...base,
            tier: "app",
            subnet: "172.25.103.0/24",
            gateway: "172.25.103.1",
            peers: true,
        },
    ]);
    const vault = after.services.find(({ name }) => name === "vault");
    expect(vault?.zones).toEqual(["vault-net", "psra-vault-net", "psra-agent-net"]);
});

test("logins are good where the agents meet Vault, and nowhere else", () => {
    const { zones, services } = resolve();
    expect(sourcesOf(zones, services, "psra-web")).toEqual(["172.25.103.0/24"]);
    expect(sourcesOf(zones, services, "psra-api")).toEqual(["172.25.103.0/24"]);
    expect(sourcesOf(zones, services, "psra-redis")).toEqual([]);
});

test("each application waits for its agent, which is healthy as long as its login is and all files are there that always are", () => {
    const { services } = resolve();
    const find = (name: string) => services.find((service) => service.name === name)!;
    expect(find("psra-api").startsAfter).toContain("psra-api-agent");
    expect(find("psra-api-agent")).toMatchObject({
        kind: "vault-agent",
        sidecarOf: "psra-api",
        startsAfter: ["vault", "psra-postgres"],
        ports: {},
    });
    expect(find("psra-api-agent").healthCheck.test).toEqual([
        "CMD-SHELL",
        "test -s /tmp/token && test -s /run/secrets/postgres && test -s /run/secrets/redis && " +
            "test -s /run/secrets/jwt-secret && test -s /run/secrets/certificate && " +
            // A day and an hour: no login lives longer.
            "find /tmp/token -mmin -1500 | grep -q . && " +
            // Refused three times in a row.
            LOGIN_IS_ACCEPTED,
    ]);
    expect(services.findIndex(({ name }) => name === "psra-api-agent")).toBeLessThan(
        services.findIndex(({ name }) => name === "psra-api"),
    );
});

test("a client of a store that no secret brings the login of is refused", () => {
    const psra = products.find(({ name }) => name === "psra")!;
    const without = (...names: string[]): Product => ({
        ...psra,
        secrets: psra.secrets!.filter(({ name }) => !names.includes(name)),
    });
    expect(() => resolve([without("database")])).not.toThrow();
    expect(() => resolve([without("database", "database-password")])).toThrow(
        /psra secrets is none with which psra-api logs in to postgres \(psra\)\n {5}accepted: a secret for each client[^\n]*\n {5}next: add one with `engine: "database"` to products\/psra\.ts/,
    );
    expect(() => resolve([without("redis-password")])).toThrow(/psra-engine logs in to redis/);
});

test("transit keys do not open a way between services that have none", () => {
    const psra = products.find(({ name }) => name === "psra")!;
    const shared = (reader: string): Product => ({
        ...psra,
        secrets: psra.secrets!.map((secret) =>
            secret.engine === "transit" ? { ...secret, readers: ["engine", reader] } : secret,
        ),
    });
    expect(() => resolve([shared("api")])).not.toThrow();
    expect(() => resolve([shared("web")])).toThrow(/zone psra-agent-net is psra-engine with psra-web/);
});

test("a data zone without a number for Vault's is refused, with the reason", () => {
    const psra = products.find(({ name }) => name === "psra")!;
    const far: Product = { ...psra, zones: { ...psra.zones, data: { subnet: 200, peers: true } } };
    expect(() => resolve([far])).toThrow(
        /psra zone data subnet is 200\n {5}accepted: at most 155: the zone with Vault has the subnet 100 above/,
    );
});
