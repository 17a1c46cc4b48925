/** An object store with S3's interface: buckets, and one access key for each client. */

import { z } from "zod";

import { common, type CommonDeclaration, serviceNames } from "../../../model/declaration";
import { HOST, slug } from "../../../model/grammar";
import type { Login } from "../../../model/logins";
import { serviceName, shortName } from "../../../model/owner";
import { publicUrl } from "../../../model/public-url";
import type { Declared } from "../../../model/schema/declared";
import { text } from "../../../model/schema/leaves";
import type { StackConfig } from "../../../model/stack-config";
import type { Place, ServiceWith, Store } from "../../kind";
import { type Bucket, bucketName } from "./buckets";
import { checkDeclaration } from "./check";
import { NUMBERED } from "./data";
import { credentialsFile } from "./users";

/** Name of the kind. */
export const OBJECT_STORE = "object-store";

const bucket = z.strictObject(
    {
        /** Services that read and write objects, each with an access key of its own. */
        clients: serviceNames,
        /**
         * Opens the bucket to presigned URLs from outside, at `https://<host>.<domain>/<bucket>/<key>`. The host serves
         * buckets and nothing else. The store refuses every request without a valid signature.
         * @default - only the clients reach the bucket
         */
        presigned: z
            .strictObject(
                {
                    /** Host label(s) in front of the environment's domain, for example `files.orders`. */
                    host: text(HOST),
                },
                { error: "{ host }" },
            )
            .exactOptional(),
    },
    { error: "{ clients, presigned? }" },
);

const declaration = common.extend({
    kind: z.literal(OBJECT_STORE),
    /** Buckets by name; product and environment are added (`uploads` becomes `orders-uploads-staging`). */
    buckets: z.record(text(slug(20)), bucket, { error: "a map from name to bucket" }),
});

/** An object store of a product, as its author writes it. */
export type ObjectStoreDeclaration = Declared<typeof declaration>;

/** The fields of an object store besides those of all services. */
export interface ObjectStoreSpec {
    readonly buckets: readonly Bucket[];
    /** Origins of the product's pages, whose scripts may use presigned URLs. */
    readonly origins: readonly string[];
}

export const OBJECT_STORE_PORT = 7070;

/** Path that answers without a signature. No bucket is called so: the names of buckets begin with their owner's. */
export const HEALTH_PATH = "/health";

/** Signatures name a region, so server and clients need the same one. */
export const REGION = "us-east-1";

export const objectStore: Store<ObjectStoreSpec, ObjectStoreDeclaration> = {
    role: "store",
    image: "versitygw",
    ports: { s3: OBJECT_STORE_PORT },
    limits: { memoryMiB: 256, cpus: 1, processes: 4096 },
    probe: () => ({
        test: ["CMD-SHELL", `wget -q -O /dev/null http://127.0.0.1:${OBJECT_STORE_PORT}${HEALTH_PATH}`],
        startPeriod: 30,
    }),
    claims: ({ name: server, spec }, claim) => [
        ...spec.buckets.map(({ name, short }) => {
            const one = claim("bucket", name, server);
            return { ...one, by: `${one.by} buckets.${short}` };
        }),
        ...clientsIn(spec).flatMap((client) => [
            claim("access key", client, server),
            // The name under which the program stores the secret.
            claim("login", `${server}-${client}`, "object stores"),
        ]),
    ],
    declared: {
        schema: declaration,
        check: checkDeclaration,
        // The edge passes on what is below a bucket's path, as it is written: a key may contain any character.
        routes: ({ buckets }, owner, environment) =>
            Object.entries(buckets).flatMap(([short, { presigned }]) =>
                presigned
                    ? [
                          {
                              host: presigned.host,
                              path: `/${bucketName(owner, short, environment)}`,
                              encodedCharacters: true,
                          },
                      ]
                    : [],
            ),
        resolve: ({ buckets }, place, stack, environment) => ({
            image: "versitygw",
            ports: { s3: OBJECT_STORE_PORT },
            environment: {},
            spec: {
                // A bucket stays when a stack leaves out all of its clients: removing a line of configuration must not
                // delete data.
                buckets: Object.entries(buckets).map(([short, { clients, presigned }]) => ({
                    short,
                    name: bucketName(place.owner, short, environment),
                    clients: clients
                        .filter((client) => Object.hasOwn(place.services, client))
                        .map((client) => serviceName(place.owner, client)),
                    ...(presigned && { publicUrl: publicUrl(`${presigned.host}.${stack.domain}`, stack) }),
                })),
                origins: originsOf(place, stack),
            },
        }),
    },
    store: {
        parts: ({ buckets }, server) => [
            { name: server, clients: [...new Set(Object.values(buckets).flatMap(({ clients }) => clients))] },
        ],
        partName: (server) => server,
        held: (service) => [shortName(service)],
        logins: (service) => clientsIn(service.spec).map((client) => loginOf(service, client)),
        file: { holds: "credentials", setting: "AWS_SHARED_CREDENTIALS_FILE" },
        fileText: ({ user: access, password: secret }) => credentialsFile({ access, secret }),
        howToLogIn: `source: "${OBJECT_STORE}"`,
        userForEach: true,
    },
    numberedData: NUMBERED,
};

/** Services that read or write any bucket, each once. */
function clientsIn({ buckets }: ObjectStoreSpec): string[] {
    return [...new Set(buckets.flatMap(({ clients }) => clients))];
}

/** @param client - whose name is its access key */
function loginOf(service: ServiceWith<ObjectStoreSpec>, client: string): Login {
    const { name: server, spec } = service;
    const own = spec.buckets.filter(({ clients }) => clients.includes(client));
    return {
        kind: OBJECT_STORE,
        server,
        port: OBJECT_STORE_PORT,
        store: shortName(service),
        database: "",
        user: client,
        client,
        // https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
        settings: {
            AWS_ENDPOINT_URL_S3: `http://${server}:${OBJECT_STORE_PORT}`,
            AWS_REGION: REGION,
            ...Object.fromEntries(own.flatMap(bucketSettings)),
        },
    };
}

function bucketSettings({ short, name, publicUrl: url }: Bucket): [setting: string, value: string][] {
    const end = short.replaceAll("-", "_").toUpperCase();
    return [
        [`S3_BUCKET_${end}`, name],
        ...(url === undefined ? [] : [[`S3_PUBLIC_URL_${end}`, url] satisfies [string, string]]),
    ];
}

/** Origins of the pages that the product's services serve. */
function originsOf({ product, services }: Place, stack: StackConfig): string[] {
    const hosts = Object.values(services).flatMap(({ routes = [] }: CommonDeclaration) =>
        routes.map(({ host = product }) => host),
    );
    return [...new Set(hosts)].map((host) => publicUrl(`${host}.${stack.domain}`, stack));
}
