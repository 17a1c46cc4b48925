/** Every product that a stack can run. A new product is a file beside this one and a line here. */

import type { Product } from "../model/product";
import { bizosaas } from "./bizosaas";
import { psra } from "./psra";
import { rentguy } from "./rentguy";

/** In the order in which documents introduce them. */
export const products: readonly Product[] = [bizosaas, psra, rentguy];
