/** Checks of the hosts outside: those that services declare, and those whose addresses a stack fixes. */

import { overlap } from "../../model/address-plan";
import type { Service } from "../../model/platform";
import type { Problem } from "../../model/problems";
import { suggestion } from "../../model/nearest";
import type { SelectedProduct } from "../../model/selection";
import type { StackConfig } from "../../model/stack-config";

/** Problems of declared hosts that the edge serves itself: a service would leave the platform to come back as a visitor. */
export function checkOwnHosts(clients: readonly Service[], services: readonly Service[]): Problem[] {
    const own = services.flatMap(({ routes }) => routes.map(({ host }) => host));
    return clients.flatMap(({ name, product, egress = [] }) =>
        egress
            .filter(({ host }) => own.some((served) => host === served || host.endsWith(`.${served}`)))
            .map(({ host }) => ({
                key: `${name} egress`,
                value: host,
                accepted: "a host outside: the edge of this stack serves this one",
                next: `declare a call within the product instead, or take the host out of products/${product}.ts`,
            })),
    );
}

/** Networks in which no host outside is, not even by the operator's choice: the proxy itself, and the cloud's own services. */
const NEVER = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/** Problems of `strata:egress.hosts`: hosts that no product declares, and addresses that no host outside has. */
export function checkFixedHosts({ egress, addressBase }: StackConfig, products: readonly SelectedProduct[]): Problem[] {
    const declared = products
        .flatMap(({ product }) => Object.values(product.services))
        .flatMap((service) => (service.egress ?? []).map(({ host }) => host));
    const zones = `${addressBase}.0.0/16`;
    return Object.entries(egress.hosts).flatMap(([host, address]): Problem[] => {
        const key = `strata:egress.hosts.${host}`;
        if (!declared.includes(host)) {
            return [
                {
                    key,
                    accepted: `a host that a product of the stack declares: ${[...new Set(declared)].join(", ") || "none does"}`,
                    next: `${suggestion(host, declared)}correct the name or take it out`,
                },
            ];
        }
        return [zones, ...NEVER].some((block) => overlap(block, `${address}/32`))
            ? [
                  {
                      key,
                      value: `"${address}"`,
                      accepted: `an address of another machine: not in ${zones} (this stack's zones), ${NEVER.join(", ")}`,
                      next: "name the address of the host, or take the entry out so that DNS is asked",
                  },
              ]
            : [];
    });
}
