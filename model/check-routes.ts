/** Checks that the edge can serve every route, and that no spelling of a path bypasses protection. */

import { serviceLabel } from "./claims/labels";
import { LONGEST_LABEL } from "./grammar";
import type { Owner } from "./owner";
import type { Route, Service } from "./platform";
import type { Problem } from "./problems";

/** Longest name that DNS can carry. @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const LONGEST_HOST = 253;

type Routed = Owner & Pick<Service, "name" | "routes">;

export function checkRoutes(services: readonly Routed[]): Problem[] {
    return services.flatMap((service) => [...checkHosts(service), ...checkProtection(service)]);
}

function checkHosts(service: Routed): Problem[] {
    const hosts = [...new Set(service.routes.map(({ host }) => host))];
    return hosts
        .filter((host) => host.length > LONGEST_HOST || host.split(".").some((label) => label.length > LONGEST_LABEL))
        .map((host) => ({
            key: `${serviceLabel(service)} routes`,
            value: `a host of ${host.length} characters, ${host.slice(0, 20)}...`,
            accepted: `at most ${LONGEST_HOST} characters, and ${LONGEST_LABEL} between two dots`,
            next: "shorten the host, or the stack's domain",
        }));
}

/**
 * At each host, a service has either protected routes only or open routes only. The service may read an encoded or doubled
 * slash as another path than the edge does: with `/admin` protected, the open route would let `/x/..%2fadmin` through. Two
 * services may share a host: a request through the open route ends at the open service.
 */
function checkProtection(service: Routed): Problem[] {
    const byHost = new Map<string, Route[]>();
    for (const route of service.routes) {
        byHost.set(route.host, [...(byHost.get(route.host) ?? []), route]);
    }
    return [...byHost].flatMap(([host, routes]) => {
        const paths = (auth: boolean): string => routes.flatMap((it) => (it.auth === auth ? [it.path] : [])).join(", ");
        return paths(true) === "" || paths(false) === ""
            ? []
            : [
                  {
                      key: `${serviceLabel(service)} routes at ${host}`,
                      value: `open at ${paths(false)}, protected at ${paths(true)}`,
                      accepted:
                          "all routes of a service at one host protected, or none: paths can be written in many ways",
                      next: `give the protected ones a host of their own, or protect all of them`,
                  },
              ];
    });
}
