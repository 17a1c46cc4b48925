import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { containerName } from "../../../model/names";
import type { ServiceOf } from "../../../model/platform";
import { Service } from "../../hardening/service";
import { credentialsOf, type StoreCredential } from "../credential";
import { identityIn } from "../database-server";
import type { Store, StoreArgs } from "../store";
import { bucketPolicy, corsRules } from "./buckets";
import { NUMBERED, OBJECT_DATA } from "./data";
import { objectStore, OBJECT_STORE_PORT, REGION } from "./kind";
import { serverStart } from "./start";
import { STRATA_KEY, usersFile } from "./users";

/** Inputs for {@link ObjectStore}. */
export interface ObjectStoreArgs extends StoreArgs {
    readonly service: ServiceOf<"object-store">;
}

/**
 * An S3 server and its buckets. Every client has its own access key, which opens the client's buckets only. strata's own key
 * owns the buckets, so no client can change who may do what.
 */
export class ObjectStore extends pulumi.ComponentResource implements Store {
    public readonly service: Service;
    /** One login per client. */
    public readonly credentials: readonly StoreCredential[];
    /** Number of the server's data: it changes when the data is new and stays when only the container is. */
    public readonly identity: pulumi.Output<string>;
    /** The buckets with their policies; depend on it before using a key. */
    public readonly ready: pulumi.Resource;
    /** Vault creates no access keys. */
    public readonly manager = undefined;

    constructor(name: string, { deployment, service }: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super(NUMBERED.component, name, {}, opts);

        const secret = (access: string): pulumi.Output<string> =>
            new random.RandomPassword(`${name}-${access}`, { length: 40, special: false }, { parent: this }).result;
        const own = secret(STRATA_KEY);
        const logins = objectStore.store.logins(service);
        const secrets = new Map(logins.map(({ user }) => [user, secret(user)]));
        const users = pulumi.all([own, pulumi.all([...secrets.values()])]).apply(([strata, values]) =>
            usersFile(
                strata,
                values.map((value, index) => ({ access: logins[index]!.user, secret: value })),
            ),
        );
        this.service = new Service(
            name,
            {
                deployment,
                service,
                ...serverStart(pulumi.secret(users)),
                // A limit for Go's memory, so that it collects garbage before the container's limit is reached.
                environment: { GOMEMLIMIT: `${Math.floor(service.limits.memoryMiB * 0.75)}MiB` },
                data: OBJECT_DATA.volume,
                ownsData: true,
            },
            { parent: this },
        );

        const applied = new local.Command(
            `${name}-buckets`,
            {
                create: "node components/foundation/object-store/apply.mjs",
                // Secrets travel on standard input: other users of the machine can read arguments and environment variables.
                stdin: pulumi.secret(
                    pulumi.jsonStringify({
                        container: containerName(deployment.platform.environment, service.name),
                        port: OBJECT_STORE_PORT,
                        region: REGION,
                        key: { access: STRATA_KEY, secret: own },
                        identity: OBJECT_DATA.identity,
                        buckets: bucketsOf(service),
                    }),
                ),
                environment: deployment.dockerVariables,
                // Data is only ever new together with a new container: the engine removes no volume that a container mounts.
                triggers: [this.service.container.id],
                addPreviousOutputInEnv: false,
                logging: "none",
            },
            { parent: this, dependsOn: this.service.container, additionalSecretOutputs: ["stdout", "stderr"] },
        );
        this.ready = applied;
        // Services wait for the buckets, not only for the server.
        deployment.register.set(service.name, applied);
        this.identity = pulumi.unsecret(applied.stdout.apply(identityIn));
        this.credentials = credentialsOf(logins, secrets);
        this.registerOutputs({ identity: this.identity });
    }
}

/** What `apply.mjs` has to know of the buckets. */
function bucketsOf({ spec: { buckets, origins } }: ServiceOf<"object-store">): object[] {
    return buckets.map((bucket) => ({
        name: bucket.name,
        policy: bucketPolicy(bucket),
        cors: bucket.publicUrl !== undefined && origins.length > 0 ? corsRules(origins) : undefined,
    }));
}
