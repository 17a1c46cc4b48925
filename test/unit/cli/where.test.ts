import { allWell, type ServiceRow, serviceRows, whereTable } from "../../../cli/commands/where";
import { declaredBy } from "../../../cli/stacks/platform";
import { findStack } from "../../../cli/stacks/stack";

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
