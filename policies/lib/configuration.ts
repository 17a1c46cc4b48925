import type { PolicyPackConfig } from "@pulumi/policy";

import committed from "../configuration.json";

/**
 * The settings in `configuration.json`, which has the same format as a file for `--policy-pack-config`.
 *
 * Each entry repeats the enforcement level: the SDK sends settings without a level as advisory, whatever the policy says.
 *
 * @param rules - names of the pack's rules
 * @throws if the file configures a rule that does not exist, or sets an enforcement level (exceptions are waivers)
 */
export function packConfiguration(
    rules: readonly string[],
    settings: Readonly<Record<string, object>> = committed,
): PolicyPackConfig {
    return Object.fromEntries(
        Object.entries(settings).map(([rule, values]) => {
            if (!rules.includes(rule)) {
                throw new Error(`policies/configuration.json: there is no rule ${rule}; correct the name or remove it`);
            }
            if ("enforcementLevel" in values) {
                throw new Error(
                    `policies/configuration.json: ${rule} sets enforcementLevel; remove it, and waive the rule where it cannot be met`,
                );
            }
            return [rule, { enforcementLevel: "mandatory", ...values }];
        }),
    );
}
