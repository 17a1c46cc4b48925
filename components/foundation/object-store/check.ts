/** Problems between an object store and the other services of its product. */

import type { Problem } from "../../../model/problems";
import { quoted } from "../../../model/schema/quoted";
import type { Place } from "../../kind";
import type { ObjectStoreDeclaration } from "./kind";

/** Problems of the hosts of buckets, and of clients. */
export function checkDeclaration(declared: ObjectStoreDeclaration, place: Place): Problem[] {
    return [...checkHosts(declared, place), ...checkClients(declared, place)];
}

/** Files that users have uploaded would run as pages of the service whose host they are on. */
function checkHosts({ buckets }: ObjectStoreDeclaration, { product, name, services }: Place): Problem[] {
    const pages = Object.values(services).flatMap(({ routes = [] }) => routes.map(({ host = product }) => host));
    return Object.entries(buckets)
        .filter(([, { presigned }]) => presigned && [product, ...pages].includes(presigned.host))
        .map(([bucket, { presigned }]) => ({
            key: `${product}/${name} buckets.${bucket}.presigned.host`,
            value: quoted(presigned!.host),
            accepted:
                "a host of its own: an uploaded page would act for the people who are logged in to the service there",
            next: `choose another host, for example files.${product}, in products/${product}.ts`,
        }));
}

/** The SDKs' settings name one server, so a service can use one object store. */
function checkClients({ buckets }: ObjectStoreDeclaration, { product, name, services }: Place): Problem[] {
    const own = clientsOf(buckets);
    const earlier = Object.entries(services).slice(0, Object.keys(services).indexOf(name));
    return earlier.flatMap(([other, service]) => {
        const shared = isObjectStore(service)
            ? clientsOf(service.buckets).filter((client) => own.includes(client))
            : [];
        return shared.map((client) => ({
            key: `${product}/${name} clients`,
            value: quoted(client),
            accepted: `a service that uses no other object store: ${client} uses ${other} already`,
            next: `move the bucket to ${other} in products/${product}.ts`,
        }));
    });
}

function clientsOf(buckets: ObjectStoreDeclaration["buckets"]): string[] {
    return [...new Set(Object.values(buckets).flatMap(({ clients }) => clients))];
}

function isObjectStore(service: { readonly kind: string }): service is ObjectStoreDeclaration {
    return service.kind === "object-store";
}
