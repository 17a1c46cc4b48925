/** The product that `strata product new` writes breaks no rule, beside the products of a stack. */

import { freeSubnets, productFile, takenSubnets } from "../../cli/products/template";
import { products } from "../../products";
import { loadProduct } from "../support/load-product";
import { judgeProgram } from "../support/policy";
import { collectProgram } from "../support/program";

const NAME = "order-management";

test("local with a new product breaks no rule", async () => {
    const subnets = freeSubnets(takenSubnets(products))!;
    const text = productFile({ name: NAME, description: "Orders", images: "ghcr.io/acme", subnets });
    const written = loadProduct(NAME, text);
    jest.doMock("../../products", () => ({ products: [...products, written] }));
    const program = await collectProgram("local", { config: { "strata:products": [{ name: NAME }] } });
    expect(program.resources.map(({ name }) => name)).toContain(`${NAME}-api-container`);
    expect(await judgeProgram(program)).toEqual({});
});
