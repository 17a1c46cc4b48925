/** Every product that a stack can run. A new product is a file beside this one and a line here. */

import type { Product } from "../model/product";
import { ai } from "./ai";
import { bizosaas } from "./bizosaas";
import { orders } from "./orders";
import { psra } from "./psra";
import { rentguy } from "./rentguy";
import { wpcs } from "./wpcs";

/** In the order in which documents introduce them. */
export const products: readonly Product[] = [bizosaas, psra, rentguy, wpcs, ai, orders];
