/** The Pulumi side of the list of kinds. A kind without a builder does not compile. */

import type * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../model/platform";
import { Mariadb } from "./foundation/mariadb/mariadb";
import { ObjectStore } from "./foundation/object-store/object-store";
import { Postgres } from "./foundation/postgres/postgres";
import { Redis } from "./foundation/redis/redis";
import type { Store, StoreArgs } from "./foundation/store";
import type { StoreKindName } from "./kinds";

type Build<K extends StoreKindName> = (
    service: ServiceOf<K>,
    args: StoreArgs,
    opts: pulumi.ComponentResourceOptions,
) => Store;

const STORES: { readonly [K in StoreKindName]: Build<K> } = {
    postgres: (service, args, opts) => new Postgres(service.name, { ...args, service }, opts),
    redis: (service, args, opts) => new Redis(service.name, { ...args, service }, opts),
    mariadb: (service, args, opts) => new Mariadb(service.name, { ...args, service }, opts),
    "object-store": (service, args, opts) => new ObjectStore(service.name, { ...args, service }, opts),
};

/** Creates a store of any kind. */
export function buildStore<K extends StoreKindName>(
    service: ServiceOf<K>,
    args: StoreArgs,
    opts: pulumi.ComponentResourceOptions,
): Store {
    const build: Build<K> = STORES[service.kind];
    return build(service, args, opts);
}
