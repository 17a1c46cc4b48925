/** What the compiler says to authors of products. Compiled by `tsc`, never run: an `@ts-expect-error` that is not needed is an error. */

import type { Application, Product, ProductService } from "../../../model/product";
import type { HealthCheck, Limits } from "../../../model/platform";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

// Words, not just any text.
holds<Equal<ProductService["kind"], "application" | "job" | "postgres" | "redis" | "mariadb" | "object-store">>();
holds<Equal<Application["zones"], readonly ("app" | "web" | "data")[]>>();
holds<Equal<NonNullable<Application["reload"]>, "watch" | "restart" | "SIGHUP" | "SIGUSR1" | "SIGUSR2">>();
type Secret = NonNullable<Product["secrets"]>[number];
holds<Equal<Secret["rotation"], number | "manual" | "lease" | "versioned">>();
type Source = "written" | "generated" | "client" | "postgres" | "redis" | "mariadb" | "object-store";
holds<Equal<Secret["source"], Source | undefined>>();
holds<Equal<Limits, { readonly memoryMiB: number; readonly cpus: number; readonly processes: number }>>();
holds<Equal<HealthCheck["test"], readonly string[]>>();

const api = { kind: "application", image: "ghcr.io/acme/api", port: 8000, zones: ["app"] } as const;

/** Lists that are constants are accepted, and the constant keeps its exact types. */
export const shop = {
    name: "shop",
    description: "",
    zones: { app: { subnet: 1 } },
    services: { api, cache: { kind: "redis", zones: ["data"], clients: ["api"] } },
} as const satisfies Product;
holds<Equal<keyof typeof shop.services, "api" | "cache">>();

export const services = [
    api,
    // @ts-expect-error -- a port is a number
    { ...api, port: "8000" },
    // @ts-expect-error -- a zone that no product has
    { ...api, zones: ["wbe"] },
    // @ts-expect-error -- without its databases
    { kind: "postgres", zones: ["data"] },
    // @ts-expect-error -- a kind that only the platform brings
    { kind: "vault", zones: ["app"] },
    // @ts-expect-error -- explicitly undefined hides the default
    { ...api, limits: { cpus: undefined } },
    { ...api, limits: { cpus: 1 } },
    {
        kind: "redis",
        zones: ["data"],
        clients: [],
        // @ts-expect-error -- a field of another kind
        databases: {},
    },
    {
        ...api,
        // @ts-expect-error -- a misspelt key
        route: [],
    },
] satisfies ProductService[];

export function change(product: Product): void {
    // @ts-expect-error -- what an author wrote is not changed
    product.zones.app = { subnet: 2 };
    // @ts-expect-error -- nor are its lists
    product.secrets![0] = product.secrets![1]!;
    // @ts-expect-error -- nor what is in them
    product.services["api"]!.zones[0] = "web";
}
