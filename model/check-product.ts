import type { Problem } from "./problems";
import type { Product } from "./product";
/** tbd */
export function checkProduct(_product: Product): Problem[] {
    return [];
}
