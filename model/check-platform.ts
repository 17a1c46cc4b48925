import type { Problem } from "./problems";
import type { Platform } from "./platform";
/** tbd */
export function checkPlatform(_platform: Platform): Problem[] {
    return [];
}
