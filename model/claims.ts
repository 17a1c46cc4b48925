/**
 * Claims: every name, host, path or subnet that must have one owner in an environment, and the check for conflicts. Layers
 * claim first (`claims/layers.ts`), then products (`claims/products.ts`), so the platform's names need no separate list of
 * reserved words.
 */

import { overlap } from "./address-plan";
import { isSameOwner, type Owner } from "./owner";
import type { Problem } from "./problems";

/** Something that belongs to one owner. A host, path or mount includes everything below it. */
export interface Claim {
    readonly of: ClaimKind;
    /** For a host or a path, all that is below it is claimed as well; a trailing `*` stands for any end of a name. */
    readonly value: string;
    readonly owner: Owner;
    /** What claims it, for messages: `shop/api`, `Keycloak`. */
    readonly by: string;
    /** Where people change it: a product's file or a key of the configuration. @default - nowhere: strata decides */
    readonly at?: string;
    /** The server, zone or service in which the name is used. @default - the whole environment */
    readonly within?: string;
}

/** What can be claimed. */
export type ClaimKind = keyof typeof KINDS;

/** How claims of one kind are compared. */
interface Kind {
    /** With its article, for messages. */
    readonly noun: string;
    /** Whether the first claim includes the value of a later one. */
    readonly covers: (claimed: string, value: string) => boolean;
    /** A later claim must not include an earlier one either. */
    readonly bothWays?: boolean;
    /** Whether claims of one owner may overlap, as long as no two are equal. */
    readonly ownerOverlaps?: boolean;
}

const same: Kind["covers"] = (claimed, value) => claimed === value;
const named: Kind["covers"] = (claimed, value) =>
    claimed.endsWith("*") ? value.startsWith(claimed.slice(0, -1)) : claimed === value;
const belowPath: Kind["covers"] = (claimed, value) => claimed === value || value.startsWith(`${claimed}/`);
const belowHost: Kind["covers"] = (claimed, value) => claimed === value || value.endsWith(`.${claimed}`);
const withPrefix: Kind["covers"] = (claimed, value) => value.startsWith(claimed);

/** A group's name for comparison: Vault ignores case, and the program treats spaces and dashes alike. */
const groupKey = (name: string): string => goLowerCase(name).replaceAll(" ", "-");

/**
 * Lower-cases a text as Vault does: Go maps each letter to one letter, where JavaScript may return two (İ) or look at the
 * neighbouring letters (Σ).
 */
function goLowerCase(text: string): string {
    return [...text].map((letter) => [...letter.toLowerCase()][0]).join("");
}

const KINDS = {
    product: { noun: "a product name", covers: named },
    service: { noun: "a service name", covers: same },
    zone: { noun: "a zone name", covers: same },
    subnet: { noun: "a subnet", covers: overlap },
    alias: { noun: "an alias", covers: same },
    host: { noun: "a host with everything below it", covers: belowHost, bothWays: true, ownerOverlaps: true },
    path: { noun: "a path", covers: belowPath, ownerOverlaps: true },
    router: { noun: "a router of the edge", covers: same },
    callback: { noun: "an address at which logins end", covers: belowPath },
    client: { noun: "an OpenID Connect client", covers: same },
    role: { noun: "a realm role", covers: named },
    group: { noun: "a group", covers: (claimed, value) => groupKey(claimed) === groupKey(value) },
    mount: { noun: "a mount in Vault with everything below it", covers: belowPath, bothWays: true },
    policy: { noun: "a policy in Vault", covers: named },
    approle: { noun: "an AppRole in Vault", covers: same },
    secret: { noun: "a secret", covers: same },
    file: { noun: "a file with a secret", covers: same },
    login: { noun: "a login to a store", covers: same },
    database: { noun: "a database", covers: same },
    "database role": { noun: "a database role", covers: named },
    bucket: { noun: "a bucket", covers: same },
    "access key": { noun: "an access key", covers: same },
    "redis user": { noun: "a Redis user", covers: same },
    "key prefix": { noun: "a key prefix", covers: withPrefix, bothWays: true },
} as const satisfies Record<string, Kind>;

/**
 * One problem for each pair of things that claim the same. The first claim stands; the problem names the later claim.
 *
 * @param claims - in order of precedence
 */
export function checkClaims(claims: readonly Claim[]): Problem[] {
    const told = new Set<string>();
    return conflicts(claims).flatMap(([earlier, later]) => {
        // Two services of one name also conflict as aliases, policies and AppRoles: one message is enough.
        const key = JSON.stringify([earlier.by, later.by]);
        const isNew = !told.has(key);
        told.add(key);
        return isNew ? [problemOf(earlier, later)] : [];
    });
}

/** Pairs of an earlier claim and a later one that cannot both stand; at most one for each later claim. */
function conflicts(claims: readonly Claim[]): [earlier: Claim, later: Claim][] {
    const groups = new Map<string, Claim[]>();
    for (const claim of claims) {
        const key = JSON.stringify([claim.of, claim.within]);
        groups.set(key, [...(groups.get(key) ?? []), claim]);
    }
    return [...groups.values()].flatMap((group) =>
        group.flatMap((later, index) => {
            const earlier = group.slice(0, index).find((claim) => excludes(claim, later));
            return earlier === undefined ? [] : [[earlier, later] as [Claim, Claim]];
        }),
    );
}

function excludes(earlier: Claim, later: Claim): boolean {
    const { covers, bothWays = false, ownerOverlaps = false }: Kind = KINDS[earlier.of];
    if (ownerOverlaps && isSameOwner(earlier.owner, later.owner)) {
        return earlier.value === later.value;
    }
    return covers(earlier.value, later.value) || (bothWays && covers(later.value, earlier.value));
}

function problemOf(earlier: Claim, later: Claim): Problem {
    const { noun } = KINDS[later.of];
    const place = later.within === undefined ? "" : ` in ${later.within}`;
    const places = [...new Set([later, earlier].flatMap(({ at }) => at ?? []))];
    const files = places.filter((place) => !place.startsWith("strata:"));
    const keys = places.filter((place) => place.startsWith("strata:"));
    const steps = [
        ...(files.length > 0 ? [`choose another one in ${files.join(" or ")}`] : []),
        ...keys.map((key) => `change ${key}`),
    ];
    const next = steps.join(", or ");
    return {
        key: `${later.by} ${later.of}`,
        value: `"${later.value}"`,
        accepted: `${noun} of its own${place}: ${earlier.value === later.value ? "this" : `"${earlier.value}"`} belongs to ${earlier.by}`,
        next,
    };
}
