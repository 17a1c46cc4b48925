import { hasWayOut } from "../../model/name-servers";
import type { Platform } from "../../model/platform";
import { isAllowed } from "../../model/reachability";
import { Declaration } from "../../verify/declaration";

/** Services and pairs that the isolation probe and the model judge differently. Each of the two has its own code. */
export function differences(platform: Platform): string[] {
    const declared = new Declaration(platform);
    return platform.services.flatMap((one) => [
        ...platform.services
            .filter((other) => one.name !== other.name)
            .filter(({ name }) => declared.mayMeet(one.name, name) !== isAllowed(platform, one.name, name))
            .map(({ name }) => `${one.name} and ${name}`),
        ...(declared.hasWayOut(one.name) === hasWayOut(platform, one) ? [] : [`${one.name} and the way out`]),
    ]);
}
