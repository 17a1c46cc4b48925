import {
    containerLabels,
    containerName,
    networkLabels,
    networkName,
    volumeLabels,
    volumeName,
    writerName,
} from "../../../model/names";
import { databaseName, databaseUser } from "../../../components/foundation/databases";

const api = { name: "shop-api", product: "shop", layer: "products", zones: ["shop-net", "shop-db-net"] } as const;

test("physical names", () => {
    expect(containerName("staging", "shop-api")).toBe("staging-shop-api");
    expect(writerName("staging", "shop-api")).toBe("staging-shop-api-writer");
    expect(networkName("staging", "shop-db-net")).toBe("staging-shop-db-net");
    expect(volumeName("staging", "shop-db", "data")).toBe("staging-shop-db-data");
});

test("labels say what an object is, and a volume's never change with the zones", () => {
    const own = {
        "strata.environment": "staging",
        "strata.product": "shop",
        "strata.service": "shop-api",
        "strata.layer": "products",
    };
    expect(volumeLabels("staging", api)).toEqual(own);
    expect(containerLabels("staging", api)).toEqual({ ...own, "strata.zone": "shop-net,shop-db-net" });
    expect(networkLabels("staging", { name: "shop-net", product: "shop" })).toEqual({
        "strata.environment": "staging",
        "strata.product": "shop",
        "strata.zone": "shop-net",
        "strata.layer": "network",
    });
});

test("database identifiers need no quotes", () => {
    expect(databaseName("order-desk", "review-7")).toBe("order_desk_review_7");
    expect(databaseUser("order-desk")).toBe("order_desk");
});
