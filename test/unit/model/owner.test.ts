/** A tenant is an owner beside its product: the same services once more, and nothing in common. */

import { PLATFORM_SECRETS } from "../../../components/identity/platform-secrets";
import { vaultGuest } from "../../../components/identity/vault-configuration/guest";
import { checkPlatform } from "../../../model/check-platform";
import { checkClaims } from "../../../model/claims";
import { productClaims } from "../../../model/claims/products";
import { productFlows } from "../../../model/flows";
import { containerLabels, labelledOwner, networkLabels, volumeLabels } from "../../../model/names";
import {
    isSameOwner,
    ownerLabel,
    ownerName,
    ownersOf,
    productOwners,
    serviceName,
    shortName,
} from "../../../model/owner";
import type { Platform, Zone } from "../../../model/platform";
import { productServices, productZones } from "../../../model/product-services";
import { isAllowed } from "../../../model/reachability";
import { resolveSecrets } from "../../../model/secrets/resolve";
import type { SelectedProduct } from "../../../model/selection";
import { configOf, resolve, shop, withLogins } from "./fixtures";

const product = { product: "shop" };
const acme = { product: "shop", tenant: "acme" };

describe("owners", () => {
    test("a product and its tenants are different owners", () => {
        expect(isSameOwner(product, { product: "shop" })).toBe(true);
        expect(isSameOwner(acme, { ...acme })).toBe(true);
        for (const other of [acme, { product: "club" }, { product: "club", tenant: "acme" }]) {
            expect(isSameOwner(product, other)).toBe(false);
        }
        expect(isSameOwner(acme, { product: "shop", tenant: "globe" })).toBe(false);
    });

    test("names and labels", () => {
        expect([product, acme].map(ownerName)).toEqual(["shop", "shop-acme"]);
        expect([product, acme].map(ownerLabel)).toEqual(["shop", "shop (tenant acme)"]);
        expect([product, acme].map((owner) => serviceName(owner, "api"))).toEqual(["shop-api", "shop-acme-api"]);
        expect(shortName({ ...acme, name: "shop-acme-api" })).toBe("api");
    });

    test("are listed once, in the order of the configuration, each product before its tenants", () => {
        const services = [
            { product: "platform" },
            acme,
            { product: "club" },
            product,
            { ...acme, name: "shop-acme-api" },
        ];
        expect(ownersOf(services)).toEqual([{ product: "platform" }, acme, { product: "club" }, product]);
        expect(productOwners({ products: ["club", "shop", "empty"], services })).toEqual([
            { product: "club" },
            product,
            acme,
            { product: "empty" },
        ]);
    });

    test("objects say whose they are, and only a tenant's say more than before", () => {
        const api = { name: "shop-acme-api", ...acme, layer: "products", zones: ["shop-acme-net"] } as const;
        const own = { "strata.product": "shop", "strata.tenant": "acme" };
        for (const labels of [
            volumeLabels("staging", api),
            containerLabels("staging", api),
            networkLabels("staging", { name: "shop-acme-net", ...acme }),
        ]) {
            expect(labels).toMatchObject(own);
            expect(labelledOwner(labels)).toEqual(acme);
        }
        expect(labelledOwner({ "strata.product": "shop" })).toEqual(product);
        expect(labelledOwner({})).toBeUndefined();
    });
});

describe("a tenant with services of its own", () => {
    const config = configOf();
    const declared = withLogins(shop);
    const selected: SelectedProduct = { owner: acme, product: declared, services: declared.services };
    const services = productServices("local", config, selected);
    const zones = productZones(selected, config.addressBase);
    const { flows } = productFlows(selected, services);
    const apart = (zone: Zone, index: number): Zone => ({
        ...zone,
        subnet: `172.22.${60 + index}.0/24`,
        gateway: `172.22.${60 + index}.1`,
    });
    const base = resolve();
    /** Hosts of tenants' routes are still to come. */
    const own = services.map((service) => ({ ...service, routes: [] }));
    const both: Platform = {
        ...base,
        zones: [...base.zones, ...zones.map(apart)],
        services: [...base.services, ...own],
        flows: [...base.flows, ...flows],
    };
    const alone = { secrets: PLATFORM_SECRETS, services: [], hasClients: false };

    test("has names, zones, calls and logins that begin with its own name", () => {
        expect(services.map(({ name, product: of, tenant }) => [name, of, tenant])).toEqual(
            ["db", "cache", "worker", "api", "web"].map((short) => [`shop-acme-${short}`, "shop", "acme"]),
        );
        expect(zones.map(({ name, tenant }) => [name, tenant])).toEqual(
            ["app", "web", "data"].map((role) => [
                { app: "shop-acme-net", web: "shop-acme-web-net", data: "shop-acme-db-net" }[role],
                "acme",
            ]),
        );
        expect(new Set(services.flatMap(({ zones: joined }) => joined))).toEqual(
            new Set(zones.map(({ name }) => name)),
        );
        expect(flows.map(({ from, to }) => `${from} ${to}`)).toContain("shop-acme-api shop-acme-db");
        const database = services.find(({ name }) => name === "shop-acme-db");
        expect(database?.spec).toMatchObject({ databases: [{ clients: ["shop-acme-api"] }] });
        expect(resolveSecrets([selected], alone).flatMap(({ owner, readers }) => [owner, ...readers])).toEqual(
            expect.arrayContaining(["shop-acme", "shop-acme-api", "shop-acme-worker"]),
        );
    });

    test("stands beside the product without a problem", () => {
        expect(checkPlatform(both)).toEqual([]);
    });

    test("is reached by nobody else of the product, wherever they meet", () => {
        const met: Platform = {
            ...both,
            services: both.services.map((service) =>
                service.name === "shop-acme-cache" ? { ...service, zones: [...service.zones, "shop-db-net"] } : service,
            ),
        };
        expect(isAllowed(met, "shop-acme-cache", "shop-cache")).toBe(false);
        expect(isAllowed(met, "shop-acme-cache", "shop-acme-db")).toBe(true);
        expect(checkPlatform(met).map(({ key, value }) => [key, value])).toEqual([
            ["shop-acme-cache zones", "shop-db-net of shop"],
            ["zone shop-db-net", expect.stringContaining("shop-acme-cache with shop-cache")],
        ]);
    });

    test("calls nobody else of the product", () => {
        const flow = { from: "shop-acme-api", to: "shop-worker", port: 9000, zone: "shop-net" };
        const called = checkPlatform({ ...both, flows: [...both.flows, flow] });
        expect(called).toContainEqual(expect.objectContaining({ value: "from shop (tenant acme) to shop" }));
    });

    test("claims its names for itself: no product can be called like it", () => {
        const claims = productClaims({ ...both, zones: zones.map(apart), services: own }, [selected]);
        const of = (kind: string): string[] => claims.filter((one) => one.of === kind).map(({ value }) => value);
        expect(of("mount")).toEqual(["shop-acme"]);
        expect(of("zone")).toEqual([
            ...["worker", "api", "web"].map((service) => `shop-acme-${service}-egress-net`),
            ...["shop-acme-net", "shop-acme-web-net", "shop-acme-db-net", "shop-acme-temporal-net"],
            ...["shop-acme-egress-net", "shop-acme-files-net", "shop-acme-vault-net", "shop-acme-agent-net"],
        ]);
        expect(claims.filter(({ owner }) => !isSameOwner(owner, acme) && owner.product !== "platform")).toEqual([]);
        const product = { of: "mount", value: "shop-acme", owner: { product: "shop-acme" }, by: "shop-acme" } as const;
        expect(checkClaims([...claims, product])).toHaveLength(1);
    });

    test("meets Vault in zones of its own", () => {
        const draft = {
            environment: "local",
            config,
            products: [],
            entryPoints: [],
            additions: [],
            secrets: [],
            databases: [],
        };
        const platform = { zones: zones.map(apart), services: own, flows, problems: [] };
        const guest = vaultGuest({ ...draft, ...platform }, resolveSecrets([selected], alone));
        expect(guest.zones?.map(({ name, tenant }) => [name, tenant])).toEqual([
            ["shop-acme-vault-net", "acme"],
            ["shop-acme-agent-net", "acme"],
        ]);
        expect(guest.services?.map(({ name, tenant }) => [name, tenant])).toEqual([
            ["shop-acme-worker-agent", "acme"],
            ["shop-acme-api-agent", "acme"],
            ["shop-acme-web-agent", "acme"],
        ]);
        expect(guest.problems).toEqual([]);
    });
});
