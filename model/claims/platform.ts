import type { Claim, ClaimKind } from "../claims";
import { PLATFORM } from "../platform";

/** Claims of the platform itself. @param by - the part of the platform that claims them, for messages */
export function platformClaims(of: ClaimKind, by: string, values: readonly string[]): Claim[] {
    return values.map((value) => ({ of, value, owner: { product: PLATFORM }, by }));
}
