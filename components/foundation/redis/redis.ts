import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { ServiceOf } from "../../../model/platform";
import { FILES, type ServiceFile } from "../../hardening/files";
import { Service } from "../../hardening/service";
import { credentialsOf, type StoreCredential } from "../credential";
import type { Store, StoreArgs } from "../store";
import { aclLine } from "./acl";
import { redis, REDIS_PORT } from "./kind";

/** Path of the volume. No image has a directory there: see `ServiceArgs.ownsData`. */
const DATA = "/redis";

/** Inputs for {@link Redis}. */
export interface RedisArgs extends StoreArgs {
    readonly service: ServiceOf<"redis">;
}

/** A Redis server with an append-only file. Every client has its own user, which may touch its own keys only. */
export class Redis extends pulumi.ComponentResource implements Store {
    public readonly service: Service;
    /** One login per client. */
    public readonly credentials: readonly StoreCredential[];
    public readonly ready: pulumi.Resource;
    /** Vault cannot create Redis users that are limited to a prefix. */
    public readonly manager = undefined;

    constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:foundation:Redis", name, {}, opts);

        const { deployment, service } = args;
        const users = service.spec.users.map((user) => ({
            ...user,
            password: new random.RandomPassword(
                `${name}-${user.name}`,
                { length: 32, special: false },
                { parent: this },
            ).result,
        }));
        const acl = pulumi
            .all(users.map((user) => user.password))
            .apply((passwords) => users.map((user, index) => aclLine(user, passwords[index]!)));
        const files: ServiceFile[] = [
            { path: "redis.conf", content: configuration(service.limits.memoryMiB) },
            // `off` instead of `nopass`: a connection that does not log in can do nothing.
            { path: "users.acl", content: acl.apply((lines) => ["user default off", ...lines, ""].join("\n")) },
        ];
        this.service = new Service(
            name,
            {
                deployment,
                service,
                entrypoint: ["redis-server"],
                command: [`${FILES}/redis.conf`],
                files,
                data: DATA,
                ownsData: true,
                // The image declares a volume at /data: without this entry, each container would leave an unnamed volume.
                tmpfs: { "/tmp": 64, "/data": 1 },
            },
            { parent: this },
        );
        this.ready = this.service.container;
        const byUser = new Map(users.map(({ name: user, password }) => [user, password]));
        this.credentials = credentialsOf(redis.store.logins(service), byUser);
        this.registerOutputs({});
    }
}

function configuration(memoryMiB: number): string {
    // A quarter stays free for the copy that a rewrite of the append-only file makes.
    return [
        "bind * -::*",
        "protected-mode no",
        `port ${REDIS_PORT}`,
        `dir ${DATA}`,
        "appendonly yes",
        "appendfsync everysec",
        `aclfile ${FILES}/users.acl`,
        `maxmemory ${Math.floor(memoryMiB * 0.75)}mb`,
        "maxmemory-policy noeviction",
        'logfile ""',
        "",
    ].join("\n");
}
