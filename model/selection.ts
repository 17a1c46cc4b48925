/** Selects the services of the products that a stack runs. */

import { hasRole, kindOf } from "../components/kinds";
import type { CommonDeclaration } from "./declaration";
import { suggestion } from "./nearest";
import type { Owner } from "./owner";
import type { Problem } from "./problems";
import type { Product, ProductService } from "./product";
import type { ProductSelection } from "./stack-config";

/** A product with only the services that the stack runs, in the order of its file, for one owner. */
export interface SelectedProduct {
    /** Owner of the services: the product itself, or a tenant. */
    readonly owner: Owner;
    /** As its author wrote it, with every service. */
    readonly product: Product;
    readonly services: Readonly<Record<string, ProductService>>;
}

/**
 * Applies `strata:products`. Stores are selected together with their clients, and jobs with the services that wait for them,
 * so that a list needs to name applications only. A service that a selected service calls is not selected, and the call is dropped.
 */
export function selectProducts(
    products: readonly Product[],
    selections: readonly ProductSelection[],
): { selected: SelectedProduct[]; problems: Problem[] } {
    const problems = sharedNames(products);
    const selected: SelectedProduct[] = [];
    const known = products.map(({ name }) => name);

    selections.forEach((selection, index) => {
        const key = `strata:products[${index}]`;
        const product = products.find(({ name }) => name === selection.name);
        if (product === undefined) {
            problems.push({
                key: `${key}.name`,
                value: `"${selection.name}"`,
                accepted: `one of ${known.join(", ")}`,
                next: `${suggestion(selection.name, known)}add the product to products/ or take it out of the list`,
            });
            return;
        }
        if (selections.findIndex(({ name }) => name === selection.name) < index) {
            problems.push({
                key: `${key}.name`,
                value: `"${selection.name}"`,
                accepted: "each product once",
                next: "merge the two entries",
            });
            return;
        }
        problems.push(...unknownServices(key, product, selection.services));
        const services = pick(product, selection.services);
        problems.push(...wrongReplicas(key, product, services, selection.replicas));
        selected.push({
            owner: { product: product.name },
            product,
            services: withReplicas(services, selection.replicas),
        });
    });
    return { selected, problems };
}

/** Problems of products with the same name. A stack selects by name, so it would run the first. */
function sharedNames(products: readonly Product[]): Problem[] {
    const names = products.map(({ name }) => name);
    const shared = names.filter((name, index) => names.indexOf(name) < index);
    return [...new Set(shared)].map((name) => ({
        key: `product ${name}`,
        value: `declared ${names.filter((other) => other === name).length} times`,
        accepted: "one product of a name",
        next: "rename one of them in its file, or take it out of products/index.ts",
    }));
}

function unknownServices(key: string, product: Product, wanted: readonly string[] | undefined): Problem[] {
    const known = Object.keys(product.services);
    return (wanted ?? [])
        .map((name, index) => ({ name, index }))
        .filter(({ name }) => !known.includes(name))
        .map(({ name, index }) => ({
            key: `${key}.services[${index}]`,
            value: `"${name}"`,
            accepted: `a service of ${product.name}: ${known.join(", ")}`,
            next: `${suggestion(name, known)}correct the name or take it out`,
        }));
}

type Services = Readonly<Record<string, ProductService>>;

/** Problems of replicas for services that the stack does not run, or that are no applications. */
function wrongReplicas(
    key: string,
    product: Product,
    running: Services,
    wanted: Readonly<Record<string, number>> = {},
): Problem[] {
    const known = Object.keys(running).filter((name) => hasRole(running[name]!, "application"));
    return Object.entries(wanted)
        .filter(([name]) => !known.includes(name))
        .map(([name, count]) => ({
            key: `${key}.replicas.${name}`,
            value: String(count),
            accepted: `replicas of applications that the stack runs: ${known.map((one) => `${product.name}/${one}`).join(", ") || "none"}`,
            next: `${suggestion(name, known)}correct the name or take it out`,
        }));
}

function withReplicas(services: Services, wanted: Readonly<Record<string, number>> = {}): Services {
    return Object.fromEntries(
        Object.entries(services).map(([name, service]) => {
            const replicas = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
            return [name, replicas === undefined ? service : { ...service, replicas }];
        }),
    );
}

function pick(product: Product, wanted: readonly string[] | undefined): Record<string, ProductService> {
    if (wanted === undefined) {
        return { ...product.services };
    }
    const running = withJobs(product.services, wanted);
    return Object.fromEntries(
        Object.entries(product.services).filter(
            ([name, service]) =>
                running.includes(name) || clientsOf(service, name).some((client) => running.includes(client)),
        ),
    );
}

/** Services, and the jobs that must have ended before one of them starts. */
function withJobs(services: Services, wanted: readonly string[]): readonly string[] {
    const jobs = Object.keys(services).filter(
        (name) => !wanted.includes(name) && waitingFor(services[name]!).some((one) => wanted.includes(one)),
    );
    return jobs.length === 0 ? wanted : withJobs(services, [...wanted, ...jobs]);
}

/** Names, within the product, of the services that a service's kind makes wait for it; none for most kinds. */
export function waitingFor(service: CommonDeclaration): readonly string[] {
    return kindOf(service).declared?.before?.(service) ?? [];
}

/** Names, within the product, of the services that log in to a store; none when the service is not a store. */
export function clientsOf(service: CommonDeclaration, name: string): string[] {
    const parts = kindOf(service).store?.parts(service, name) ?? [];
    return [...new Set(parts.flatMap(({ clients }) => clients))];
}
