/** The table of what runs where names pages that answer, not prefixes of them. */

import { allWell, type ServiceRow, serviceRows, whereTable } from "../../../cli/commands/where";
import { declaredBy } from "../../../cli/stacks/platform";
import { findStack } from "../../../cli/stacks/stack";
import type { RunningContainer } from "../../../engine/containers";
import { configOf, resolve, shop, withService } from "../model/fixtures";

const identity = {
    keycloak: { realm: "acme", host: "auth", protect: [], consoles: ["vault"] },
} as const;

type References = Readonly<Record<string, string>>;

function rows(references: References = {}) {
    const plain = configOf({ identity, management: { port: 9400 } });
    const config = { ...plain, images: { ...plain.images, ...references } };
    return serviceRows({ config, platform: resolve([shop], config) }, []);
}

const whereOf = (service: string, references?: References): readonly string[] | undefined =>
    rows(references).find((row) => row.service === service)?.where;

const MADE_HERE = {
    vault: "strata.invalid/vault:0123456789ab",
    traefik: "strata.invalid/traefik:0123456789ab",
};

test("published images have pages", () => {
    expect(whereOf("vault")).toEqual(["https://vault.example.com/"]);
    expect(whereOf("edge")).toEqual([
        "0.0.0.0:80 (http)",
        "0.0.0.0:443 (https)",
        "http://127.0.0.1:9400/dashboard/",
        "http://127.0.0.1:9401/ui/",
        "http://127.0.0.1:9402/admin/acme/console/",
    ]);
});

test("of images that were made here, what answers is named", () => {
    expect(whereOf("vault", MADE_HERE)).toEqual(["https://vault.example.com/ (API only)"]);
    expect(whereOf("edge", MADE_HERE)).toEqual(
        expect.arrayContaining(["http://127.0.0.1:9400/metrics", "http://127.0.0.1:9401 (Vault's API)"]),
    );
});

test("Keycloak has the account page, a product its routes, a store no page", () => {
    expect(whereOf("keycloak")).toEqual(["https://auth.example.com/realms/acme/account/"]);
    expect(whereOf("shop-api")).toEqual(["https://api.shop.example.com/v1"]);
    expect(whereOf("shop-db")).toEqual([]);
    expect(whereTable(rows()).filter((line) => line.startsWith("shop-db "))).toHaveLength(1);
});

test("a service is as well as the worst of its replicas", () => {
    const platform = resolve([withService("api", { replicas: 2 })]);
    const running = (replica: string | undefined, health: string): RunningContainer => {
        const labels = { "strata.service": "shop-api", ...(replica && { "strata.replica": replica }) };
        return {
            name: `x-${replica}`,
            labels,
            service: "shop-api",
            state: "running",
            health,
        } as unknown as RunningContainer;
    };
    const health = (...containers: RunningContainer[]): string | undefined =>
        serviceRows({ config: configOf(), platform }, containers).find(({ service }) => service === "shop-api")?.health;
    const first = running(undefined, "healthy");
    expect(health(first, running("2", "healthy"))).toBe("healthy");
    expect(health(first, running("2", "unhealthy"))).toBe("unhealthy");
    expect(health(first)).toBe("missing");
});

const row = (service: string, changes: Partial<ServiceRow> = {}): ServiceRow => ({
    service,
    zones: ["psra-net"],
    health: "healthy",
    where: [],
    ...changes,
});

test("the local platform's table fits 100 columns, and names every zone and address", () => {
    const found = { decision: { way: "published", reason: "test" }, images: {} } as const;
    const rows = serviceRows(declaredBy({ ...findStack("local"), copy: "/nowhere" }, found), []);
    const lines = whereTable(rows);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    const words = new Set(lines.flatMap((line) => line.split(/\s+/)));
    expect(rows.flatMap(({ zones }) => zones).filter((zone) => !words.has(zone))).toEqual([]);
    const text = lines.join("\n");
    expect(rows.flatMap(({ where }) => where).filter((address) => !text.includes(address))).toEqual([]);
});

test("zones that do not fit go on below, and addresses have lines of their own", () => {
    const zones = Array.from({ length: 8 }, (_, index) => `zone-of-product-${index}-net`);
    expect(whereTable([row("edge", { zones, where: ["https://a.example/", "127.0.0.1:9400 (traefik)"] })])).toEqual([
        "SERVICE  HEALTH   ZONES",
        "edge     healthy  zone-of-product-0-net zone-of-product-1-net zone-of-product-2-net",
        "                  zone-of-product-3-net zone-of-product-4-net zone-of-product-5-net",
        "                  zone-of-product-6-net zone-of-product-7-net",
        "",
        "SERVICE  ADDRESS",
        "edge     https://a.example/",
        "edge     127.0.0.1:9400 (traefik)",
    ]);
});

test("after a run without changes one line is enough, while all is well", () => {
    const rows = [row("psra-web"), row("psra-api", { health: "running" })];
    expect(allWell(rows, "staging")).toBe("2 services healthy (each of them: npm run status -- --stack staging)");
    expect(allWell([...rows, row("vault", { health: "missing" })], "staging")).toBeUndefined();
});
