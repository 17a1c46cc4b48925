/** `strata product new`: what it writes is a product that the model takes. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { productNew } from "../../../cli/commands/product-new";
import { projectRoot } from "../../../cli/places";
import { freeSubnets, productFile, takenSubnets, withProduct } from "../../../cli/products/template";
import { parseConfig } from "../../../config/load";
import { resolvePlatform } from "../../../model/resolve";
import { products } from "../../../products";
import { loadProduct } from "../../support/load-product";

const INDEX = readFileSync(join(projectRoot, "products", "index.ts"), "utf8");

test.each(["shop", "order-management", "a1"])("%s: the model takes it in every stack", (name) => {
    const description = 'Sells "things"';
    const subnets = freeSubnets(takenSubnets(products))!;
    const written = loadProduct(name, productFile({ name, description, images: "ghcr.io/acme", subnets }));
    expect([written.name, written.description]).toEqual([name, description]);
    for (const environment of ["local", "staging", "production"]) {
        const { config } = parse(readFileSync(join(projectRoot, `Pulumi.${environment}.yaml`), "utf8")) as {
            config: Record<string, unknown>;
        };
        const settings = parseConfig(config);
        const platform = resolvePlatform({
            environment,
            config: { ...settings, products: [...settings.products, { name }] },
            products: [...products, written],
        });
        expect(platform.services.map((service) => service.name)).toEqual(
            expect.arrayContaining([`${name}-web`, `${name}-api`, `${name}-postgres`, `${name}-redis`]),
        );
    }
});

test("its file says what the numbers of its subnets are", () => {
    const subnets = { web: 19, app: 17, data: 18 };
    const text = productFile({ name: "shop", description: "Shop", images: "ghcr.io/acme", subnets });
    expect(text).toContain("// A subnet is the third octet of a zone's network: 19 is 10.122.19.0/24 in local.");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(160);
});

test("its zones, and those for Vault above them, are nobody's", () => {
    expect(freeSubnets([0, 1, 2, 104])).toEqual({ app: 3, data: 5, web: 6 });
    expect(freeSubnets(Array.from({ length: 154 }, (_, index) => index))).toBeUndefined();
});

test("the index names it once, in order, and stays formatted", () => {
    const edited = withProduct(INDEX, "order-management")!;
    expect(edited).toContain(
        'import { bizosaas } from "./bizosaas";\nimport { orderManagement } from "./order-management";\nimport { orders }',
    );
    expect(edited).toMatch(/= \[bizosaas, psra, rentguy, wpcs, ai, orders, orderManagement\];\n$/);
    expect(withProduct(INDEX, "zoo")).toContain('from "./wpcs";\nimport { zoo } from "./zoo";\n');
    const long = ["first-of-many", "second-of-many", "third-of-many", "fourth-of-many", "fifth-of-many"];
    expect(long.reduce((text, name) => withProduct(text, name)!, INDEX)).toMatch(/= \[\n {4}bizosaas,\n(.*\n)*\];\n$/);
    expect(withProduct("export const products = [];", "zoo")).toBeUndefined();
});

describe("refused before anything is written", () => {
    const accepted = { images: "ghcr.io/acme" };
    test.each([
        ["a word of the language", "class", accepted, "is a word of TypeScript"],
        ["a word inside of functions", "await", accepted, "is a word of TypeScript"],
        ["the list of products", "products", accepted, "is a word of TypeScript"],
        ["no constant", "undefined", accepted, "is a word of TypeScript"],
        ["a description that ends a comment", "shop", { ...accepted, description: "*/ evil(); /*" }, "without */"],
        ["a description of two lines", "shop", { ...accepted, description: "one\ntwo" }, "one line"],
        [
            "a separator that is a line's end to TypeScript",
            "shop",
            { ...accepted, description: "a\u2028b" },
            "one line",
        ],
        ["a registry above", "shop", { images: "../.." }, "a registry and owner"],
        ["a registry that is an option", "shop", { images: "-" }, "a registry and owner"],
    ])("%s", async (_, name, options, message) => {
        await expect((async () => productNew(name, options))()).rejects.toThrow(message);
        expect(existsSync(join(projectRoot, "products", `${name}.ts`))).toBe(false);
    });
});
