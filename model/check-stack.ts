import type { Problem } from "./problems";
import type { SelectedProduct } from "./selection";
import type { StackConfig } from "./stack-config";
/** tbd */
export function checkEnvironment(_environment: string): Problem[] {
    return [];
}
/** tbd */
export function checkReleases(_config: StackConfig, _selected: readonly SelectedProduct[]): Problem[] {
    return [];
}
