/** Checks the form of a product's data. */

import type { Problem } from "./problems";
import { type Product, productSchema } from "./product";
import { type Fault, faultsOf, wordMeant, written, type WrongValue } from "./schema/faults";
import { isPlain, quoted, typeOf } from "./schema/quoted";
import { property } from "./schema/shape";
import { suggestion } from "./nearest";

/** The result of checking a product's form. */
export interface FormOfProduct {
    readonly problems: readonly Problem[];
    /**
     * Whether values have the types, and are among the words, that the program relies on. If `false`, no other check can
     * run.
     */
    readonly isReadable: boolean;
}

/** Checks each field of a product by itself. */
export function formOf(product: Product): FormOfProduct {
    const { error } = productSchema.safeParse(product);
    const faults = (error?.issues ?? []).flatMap((issue) => faultsOf(issue, product, productSchema));
    return {
        problems: faults.map((fault) => problemOf(product, fault)),
        isReadable: faults.every(
            (fault) => fault.is !== "missing" && !(fault.is === "wrong value" && fault.wrong !== "form"),
        ),
    };
}

/**
 * {@link formOf} of an entry in the list of products. An import of what its file does not export is `undefined` there, whatever
 * its type says.
 *
 * @param index - place of the entry, from 0 on
 */
export function formOfEntry(entry: Product, index: number): FormOfProduct {
    const value: unknown = entry;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return formOf(entry);
    const problem = {
        key: `products/index.ts products[${index}]`,
        value: value === undefined ? "undefined" : typeOf(value),
        accepted: "a product, as a file of products/ exports it",
        next: `correct entry ${index + 1} of the list in products/index.ts, or what it imports`,
    };
    return { problems: [problem], isReadable: false };
}

function problemOf(product: Product, fault: Fault): Problem {
    const at = (path: readonly PropertyKey[]): string => placeIn(product, path);
    const file = `products/${String(product.name)}.ts`;
    switch (fault.is) {
        case "unknown key":
            return {
                key: `${at(fault.path)} ${fault.name}`,
                accepted: `one of ${fault.known.join(", ")}`,
                next: `${suggestion(fault.name, fault.known)}rename it or take it out in ${file}`,
            };
        case "wrong key": {
            const { name, accepted, advice } = fault;
            return advice
                ? { key: at([...fault.path, name]), accepted, next: advice.next(name) }
                : { key: at(fault.path), value: quoted(name), accepted, next: `rename it in ${file}` };
        }
        case "missing":
            return { key: at(fault.path), accepted: fault.accepted, next: `add it in ${file}` };
        case "wrong value": {
            const { path, accepted, advice } = fault;
            const isName = path.length === 1 && path[0] === "name";
            const next = isName ? "rename the product" : `${wordMeant(fault)}correct it in ${file}`;
            return {
                key: at(path),
                ...(!advice?.isHidden && { value: told(fault) }),
                accepted,
                next: advice?.next(String(path.at(-1))) ?? next,
            };
        }
    }
}

/**
 * The value for a message. A text in place of another type could be anything, such as a password of one plain word, so only
 * its type is named.
 */
function told({ value, wrong }: WrongValue): string {
    return wrong === "type" && typeof value === "string" ? typeOf(value) : quoted(value);
}

/** How messages name a place in a product's file: `shop/api routes[0].host`, `shop secret jwt path`. */
function placeIn(product: Product, path: readonly PropertyKey[]): string {
    const [part, name, ...rest] = path;
    const owner = String(product.name);
    const below = (what: string): string => [what, written(rest)].filter(Boolean).join(" ");
    if (part === undefined || part === "name") return `product ${owner}`;
    if (name === undefined) return `${owner} ${String(part)}`;
    switch (part) {
        case "zones":
            return below(`${owner} zone ${String(name)}`);
        case "services":
            return below(`${owner}/${String(name)}`);
        case "secrets":
            return below(`${owner} secret ${nameOf(property(product.secrets, name)) ?? written([name])}`);
        default:
            return `${owner} ${written(path)}`;
    }
}

function nameOf(secret: unknown): string | undefined {
    const name = property(secret, "name");
    return typeof name === "string" && isPlain(name) ? name : undefined;
}
