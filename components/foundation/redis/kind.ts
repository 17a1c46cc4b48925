/** Redis with an append-only file: every client has its own user, which may touch its own keys only. */

import { z } from "zod";

import type { Claim } from "../../../model/claims";
import { common, serviceNames } from "../../../model/declaration";
import type { Login } from "../../../model/logins";
import { suggestion } from "../../../model/nearest";
import { PLATFORM, serviceName, shortName } from "../../../model/owner";
import type { Problem } from "../../../model/problems";
import type { Declared } from "../../../model/schema/declared";
import { quoted } from "../../../model/schema/quoted";
import type { MakeClaim, Place, ServiceWith, Store } from "../../kind";

const declaration = common.extend({
    kind: z.literal("redis"),
    /** Services with a user of their own. The user may touch keys and channels that begin with `<service>:`. */
    clients: serviceNames,
    /**
     * The services among `clients` that may run Lua scripts on their keys. BullMQ, Celery and the locks of redis-py need
     * it. A script that does not end stops the server for every client.
     * @default none
     */
    scripts: serviceNames.exactOptional(),
});

/** A Redis server of a product, as its author writes it. */
export type RedisDeclaration = Declared<typeof declaration>;

/** A Redis ACL user. */
export interface RedisUser {
    readonly name: string;
    /** Prefix of the keys that it may touch. */
    readonly keyPrefix: string;
    /** The service that uses it. */
    readonly client: string;
    /** May run Lua scripts on its keys. @default false */
    readonly scripts?: boolean;
}

/** The fields of a Redis server besides those of all services. */
export interface RedisSpec {
    readonly users: readonly RedisUser[];
}

export const REDIS_PORT = 6379;

export const redis: Store<RedisSpec, RedisDeclaration> = {
    role: "store",
    image: "redis",
    ports: { redis: REDIS_PORT },
    limits: { memoryMiB: 256, cpus: 0.5, processes: 4096 },
    // The check has no password: NOAUTH proves a running server as well as PONG. While it loads an AOF, the server answers
    // LOADING.
    probe: () => ({ test: ["CMD-SHELL", "redis-cli ping | grep -Eq 'PONG|NOAUTH'"], startPeriod: 30 }),
    claims,
    declared: {
        schema: declaration,
        check: checkScripts,
        resolve: ({ clients, scripts = [] }, { owner, services }) => ({
            image: "redis",
            ports: { redis: REDIS_PORT },
            environment: {},
            spec: {
                users: clients
                    .filter((client) => Object.hasOwn(services, client))
                    .map((client) => ({
                        name: client,
                        keyPrefix: `${client}:`,
                        client: serviceName(owner, client),
                        ...(scripts.includes(client) && { scripts: true }),
                    })),
            },
        }),
    },
    store: {
        parts: ({ clients }, server) => [{ name: server, clients }],
        partName: (server) => server,
        held: (service) => [shortName(service)],
        logins: (service) =>
            service.spec.users.map(({ name: user, client }): Login => ({
                kind: "redis",
                server: service.name,
                port: REDIS_PORT,
                store: shortName(service),
                database: "0",
                user,
                client,
            })),
        fileText: ({ host, port, database, user, password }) =>
            `redis://${user}:${password}@${host}:${port}/${database}`,
        howToLogIn: 'source: "redis"',
        userForEach: true,
    },
};

function claims({ name: server, spec }: ServiceWith<RedisSpec>, claim: MakeClaim): Claim[] {
    return [
        { of: "redis user", value: "default", owner: { product: PLATFORM }, by: "Redis", within: server },
        ...spec.users.flatMap(({ name, keyPrefix }) =>
            [
                claim("redis user", name, server),
                claim("key prefix", keyPrefix, server),
                claim("login", `${server}-${name}`, "Redis servers"),
            ].map((one) => ({ ...one, by: `${one.by} clients.${name}` })),
        ),
    ];
}

function checkScripts({ clients, scripts = [] }: RedisDeclaration, { product, name }: Place): Problem[] {
    return scripts
        .filter((client) => !clients.includes(client))
        .map((client) => ({
            key: `${product}/${name} scripts`,
            value: quoted(client),
            accepted: `a client of the server: ${clients.join(", ") || "it has none"}`,
            next: `${suggestion(client, clients)}correct it in products/${product}.ts`,
        }));
}
