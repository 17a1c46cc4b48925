import type { CommonService } from "./platform";

/** The port that a call or a route means which names none. 0 for a service that listens on none. */
export function mainPort({ ports }: Pick<CommonService, "ports">): number {
    return Object.values(ports)[0] ?? 0;
}
