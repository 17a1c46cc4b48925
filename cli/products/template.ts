/** The file of a new product, as its author would begin it. Pure. */

import { PLATFORM_SUBNETS } from "../../model/claims/layers";
import type { Product } from "../../model/product";

/** What the author of a new product has to say. */
export interface NewProduct {
    /** Slug, for example `shop`. */
    readonly name: string;
    readonly description: string;
    /** Registry and owner of the product's images, for example `ghcr.io/acme`. */
    readonly images: string;
    /** Third octets of its zones; see {@link freeSubnets}. */
    readonly subnets: { readonly web: number; readonly app: number; readonly data: number };
}

/** Third octet of a zone's network to Vault, minus the zone's own third octet; see `components/identity/vault-configuration/guest.ts`. */
const VAULT_OFFSET = 100;

/** The last third octet of a zone for which the octet of its network to Vault is still valid. */
const LAST = 255 - VAULT_OFFSET;

/** Third octets that the platform or a product has. */
export function takenSubnets(all: readonly Product[]): number[] {
    return [
        ...Object.values(PLATFORM_SUBNETS),
        ...all.flatMap(({ zones }) => Object.values(zones).map(({ subnet }) => subnet)),
    ];
}

/**
 * Free third octets for a product's zones: neither they nor the subnets for Vault above them are taken.
 *
 * @param taken - see {@link takenSubnets}
 * @returns undefined when fewer than three are left
 */
export function freeSubnets(taken: readonly number[]): NewProduct["subnets"] | undefined {
    const used = new Set(taken.flatMap((octet) => [octet, octet + VAULT_OFFSET, octet - VAULT_OFFSET]));
    const [app, data, web] = Array.from({ length: LAST }, (_, index) => index + 1).filter((octet) => !used.has(octet));
    return app === undefined || data === undefined || web === undefined ? undefined : { app, data, web };
}

/** Name of the constant that a product's file exports: `orderManagement` for `order-management`. */
export function constantOf(name: string): string {
    return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Text of `products/<name>.ts`. */
export function productFile({ name, description, images, subnets }: NewProduct): string {
    return `import type { Product } from "../model/product";

/** ${description}. */
export const ${constantOf(name)} = {
    name: "${name}",
    description: ${JSON.stringify(description)},
    // A subnet is the third octet of a zone's network: ${subnets.web} is 10.122.${subnets.web}.0/24 in local. Each octet has one owner (docs/networks.md).
    zones: {
        // Between the edge, the frontend and the API: neither the edge nor the frontend reaches a store.
        web: { subnet: ${subnets.web} },
        // Where further services of the product go: workers, engines, whatever the API calls.
        app: { subnet: ${subnets.app} },
        // Stores and their clients meet on one network; each store asks for a login of its own.
        data: { subnet: ${subnets.data}, peers: true },
    },
    services: {
        postgres: {
            kind: "postgres",
            zones: ["data"],
            databases: { ${/-/.test(name) ? `"${name}"` : name}: { clients: ["api"] } },
        },
        redis: { kind: "redis", zones: ["data"], clients: ["api"] },
        api: {
            kind: "application",
            image: "${images}/${name}-api",
            port: 8000,
            zones: ["web", "app", "data"],
            routes: [{ host: "api.${name}" }],
        },
        web: {
            kind: "application",
            image: "${images}/${name}-web",
            port: 3000,
            zones: ["web"],
            calls: ["api"],
            routes: [{ host: "${name}" }],
        },
    },
    // Each reader finds its secrets as files in /run/secrets; what each engine gives is in docs/vault.md.
    secrets: [
        { name: "database", engine: "database", path: "${name}", rotation: "lease", readers: ["api"] },
        {
            name: "redis-password",
            engine: "kv",
            path: "database/redis-password",
            rotation: "manual",
            readers: ["api"],
            source: "redis",
            perReader: true,
        },
        {
            name: "client-secret",
            engine: "kv",
            path: "config/client-secret",
            rotation: 180,
            readers: ["web"],
            source: "client",
        },
        { name: "certificate", engine: "pki", path: "${name}", rotation: "lease", readers: ["*"] },
    ],
    identity: {
        label: ${JSON.stringify(labelOf(name))},
        roles: {
            admin: { description: "Administers ${labelOf(name)}", mfa: true, secrets: true },
            user: { description: "Uses ${labelOf(name)}" },
        },
        groups: { Administrators: ["admin", "user"], Users: ["user"] },
    },
} as const satisfies Product;
`;
}

/** The name as people write it: `Order Management` for `order-management`. */
function labelOf(name: string): string {
    return name
        .split("-")
        .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
        .join(" ");
}

/**
 * The index of products with one more product: its import in the order of names, its constant at the end of the list.
 *
 * @returns undefined when the text is not the index that this project writes
 */
export function withProduct(index: string, name: string): string | undefined {
    const list = /^(export const products: readonly Product\[\] = \[)([^\]]*)(\];)$/m;
    const imports = [...index.matchAll(/^import \{ \w+ \} from "\.\/([a-z0-9-]+)";$/gm)];
    const last = imports.at(-1);
    if (!list.test(index) || last === undefined) return undefined;
    const line = `import { ${constantOf(name)} } from "./${name}";\n`;
    const next = imports.find(([, other = ""]) => other > name);
    const at = next?.index ?? last.index + last[0].length + 1;
    const imported = `${index.slice(0, at)}${line}${index.slice(at)}`;
    return imported.replace(list, (_, open: string, items: string, close: string) => {
        const names = [...items.split(",").map((item) => item.trim()), constantOf(name)].filter(Boolean);
        const short = `${open}${names.join(", ")}${close}`;
        // As Prettier breaks it.
        return short.length <= 120 ? short : `${open}\n${names.map((item) => `    ${item},\n`).join("")}${close}`;
    });
}
