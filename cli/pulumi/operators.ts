/** An update that ends because people have to open Vault. */

import { OPERATORS_GATE, OPERATORS_WAITED_FOR } from "../../model/vault-names";
import { Failure } from "../failure";
import type { UpdateView } from "./events";

/** Where people read how a sealed Vault is opened. */
export const HOW_TO_OPEN = '"Opening Vault as operators" in docs/vault.md';

/** Whether a resource is the gate before the configuration inside Vault. */
export function isGate(urn: string): boolean {
    return urn.endsWith(`::${OPERATORS_GATE}`);
}

/**
 * What operators have to do before the rest of an update can be done, if nothing else ended the update. An update in which something
 * else failed too, or which a policy refuses, is broken. Pure.
 */
export function waitedForOperators({
    errors,
    failed,
    policyViolated,
}: Pick<UpdateView, "errors" | "failed" | "policyViolated">): Failure | undefined {
    if (policyViolated || failed.some(({ urn }) => !isGate(urn))) return undefined;
    const told = errors.find((text) => text.startsWith(`${OPERATORS_GATE}: `) && text.includes(OPERATORS_WAITED_FOR));
    if (told === undefined) return undefined;
    // Before this text, Pulumi says which program ended, and how.
    const [what = "", ...steps] = told.slice(told.indexOf(OPERATORS_WAITED_FOR)).trimEnd().split("\n");
    const others = errors.filter((text) => text !== told).flatMap((text) => text.split("\n"));
    return new Failure(
        what,
        `run the same command again once that is done: it goes on from here; more: ${HOW_TO_OPEN}`,
        undefined,
        [...steps, ...others.map((line) => `  ${line}`)],
    );
}
