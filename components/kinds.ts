/** Every kind of service. The rest of the program reads facts of a kind through this list only. */

import { z } from "zod";

import { edge } from "./edge/traefik/kind";
import { egress } from "./egress/squid/kind";
import { mariadb } from "./foundation/mariadb/kind";
import { objectStore } from "./foundation/object-store/kind";
import { postgres } from "./foundation/postgres/kind";
import { redis } from "./foundation/redis/kind";
import { vault } from "./foundation/vault/kind";
import { keycloak } from "./identity/keycloak/kind";
import { oauth2Proxy } from "./identity/oauth2-proxy/kind";
import { vaultAgent } from "./identity/vault-agent/kind";
import type { Service, ServiceOf } from "../model/platform";
import type { Inside, Kind, NumberedData, Role } from "./kind";
import { temporal } from "./orchestration/temporal/kind";
import { application, type APPLICATION } from "./products/application/kind";
import { job } from "./products/job/kind";

export const KINDS = {
    application,
    job,
    postgres,
    redis,
    mariadb,
    "object-store": objectStore,
    vault,
    "vault-agent": vaultAgent,
    edge,
    egress,
    keycloak,
    "oauth2-proxy": oauth2Proxy,
    temporal,
};

export type KindName = keyof typeof KINDS;

/** The fields of a service of a kind besides those of all services. */
export type SpecOf<K extends KindName> = (typeof KINDS)[K] extends Kind<infer Spec, infer _> ? Spec : never;

/** What a product's author writes, for the kinds that a product can have. */
export type DeclarationOf<K extends KindName> =
    (typeof KINDS)[K] extends Kind<infer _, infer Declared> ? Declared : never;

/** What an author writes about a service that the product's team builds. */
export type ApplicationDeclaration = DeclarationOf<typeof APPLICATION>;

/** Kinds to whose services other services log in. */
export type StoreKindName = {
    [K in KindName]: (typeof KINDS)[K] extends { readonly store: object } ? K : never;
}[KindName];

const all: Readonly<Record<KindName, Kind>> = KINDS;

/** Names of the stores' kinds. */
export const STORE_KINDS = Object.keys(all).filter((name) => all[name as KindName].store) as readonly StoreKindName[];

/** Zones through which services of some kind reach the world outside the engine. */
export const OPEN_ZONES: readonly string[] = Object.values(all).flatMap(({ wayOut }) => wayOut ?? []);

/** Kinds that a product can have. */
const declarable = Object.entries(all).flatMap(([name, { declared }]) => (declared ? [{ name, declared }] : []));

type Declaration = { [K in KindName]: DeclarationOf<K> }[KindName];

/** The form of a service of any kind that a product can have. */
export const DECLARATIONS: z.ZodType<Declaration, Declaration> = z.discriminatedUnion(
    "kind",
    declarable.map(({ declared }) => declared.schema) as never,
    { error: `a service of kind ${declarable.map(({ name }) => name).join(", ")}` },
);

/** The kind of a service, or of what an author declares. */
export function kindOf({ kind }: { readonly kind: KindName }): Kind {
    return all[kind];
}

/** The kind with a component type, if its servers number their data. */
export function numberedKind(component: string): { readonly kind: KindName; readonly data: NumberedData } | undefined {
    return Object.entries(all)
        .map(([kind, { numberedData }]) => ({ kind: kind as KindName, data: numberedData }))
        .find((one): one is { kind: KindName; data: NumberedData } => one.data?.component === component);
}

/** The kind whose servers contain a resource, by the resource's type. */
export function kindAround(type: string): { readonly kind: KindName; readonly inside: Inside } | undefined {
    const provider = type.split(":")[0];
    return Object.entries(all)
        .map(([kind, { inside }]) => ({ kind: kind as KindName, inside }))
        .find((one): one is { kind: KindName; inside: Inside } => one.inside?.provider === provider);
}

/** Whether services, declarations or logins are of one kind. */
export function areOfOneKind(one: { readonly kind: KindName }, other: { readonly kind: KindName }): boolean {
    return kindOf(one) === kindOf(other);
}

/** Whether a service is of a kind. */
export function isOf<K extends KindName>(kind: K): (service: Service) => service is ServiceOf<K> & Service {
    return (service): service is ServiceOf<K> & Service => areOfOneKind(service, { kind });
}

/** The kind of a container of which only names are known. @param program - last part of the image's repository */
export function kindBehind(service: string | undefined, program: string): Kind | undefined {
    const kinds = Object.values(all);
    return (
        kinds.find((kind) => kind.service !== undefined && kind.service === service) ??
        kinds.find(({ image }) => image === program)
    );
}

/** Whether other services log in to a service. */
export function isStore(service: Service): service is ServiceOf<StoreKindName> & Service {
    return kindOf(service).store !== undefined;
}

/** Whether a service is a program of a product's team: it calls services, logs in to stores and reads secrets. */
export function isProgram(service: { readonly kind: KindName }): boolean {
    return hasRole(service, "application") || hasRole(service, "job");
}

/** Whether a service has a role. */
export function hasRole(service: { readonly kind: KindName }, role: Role): boolean {
    return kindOf(service).role === role;
}
