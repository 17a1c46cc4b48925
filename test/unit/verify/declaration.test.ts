/** The truth table of `docs/networks.md`, as the probe reads a declaration. */

import { parseConfig } from "../../../config/load";
import type { Platform } from "../../../model/platform";
import { resolvePlatform } from "../../../model/resolve";
import { products } from "../../../products";
import { Declaration } from "../../../verify/declaration";
import { differences } from "../../support/two-readings";

const service = (name: string, product: string, ...zones: string[]) => ({
    ...{ name, product, zones },
    ...{ kind: "application", startsAfter: [] as string[] },
});
const ofTenant = (name: string, tenant: string, ...zones: string[]) => ({ ...service(name, "shop", ...zones), tenant });
const zone = (name: string, product: string, { peers = false, internal = true } = {}) => ({
    name,
    product,
    peers,
    internal,
});
const declared = new Declaration({
    zones: [
        zone("shop-net", "shop", { peers: true }),
        zone("shop-db-net", "shop"),
        zone("club-net", "club", { peers: true }),
        { ...zone("shop-acme-net", "shop", { peers: true }), tenant: "acme" },
        zone("vault-net", "platform", { peers: true }),
        zone("edge-net", "platform", { internal: false }),
    ],
    services: [
        service("shop-api", "shop", "shop-net", "shop-db-net"),
        service("shop-worker", "shop", "shop-net"),
        service("shop-db", "shop", "shop-db-net"),
        service("shop-abroad", "shop", "club-net"),
        service("shop-abroad-too", "shop", "club-net"),
        service("club-abroad", "club", "shop-net"),
        ofTenant("shop-acme-api", "acme", "shop-acme-net", "shop-net"),
        ofTenant("shop-acme-worker", "acme", "shop-acme-net"),
        ofTenant("shop-globe-api", "globe", "shop-acme-net"),
        service("vault", "platform", "shop-net", "vault-net"),
        service("edge", "platform", "edge-net", "vault-net"),
    ],
    flows: [
        { from: "vault", to: "shop-db", port: 5432, zone: "shop-db-net" },
        { from: "shop-api", to: "vault", port: 8200, zone: "shop-net" },
    ],
} as unknown as Platform);

test.each([
    ["caller and called", "shop-api", "vault", true],
    ["members of a product in its zone with peers", "shop-api", "shop-worker", true],
    ["members of a product in its zone without peers", "shop-api", "shop-db", false],
    ["members of a product without a common zone", "shop-worker", "shop-db", false],
    ["a guest in a zone with peers", "vault", "shop-worker", false],
    ["guests in a zone of the platform with peers", "vault", "edge", false],
    ["another product's service in a zone with peers", "club-abroad", "shop-worker", false],
    ["members of a product in another's zone with peers", "shop-abroad", "shop-abroad-too", false],
    ["a tenant's services in its zone with peers", "shop-acme-api", "shop-acme-worker", true],
    ["a tenant's service in its product's zone with peers", "shop-acme-api", "shop-worker", false],
    ["another tenant's service in a zone with peers", "shop-globe-api", "shop-acme-api", false],
    ["nobody", "shop-api", "nobody", false],
])("%s: may %s and %s meet? %s", (_, one, other, expected) => {
    expect([declared.mayMeet(one, other), declared.mayMeet(other, one)]).toEqual([expected, expected]);
});

test("a flow has a direction, a port and a zone", () => {
    const flow = { from: "shop-api", to: "vault", port: 8200, zone: "shop-net" };
    expect(declared.isFlow(flow)).toBe(true);
    for (const other of [{ from: "vault", to: "shop-api" }, { port: 8201 }, { zone: "vault-net" }]) {
        expect(declared.isFlow({ ...flow, ...other })).toBe(false);
    }
});

test("only a member of a zone that is not internal has a way out", () => {
    expect(["edge", "vault", "nobody"].map((name) => declared.hasWayOut(name))).toEqual([true, false, false]);
});

test("the model reads the declaration of all products and layers alike", () => {
    const config = parseConfig({
        "strata:domain": "example.com",
        "strata:addressBase": "172.20",
        "strata:products": products.map(({ name }) => ({ name })),
        "strata:identity": { keycloak: {} },
        "strata:vault": { seal: { kind: "local" } },
        "strata:unreleased": "reference-app",
    });
    expect(differences(resolvePlatform({ environment: "production", config, products }))).toEqual([]);
});
