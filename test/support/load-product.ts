/** Loads the text of a product's file as the program loads products. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { constantOf } from "../../cli/products/template";
import type { Product } from "../../model/product";

export function loadProduct(name: string, text: string): Product {
    const folder = mkdtempSync(join(tmpdir(), "strata-product-"));
    try {
        const file = join(folder, `${name}.ts`);
        writeFileSync(file, text);
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- written a moment ago
        return (require(file) as Record<string, Product>)[constantOf(name)]!;
    } finally {
        rmSync(folder, { recursive: true });
    }
}
