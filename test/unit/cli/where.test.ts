/** The table of what runs where names pages that answer, not prefixes of them. */

import { serviceRows, whereTable } from "../../../cli/commands/where";
import { resolvePlatform } from "../../../model/resolve";
import { configOf, shop } from "../model/fixtures";

const identity = {
    keycloak: { realm: "acme", host: "auth", protect: [], consoles: ["vault"] },
} as const;

type References = Readonly<Record<string, string>>;

function rows(references: References = {}) {
    const plain = configOf({ identity, management: { port: 9400 } });
    const config = { ...plain, images: { ...plain.images, ...references } };
    return serviceRows({ config, platform: resolvePlatform({ environment: "local", config, products: [shop] }) }, []);
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

test("Keycloak is the page of one's account, a product its routes, a store nowhere", () => {
    expect(whereOf("keycloak")).toEqual(["https://auth.example.com/realms/acme/account/"]);
    expect(whereOf("shop-api")).toEqual(["https://api.shop.example.com/v1"]);
    expect(whereOf("shop-db")).toEqual([]);
    expect(whereTable(rows()).find((line) => line.startsWith("shop-db "))).toMatch(/ -$/);
});
