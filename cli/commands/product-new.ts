/** `strata product new <name>`: begins a product with a file that passes every check. */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

import { parseConfig } from "../../config/load";
import { REGISTRY_PATH } from "../../model/image-reference";
import { ConfigurationError } from "../../model/problems";
import { type Product, PRODUCT_NAME } from "../../model/product";
import { resolvePlatform } from "../../model/resolve";
import { products } from "../../products";
import { ExitCode, Failure, npmRun } from "../failure";
import { Progress } from "../output/progress";
import { projectRoot } from "../places";
import { constantOf, freeSubnets, productFile, takenSubnets, withProduct } from "../products/template";
import { readStackFile } from "../stacks/copy";
import { findStack, LOCAL } from "../stacks/stack";

/** Options of `product new`. */
export interface ProductNewOptions {
    /** One line for people. @default the product's name */
    readonly description?: string;
    /** Registry and owner of the product's images, for example `ghcr.io/acme`. */
    readonly images: string;
}

/** Accepted descriptions. A description becomes a line of a comment. */
const DESCRIPTION = /^(?!.*\*\/)[^\p{C}\u2028\u2029]{1,200}$/u;

/**
 * Writes `products/<name>.ts` and names it in `products/index.ts`. Both or neither.
 *
 * @returns exit code
 * @throws Failure when the name is taken or invalid, or the model refuses the product
 */
export function productNew(name: string, { description = name, images }: ProductNewOptions): Promise<number> {
    const progress = new Progress();
    const again = `run: ${npmRun("strata", undefined, "product", "new", "<name>")}`;
    const known = products.map((product) => product.name);
    if (!PRODUCT_NAME.pattern.test(name)) {
        const { accepted } = PRODUCT_NAME;
        throw new Failure(`product: ${JSON.stringify(name)} is no name; accepted: ${accepted}`, again);
    }
    if (isWordOfTheLanguage(constantOf(name))) {
        throw new Failure(`product: ${JSON.stringify(name)} is a word of TypeScript`, "choose another name");
    }
    if (!DESCRIPTION.test(description)) {
        const accepted = "one line of at most 200 characters, without */";
        throw new Failure(`--description: ${JSON.stringify(description)}; accepted: ${accepted}`, again);
    }
    if (!REGISTRY_PATH.pattern.test(images)) {
        const { accepted } = REGISTRY_PATH;
        throw new Failure(`--images: ${JSON.stringify(images)}; accepted: ${accepted}`, again);
    }
    const file = join(projectRoot, "products", `${name}.ts`);
    if (known.includes(name) || existsSync(file)) {
        throw new Failure(
            `product: ${JSON.stringify(name)} exists; there are ${known.join(", ")}`,
            "choose another name",
        );
    }
    const subnets = freeSubnets(takenSubnets(products));
    if (subnets === undefined) {
        throw new Failure("no three subnets are free for the product's zones", "remove a product's zones first");
    }
    const indexFile = join(projectRoot, "products", "index.ts");
    const index = withProduct(readFileSync(indexFile, "utf8"), name);
    if (index === undefined) {
        throw new Failure("products/index.ts is not as strata writes it", "restore it, or add the product by hand");
    }
    writeFileSync(file, productFile({ name, description, images, subnets }));
    try {
        prove(file, name);
    } catch (error) {
        rmSync(file);
        throw error;
    }
    writeFileSync(indexFile, index);
    progress.line("✓", `products/${name}.ts written and named in products/index.ts`);
    if (description === name) progress.print(`  its description is ${JSON.stringify(name)}: write a better one there`);
    progress.print(
        [
            `  next: add to strata:products in Pulumi.${LOCAL}.yaml:   - name: ${name}`,
            `        then run: ${npmRun("up")}   (the reference application runs until strata:releases names images)`,
        ].join("\n"),
    );
    return Promise.resolve(ExitCode.holds);
}

/** Whether the file of a product cannot have a constant of that name. */
function isWordOfTheLanguage(name: string): boolean {
    // `products` is the list in products/index.ts. The others are not reserved words, but cannot name a constant either.
    if (["products", "undefined", "globalThis"].includes(name)) return true;
    try {
        new Script(`"use strict"; async () => { const ${name} = 0; }`);
        return false;
    } catch {
        return true;
    }
}

/** Resolves the local stack with the new product added. @throws Failure with every problem */
function prove(file: string, name: string): void {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- written a moment ago
    const written = (require(file) as Record<string, Product>)[constantOf(name)]!;
    const config = parseConfig(readStackFile(findStack(LOCAL).source).config ?? {});
    try {
        resolvePlatform({
            environment: LOCAL,
            config: { ...config, products: [...config.products, { name }] },
            products: [...products, written],
        });
    } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const details = error.problems.map(
            ({ key, value, accepted }) => `  ${key}: ${value ?? ""} (accepted: ${accepted})`,
        );
        throw new Failure(`${name} cannot be a product; nothing was written`, "choose another name", 2, details);
    }
}
