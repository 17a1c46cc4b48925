import type { CommonService } from "./platform";

/** The port of a call or a route that names none: the service's first port. 0 for a service without ports. */
export function mainPort({ ports }: Pick<CommonService, "ports">): number {
    return Object.values(ports)[0] ?? 0;
}
