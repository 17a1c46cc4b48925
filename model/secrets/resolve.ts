/** Turns the products' declarations into the secrets of an environment. */

import { areOfOneKind, hasRole, isProgram, kindOf, STORE_KINDS, type StoreKindName } from "../../components/kinds";
import { suggestion } from "../nearest";
import { type Owner, ownerName, PLATFORM, serviceName } from "../owner";
import type { Problem } from "../problems";
import type { Product } from "../product";
import type { SelectedProduct } from "../selection";
import { isStore, type Login } from "../logins";
import { reservedFiles } from "./delivery";
import type { ResolvedSecret, SecretDeclaration } from "./secret";

const EVERYONE = "*";

/** The platform's own part of the secrets matrix. */
export interface PlatformPart {
    /** Its own secrets. */
    readonly secrets: readonly SecretDeclaration[];
    /** Names of its services. */
    readonly services: readonly string[];
    /** Whether products have clients in a realm; the program then knows the clients' secrets. */
    readonly hasClients: boolean;
}

/**
 * The secrets of the platform and of the products that run. Services that a stack leaves out are left out as readers. A
 * secret stays even without readers: removing a line of configuration must not delete what the secret protects.
 */
export function resolveSecrets(selected: readonly SelectedProduct[], platform: PlatformPart): ResolvedSecret[] {
    const everyone = selected.flatMap(({ owner, services }) => applications(owner, services));
    const all = selected.flatMap(({ owner, services }) => programs(owner, services));
    return [
        ...platform.secrets.flatMap((secret) => {
            const named = secret.readers
                .map((reader) => (reader.includes("/") ? fullName({ product: PLATFORM }, reader) : reader))
                .filter((name) => all.includes(name) || platform.services.includes(name));
            const readers = secret.readers.includes(EVERYONE) ? [...everyone, ...named] : named;
            // Without the service of the platform that supplies its value, people write the value.
            return expand(PLATFORM, readers.length > 0 ? secret : written(secret), readers);
        }),
        ...selected.flatMap(({ owner, product, services }) =>
            (product.secrets ?? []).flatMap((secret) => {
                const own = applications(owner, services);
                const named = secret.readers.map((reader) => fullName(owner, reader));
                const readers = secret.readers.includes(EVERYONE) ? [...own, ...named] : named;
                return expand(
                    ownerName(owner),
                    secret.source === "client" && !platform.hasClients ? written(secret) : secret,
                    readers.filter((name) => all.includes(name)),
                );
            }),
        ),
    ];
}

/** The same secret, with people as its source. */
function written(secret: SecretDeclaration): SecretDeclaration {
    return { ...secret, source: "written" };
}

function expand(owner: string, secret: SecretDeclaration, readers: readonly string[]): ResolvedSecret[] {
    const { engine, rotation, source = "written" } = secret;
    const sorted = [...new Set(readers)].sort();
    const { store } = secret;
    const base = { name: `${owner}/${secret.name}`, owner, engine, rotation, source, ...(store && { store }) };
    if (secret.perReader !== true) {
        return [{ ...base, path: secret.path, readers: sorted }];
    }
    return sorted.map((reader) => {
        const short = reader.startsWith(`${owner}-`) ? reader.slice(owner.length + 1) : reader;
        return { ...base, name: `${base.name}/${short}`, path: `${secret.path}/${short}`, readers: [reader] };
    });
}

/** Services that can read secrets. */
function programs(owner: Owner, services: Product["services"]): string[] {
    return Object.keys(services)
        .filter((short) => isProgram(services[short]!))
        .map((short) => serviceName(owner, short));
}

/** Services for which {@link EVERYONE} stands. A job reads only secrets that name it. */
function applications(owner: Owner, services: Product["services"]): string[] {
    return Object.keys(services)
        .filter((short) => hasRole(services[short]!, "application"))
        .map((short) => serviceName(owner, short));
}

/** @param owner - whose secret it is: a reader without a product is a service of this owner */
function fullName(owner: Owner, reader: string): string {
    const [product, short] = readerIn(owner.product, reader);
    return serviceName(reader.includes("/") ? { product } : owner, short);
}

/** The product of a reader, and the reader's name in it. */
function readerIn(product: string, reader: string): [product: string, service: string] {
    const slash = reader.indexOf("/");
    return slash < 0 ? [product, reader] : [reader.slice(0, slash), reader.slice(slash + 1)];
}

/**
 * Checks the declared secrets, whatever services a stack selects.
 *
 * @param selected - products to check
 * @param products - all products that exist, for readers in other products
 */
export function checkSecrets(selected: readonly Product[], products: readonly Product[]): Problem[] {
    return selected.flatMap((product) => (product.secrets ?? []).flatMap((secret) => check(product, secret, products)));
}

function check(product: Product, secret: SecretDeclaration, products: readonly Product[]): Problem[] {
    const problems: Problem[] = [];
    const next = `correct it in products/${product.name}.ts`;
    const problem = (field: string, value: unknown, accepted: string, step = next): void => {
        const key = `${product.name} secret ${secret.name} ${field}`;
        problems.push({ key, value: typeof value === "string" ? `"${value}"` : String(value), accepted, next: step });
    };
    const own = product.secrets ?? [];
    if (reservedFiles().includes(secret.name)) {
        problem("name", secret.name, `another name: its file would be that of ${secret.name}'s login`);
    }
    if (own.find(({ name }) => name === secret.name) !== secret) {
        problem("name", secret.name, "one secret of that name in a product");
    }
    if (own.find(({ engine, path }) => engine === secret.engine && path === secret.path) !== secret) {
        problem("path", secret.path, "one secret at a path");
    }
    for (const reader of secret.readers.filter((name) => name !== EVERYONE)) {
        checkReader(product, secret, reader, products, problem);
    }
    checkEngine(product, secret, problem);
    return problems;
}

type Report = (field: string, value: unknown, accepted: string, next?: string) => void;

function checkReader(
    product: Product,
    secret: SecretDeclaration,
    reader: string,
    products: readonly Product[],
    problem: Report,
): void {
    const [other, short] = readerIn(product.name, reader);
    const owner = products.find(({ name }) => name === other);
    const known = Object.entries(owner?.services ?? {}).flatMap(([name, service]) =>
        isProgram(service) ? [name] : [],
    );
    if (!known.includes(short)) {
        const accepted = `an application or a job of ${other}: ${known.join(", ") || "there is no such product"}`;
        problem("readers", reader, accepted, `${suggestion(short, known)}correct it in products/${product.name}.ts`);
    } else if (other !== product.name && secret.crossProduct === undefined) {
        const next = "leave the reader out, or say in `crossProduct` why it may read the secret";
        problem("readers", reader, `services of ${product.name}: products do not read each other's secrets`, next);
    }
}

function checkEngine(product: Product, secret: SecretDeclaration, problem: Report): void {
    if (secret.engine !== "kv") {
        if (secret.source !== undefined) {
            problem("source", secret.source, "none: only kv secrets have a value that comes from somewhere");
        }
        if (secret.perReader !== undefined) {
            problem("perReader", secret.perReader, "none: only kv secrets have a value for each reader");
        }
        if (secret.path.includes("/")) {
            problem("path", secret.path, `one name, without slashes, for engine ${secret.engine}`);
        }
    }
    if (secret.engine === "database") {
        const databases = Object.entries(product.services).flatMap(([name, service]) => {
            const { store } = kindOf(service);
            return store?.leases ? store.parts(service, name) : [];
        });
        const found = databases.find(({ name }) => name === secret.path);
        if (found === undefined) {
            problem(
                "path",
                secret.path,
                `a database of ${product.name}: ${databases.map(({ name }) => name).join(", ")}`,
            );
        } else {
            undeclaredReaders(secret, found.clients).forEach((reader) =>
                problem("readers", reader, `clients of ${secret.path}: ${found.clients.join(", ")}`),
            );
        }
    }
    const { source } = secret;
    if (source === "client" && product.identity === undefined) {
        problem("source", source, "another one: a product without `identity` has no client in Keycloak");
    }
    const kind = STORE_KINDS.find((name) => name === source);
    if (kind !== undefined) {
        checkLogins(product, secret, kind, problem);
    } else if (secret.store !== undefined) {
        problem(
            "store",
            secret.store,
            `none: only secrets with source ${STORE_KINDS.join(" or ")} are a login to a store`,
        );
    }
}

/**
 * A secret with a login is for one client and one store. A less precise declaration would deliver whichever login is found
 * first.
 */
function checkLogins(product: Product, secret: SecretDeclaration, source: StoreKindName, problem: Report): void {
    const all = declaredLogins(product).filter((login) => areOfOneKind(login, { kind: source }));
    const named = all.filter((login) => isStore(login, secret.store));
    const stores = [...new Set(all.map(({ store }) => store))];
    if (secret.store !== undefined && named.length === 0) {
        const next = `${suggestion(secret.store, stores)}correct it in products/${product.name}.ts`;
        problem("store", secret.store, `a ${source} store of ${product.name} with clients: ${stores.join(", ")}`, next);
        return;
    }
    const clients = [...new Set(named.map(({ client }) => client))];
    const whose = secret.store === undefined ? `the product's ${source}` : secret.store;
    undeclaredReaders(secret, clients).forEach((reader) =>
        problem("readers", reader, `clients of ${whose}: ${clients.join(", ") || "it has none"}`),
    );
    if (kindOf({ kind: source }).store?.userForEach && secret.perReader !== true) {
        problem("perReader", "false", `true: each client of ${source} is a user of its own`);
    }
    const reached = secret.readers.map((reader) => named.filter(({ client }) => client === reader));
    const several = reached.filter((logins) => logins.length > 1).flat();
    const differ = secret.perReader === true ? [] : reached.flat();
    const unclear = [...new Set([...several, ...differ].map(({ store }) => store))];
    if (unclear.length > 1) {
        const next = `set \`store\` to one of ${unclear.join(", ")}, and declare a secret for each other one`;
        problem("store", unclear.join(", "), "one login for each reader", next);
    }
}

/** Logins to the product's stores, by short names. */
function declaredLogins({ services }: Product): Pick<Login, "kind" | "store" | "client">[] {
    return Object.entries(services).flatMap(([server, service]) => {
        const { store } = kindOf(service);
        const kind = service.kind as StoreKindName;
        return (store?.parts(service, server) ?? [])
            .filter(({ name }) => !store?.isLeasedOnly?.(store.partName(name)))
            .flatMap(({ name, clients }) => clients.map((client) => ({ kind, store: store!.partName(name), client })));
    });
}

function undeclaredReaders(secret: SecretDeclaration, clients: readonly string[]): string[] {
    return secret.readers.filter((reader) => !clients.includes(reader));
}
