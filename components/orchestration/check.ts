/** What a product's author may declare about workflows. */

import { suggestion } from "../../model/nearest";
import type { Problem } from "../../model/problems";
import type { Product } from "../../model/product";
import { quoted } from "../../model/schema/quoted";
import { hasRole } from "../kinds";

/** Problems of a product's `workflows`: clients are backends (requirement D2), each named once. */
export function checkWorkflows({ name, services, workflows }: Product): Problem[] {
    const backends = Object.entries(services)
        .filter(([, service]) => hasRole(service, "application") && service.zones.includes("app"))
        .map(([short]) => short);
    const clients = workflows?.clients ?? [];
    return clients.flatMap((client, index): Problem[] => {
        const problem = { key: `${name} workflows.clients[${index}]`, value: quoted(client) };
        if (!backends.includes(client)) {
            return [
                {
                    ...problem,
                    accepted: `applications of ${name} in the zone app: ${backends.join(", ") || "none"}`,
                    next: `${suggestion(client, backends)}correct it in products/${name}.ts`,
                },
            ];
        }
        return clients.indexOf(client) < index
            ? [{ ...problem, accepted: "each client once", next: `take it out of products/${name}.ts` }]
            : [];
    });
}
