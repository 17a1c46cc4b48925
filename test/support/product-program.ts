/** The program with a product of a test in place of the committed ones. */

import type { Product } from "../../model/product";
import { collectProgram, type Program, type Registered } from "./program";

/** Runs the program as `local`, with this product alone. @param identity - `strata:identity`. @default - no Keycloak */
export async function collectProduct(product: Product, identity: object = {}): Promise<Program> {
    jest.doMock("../../products", () => ({ products: [product] }));
    try {
        return await collectProgram("local", {
            config: { "strata:products": [{ name: product.name }], "strata:identity": identity },
        });
    } finally {
        jest.dontMock("../../products");
    }
}

/** The labels of a container, by name. */
export function labelsOf({ inputs }: Registered): Readonly<Record<string, string>> {
    return Object.fromEntries(
        (inputs["labels"] as { label: string; value: string }[]).map(({ label, value }) => [label, value]),
    );
}
