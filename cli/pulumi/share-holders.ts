/** Whether the operators of a stack file are those that hold Vault's shares. */

import { keyIdsOf, recipientOf } from "../../model/pgp-key";

/** Where operators and shares do not fit. */
export interface Misfit {
    /** Places of operators in the list who hold no share, from 1 on. */
    readonly without: readonly number[];
    /** Ids of keys that open a share and are not in the list. */
    readonly others: readonly string[];
}

/**
 * Compares the holders of shares with the declared operators, as sets. Any threshold of shares opens Vault, so the order of the
 * operators means nothing once the shares are made. Pure.
 *
 * @param shares - encrypted, in base64
 * @param pgpKeys - public keys, in base64
 * @returns `undefined` when they fit, or when a key or a share does not say its id
 */
export function compareHolders(shares: readonly string[], pgpKeys: readonly string[]): Misfit | undefined {
    const keys = pgpKeys.map(keyIdsOf);
    const holders = shares.map(recipientOf).filter((id) => id !== undefined);
    if (holders.length < shares.length || keys.some((ids) => ids.length === 0)) return undefined;
    const without = keys.flatMap((ids, index) => (ids.some((id) => holders.includes(id)) ? [] : [index + 1]));
    const others = holders.filter((id) => !keys.flat().includes(id));
    return without.length + others.length === 0 ? undefined : { without, others };
}
