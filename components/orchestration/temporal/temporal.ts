import * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../../model/platform";
import { makeCertificate } from "../../edge/issued";
import type { Store, StoreCredential } from "../../foundation";
import { VAULT_ADDRESS } from "../../foundation/vault/kind";
import type { Deployment } from "../../hardening/deployment";
import { FILES, type ServiceFile } from "../../hardening/files";
import { applyScript } from "../../foundation/script";
import { Job } from "../../hardening/job";
import { Service } from "../../hardening/service";
import { TEMPORAL_DATABASES, type TemporalDatabaseName } from "../databases";
import { TEMPORAL } from "./kind";
import { namespacesScript } from "./namespaces";
import { passwordFile, schemaScript } from "./schema";
import { type Datastore, dynamicConfiguration, SERVER_PARTS, serverConfiguration } from "./server-config";

/** Inputs for {@link Temporal}. */
export interface TemporalArgs {
    readonly deployment: Deployment;
    readonly service: ServiceOf<"temporal">;
    /** The job that brings the databases to the server's schema. */
    readonly schema: ServiceOf<"job">;
    readonly logins: Readonly<Record<TemporalDatabaseName, StoreCredential>>;
    /** The server of the databases. */
    readonly database: Store;
    /** The key that proves the clients' tokens. @default - no client has a token */
    readonly signingKey: pulumi.Resource | undefined;
}

/** Name in the certificate with which the server's parts know each other. */
const PEERS = "temporal-internode";

/** Public keys with which Vault proves the tokens that it signs. No login is asked for. */
const VAULT_KEYS = `${VAULT_ADDRESS}/v1/identity/oidc/.well-known/keys`;

const path = (file: string): string => `${FILES}/${file}`;

const PEER = { certificate: path("internode.pem"), key: path("secrets/internode-key.pem"), name: PEERS };

/** Temporal's server, all its parts in one process, with the job that prepares its databases, and the products' namespaces. */
export class Temporal extends pulumi.ComponentResource {
    public readonly service: Service;

    constructor(name: string, args: TemporalArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:orchestration:Temporal", name, {}, opts);

        const { deployment, service, schema, logins, database, signingKey } = args;
        const { shards } = service.spec;
        const names = Object.keys(TEMPORAL_DATABASES) as TemporalDatabaseName[];
        const all = names.map((it) => logins[it]);
        const secret = (file: string, content: pulumi.Input<string>): ServiceFile => ({
            path: `secrets/${file}`,
            content: pulumi.secret(content),
        });
        const data = database.identity === undefined ? [] : [database.identity];
        new Job(
            schema.name,
            {
                deployment,
                service: schema,
                command: ["sh", path("schema.sh")],
                environment: { PGPASSFILE: path("secrets/passwords") },
                files: [
                    { path: "schema.sh", content: schemaScript(logins) },
                    secret(
                        "passwords",
                        pulumi
                            .all(all.map(({ password }) => password))
                            .apply((texts) => passwordFile(all.map((it, at) => ({ ...it, password: texts[at]! })))),
                    ),
                ],
                data,
            },
            { parent: this },
        );

        // The certificate of the server's parts never leaves its container.
        const peers = makeCertificate(
            `${name}-internode`,
            "node components/edge/certificates.mjs peers",
            JSON.stringify({ names: [PEERS] }),
            { parent: this },
        );
        const datastore = (it: TemporalDatabaseName): Datastore => {
            const { server, port, database: stored, user } = logins[it];
            return { host: server, port, database: stored, user, passwordFile: path(`secrets/${it}`) };
        };
        const configuration = serverConfiguration({
            shards,
            datastores: { default: datastore("default"), visibility: datastore("visibility") },
            keys: [VAULT_KEYS],
            peers: PEER,
            dynamic: path("dynamic.yaml"),
        });
        this.service = new Service(
            name,
            {
                deployment,
                service,
                command: [
                    "temporal-server",
                    "--config-file",
                    path("server.yaml"),
                    "start",
                    ...SERVER_PARTS.map((part) => `--service=${part}`),
                ],
                // The server asks who it is, and the image has no name for the user's number.
                environment: { USER: TEMPORAL, HOME: "/tmp" },
                files: [
                    { path: "server.yaml", content: configuration },
                    { path: "dynamic.yaml", content: dynamicConfiguration(), watched: true },
                    { path: "internode.pem", content: pulumi.unsecret(peers.apply(({ certificate }) => certificate)) },
                    secret(
                        "internode-key.pem",
                        peers.apply(({ key }) => key),
                    ),
                    ...names.map((it) => secret(it, logins[it].password)),
                    // A server that runs does not notice that its database is another one.
                    ...(database.identity === undefined ? [] : [{ path: "database", content: database.identity }]),
                ],
                // The server looks for keys once a minute: without the key, it would refuse its first clients.
                dependsOn: signingKey === undefined ? [] : [signingKey],
                stopTimeout: 30,
            },
            { parent: this },
        );

        const applied = applyScript(
            `${name}-namespaces`,
            {
                deployment,
                service: this.service,
                server: service.name,
                client: "sh",
                script: namespacesScript(service.spec.namespaces),
                data,
            },
            this,
        );
        // Clients wait for their namespace, not only for the server.
        deployment.register.set(service.name, applied);
        this.registerOutputs({});
    }
}
