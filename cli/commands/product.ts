/** `strata product remove`: deletes the data of a product that was taken out of the stack. */

import { MOUNT } from "../../model/resource-types";
import { ExitCode, Failure, rejected } from "../failure";
import { Progress } from "../output/progress";
import { confirmByName, type Terminal, terminalOf } from "../output/question";
import { type Begin, type Deed, NOTHING_ELSE } from "../pulumi/deeds";
import { describeData } from "../pulumi/kept-data";
import type { KnownState } from "../pulumi/state";
import type { ProtectedData } from "../pulumi/state-data";
import { drop, goingWith, unprotect } from "../pulumi/state-document";
import { unmount } from "../pulumi/unmount";
import { deploy, type UpOptions } from "./up";

/** Options of `product remove`. */
export interface ProductOptions extends UpOptions {
    /** The product's name, instead of typing it. */
    readonly confirm?: string;
}

/**
 * Shows what would be deleted; once the product's name is confirmed, and the plan too, an update deletes it.
 *
 * @returns exit code, as `up`
 * @throws Failure when the product is still declared, has no data, or nobody confirms
 */
export async function removeProduct(name: string, options: ProductOptions): Promise<number> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const code = await deploy(["strata", "product", "remove", name], options, removal(name, options, progress));
    if (code === ExitCode.holds) progress.line("✓", `${name} and its data are removed`);
    return code;
}

/** The removal of a product's data, once its name was typed. */
export function removal(name: string, options: ProductOptions, progress: Progress): Begin {
    return async ({ stack, declared }, state) => {
        const going = dataOf(name, state, stack.name);
        progress.print(`data of ${name} in ${stack.name}:`);
        going.forEach((one) => progress.print(`  ${describeData(one)}`));
        refuseDeclared(name, declared.platform.products, stack);
        await confirmData(name, going, options);
        return { ...NOTHING_ELSE, deeds: [deletion(going)], deletes: going };
    };
}

/** The data of a product, including data that a failed update left unprotected. @throws Failure when it has none */
function dataOf(name: string, { data }: Pick<KnownState, "data">, stack: string): ProtectedData[] {
    const owners = [...new Set(data.map(({ owner }) => owner))].filter((owner) => owner !== "platform").sort();
    const going = data.filter(({ owner }) => owner === name);
    if (going.length === 0 || !owners.includes(name)) {
        throw rejected("product", name, owners, `these products of ${stack} have data`);
    }
    return going;
}

/** Deletes the product's mounts in Vault, before the update takes Vault out of the product's networks. */
function deletion(going: readonly ProtectedData[]): Deed {
    const mounts = going.filter(({ type }) => type === MOUNT);
    return {
        says: mounts.map((mount) => `DATA GOES: ${describeData(mount)} is deleted`),
        elsewhere: ({ pulumi }) =>
            unmount(
                pulumi,
                mounts.map(({ name: path }) => path),
            ),
        toState: async ({ pulumi }) => {
            await pulumi.rewrite((exported) => {
                const gone = mounts.map(({ urn }) => urn);
                const left = drop(exported, [...gone, ...goingWith(exported, gone)]);
                return unprotect(
                    left,
                    going.map(({ urn }) => urn),
                );
            });
            return [];
        },
    };
}

/** @throws Failure when the stack still declares the product: its data is in use. Pure. */
export function refuseDeclared(
    name: string,
    declared: readonly string[],
    stack: { readonly name: string; readonly source: string },
): void {
    if (!declared.includes(name)) return;
    throw new Failure(
        `${name} is still in strata:products of ${stack.name}; nothing was touched`,
        `take it out of ${stack.source}, then run this again; the list above is what would be deleted`,
    );
}

/** Asks for the product's name. @param terminal - where a person can be asked @throws Failure when nobody confirms */
export async function confirmData(
    name: string,
    going: readonly ProtectedData[],
    options: Pick<ProductOptions, "confirm" | "json">,
    terminal: Terminal | undefined = terminalOf(options),
): Promise<void> {
    const farewell = {
        name,
        what: `this deletes the data of ${name} (${going.length} objects)`,
        question: "This deletes the data above for good. Type the product's name to go on: ",
        next: `type the name of the product, or give --confirm ${name}`,
    };
    await confirmByName(farewell, options.confirm, terminal);
}
