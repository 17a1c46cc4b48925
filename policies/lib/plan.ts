/** The declared flows, as the program registered them. */

import { z } from "zod";

import type { Flow, Platform, Service, Zone } from "../../model/platform";

/** Type token of the component that carries the declaration. */
export const FLOW_PLAN = "strata:network:FlowPlan";

/** The parts of a `Platform` that rules use. */
export interface Plan extends Pick<Platform, "domain" | "products" | "secrets" | "realm"> {
    readonly environment: string;
    readonly zones: readonly Zone[];
    readonly services: readonly Service[];
    readonly flows: readonly Flow[];
    readonly users?: Readonly<Record<string, number>>;
}

const text = z.string().min(1);
const SCHEMA = z.object({
    environment: text,
    zones: z.array(
        z.object({
            name: text,
            product: text,
            tenant: text.optional(),
            tier: z.enum(["edge", "web", "app", "data", "platform"]),
            subnet: text,
            gateway: text,
            internal: z.boolean(),
            peers: z.boolean(),
        }),
    ),
    services: z.array(
        z.looseObject({
            name: text,
            product: text,
            tenant: text.optional(),
            layer: text,
            kind: text,
            zones: z.array(text),
            aliases: z.array(text),
            startsAfter: z.array(text),
            zoneAliases: z.record(text, z.array(text)).optional(),
            published: z.array(z.looseObject({ internal: z.number(), external: z.number(), address: text })),
        }),
    ),
    flows: z.array(z.object({ from: text, to: text, port: z.number(), zone: text })),
    domain: text,
    products: z.array(text),
    secrets: z.array(z.looseObject({ owner: text, engine: text, path: text, readers: z.array(text) })).optional(),
    realm: z.looseObject({ host: text, clients: z.array(z.looseObject({ id: text })) }).optional(),
    users: z.record(text, z.number().int()).optional(),
});

/** The plan, or which of its fields cannot be read. */
export function parsePlan(data: unknown): { readonly plan: Plan } | { readonly problems: readonly string[] } {
    const result = SCHEMA.safeParse(data);
    if (result.success) {
        // Fields of a service that no rule reads are not checked: the model made them, and the program checks the model.
        return { plan: result.data as unknown as Plan };
    }
    return { problems: result.error.issues.map(({ path, message }) => `${path.join(".") || "the plan"}: ${message}`) };
}
