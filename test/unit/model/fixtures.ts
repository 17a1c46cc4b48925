import { isProgram, kindOf, type StoreKindName } from "../../../components/kinds";
import { parseConfig, type StackConfig } from "../../../config/load";
import { ConfigurationError, type Problem } from "../../../model/problems";
import type { Platform } from "../../../model/platform";
import type { Application, Product } from "../../../model/product";
import { formOf } from "../../../model/product-faults";
import { resolvePlatform } from "../../../model/resolve";
import type { SecretDeclaration } from "../../../model/secrets/secret";

/** A frontend, an API and a worker with two stores: the smallest product in which every rule has something to say. */
export const shop = {
    name: "shop",
    description: "Sells things",
    zones: { web: { subnet: 40 }, app: { subnet: 41 }, data: { subnet: 42, peers: true } },
    services: {
        db: { kind: "postgres", zones: ["data"], databases: { shop: { clients: ["api"], extensions: ["vector"] } } },
        cache: { kind: "redis", zones: ["data"], clients: ["api", "worker"] },
        worker: { kind: "application", image: "ghcr.io/acme/worker", port: 9000, zones: ["app", "data"] },
        api: {
            kind: "application",
            image: "ghcr.io/acme/api",
            port: 8000,
            zones: ["web", "app", "data"],
            calls: ["worker"],
            routes: [{ host: "api.shop", path: "/v1", rateLimit: 20 }],
        },
        web: {
            kind: "application",
            image: "ghcr.io/acme/web",
            port: 3000,
            zones: ["web"],
            calls: ["api"],
            routes: [{}],
        },
    },
} as const satisfies Product;

/** Configuration that runs {@link shop} and nothing else. */
export function configOf(changes: Partial<StackConfig> = {}): StackConfig {
    const config = parseConfig({
        "strata:domain": "example.com",
        "strata:addressBase": "172.22",
        "strata:products": [{ name: "shop" }],
        "strata:vault": { seal: { kind: "local" } },
        "strata:unreleased": "reference-app",
    });
    return { ...config, ...changes };
}

/** {@link shop} with one service changed; `undefined` takes it out. */
export function withService(name: string, changes: object | undefined): Product {
    const services: Record<string, object> = { ...shop.services };
    if (changes === undefined) {
        delete services[name];
    } else {
        services[name] = { ...services[name], ...changes };
    }
    return { ...shop, services: services as Product["services"] };
}

/** {@link shop} with a further application. */
export function withApplication(name: string, application: Partial<Application>): Product {
    return withService(name, {
        kind: "application",
        image: "ghcr.io/acme/more",
        port: 4000,
        zones: ["app"],
        ...application,
    });
}

/** A product that declares no secrets, with one for each client of each of its stores: without it nothing logs in to a store. */
export function withLogins(product: Product): Product {
    if (product.secrets !== undefined || !formOf(product).isReadable) return product;
    const programs = Object.keys(product.services).filter((name) => isProgram(product.services[name]!));
    const parts = Object.entries(product.services).flatMap(([server, service]) =>
        (kindOf(service).store?.parts(service, server) ?? []).map((part) => ({ ...part, kind: service.kind })),
    );
    const secrets = parts.flatMap(({ name, kind, clients }, index): SecretDeclaration[] => {
        const readers = clients.filter((client) => programs.includes(client));
        const source = kind as StoreKindName;
        const row = { engine: "kv", rotation: "manual", perReader: true, store: name, source, readers } as const;
        return readers.length === 0 ? [] : [{ ...row, name: `login-${index}`, path: `logins/${index}` }];
    });
    return { ...product, secrets };
}

/** Resolves products in the stack `local`, {@link withLogins}. */
export function resolve(products: readonly Product[] = [shop], config: StackConfig = configOf()): Platform {
    return resolvePlatform({ environment: "local", config, products: products.map(withLogins) });
}

/** The problems that an action throws; fails when it throws none. */
export function problemsOf(action: () => unknown): readonly Problem[] {
    try {
        action();
    } catch (error) {
        if (error instanceof ConfigurationError) {
            return error.problems;
        }
        throw error;
    }
    throw new Error("expected a ConfigurationError, nothing was thrown");
}
