import { local } from "@pulumi/command";
import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { FORWARD_AUTH_CLIENT, PROVISIONER_CLIENT } from "../../../model/identity/realm";
import { KEYCLOAK, KEYCLOAK_POSTGRES } from "./kind";
import { KEYCLOAK_ZONE } from "./layer";
import { OAUTH2_PROXY } from "../oauth2-proxy/kind";
import type { ServiceOf } from "../../../model/platform";
import type { Edge } from "../../edge/traefik";
import { Postgres, type StoreCredential } from "../../foundation";
import type { KindName } from "../../kinds";
import { type Deployment, requireService } from "../../hardening/deployment";
import { FILES } from "../../hardening/files";
import { Service } from "../../hardening/service";
import { OAuth2Proxy } from "../oauth2-proxy/oauth2-proxy";
import { Realm } from "./realm";
import { serverConfiguration } from "./server-config";
import { serverStart } from "./server-start";

/** Inputs for {@link Keycloak}. */
export interface KeycloakArgs {
    readonly deployment: Deployment;
    /** The edge, through whose management entry point the program and the provider reach the server. */
    readonly edge: Edge;
}

/** Client with which the program logs in at the first start. */
const BOOTSTRAP = "strata-bootstrap";

/** Keycloak with its database, the realm that it serves and forward authentication in front of protected routes. */
export class Keycloak extends pulumi.ComponentResource {
    public readonly service: Service;
    public readonly realm: Realm;
    /** Logins of Keycloak to its own store. */
    public readonly credentials: readonly StoreCredential[];
    /** Administration console and API, on the engine's host. */
    public readonly adminUrl: string;

    constructor(name: string, args: KeycloakArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:Keycloak", name, {}, opts);

        const { deployment, edge } = args;
        const { platform } = deployment;
        const realm = platform.realm;
        const zone = platform.zones.find((candidate) => candidate.name === KEYCLOAK_ZONE);
        if (realm === undefined || zone === undefined) {
            throw new pulumi.ResourceError("the platform has no realm; set strata:identity.keycloak", this);
        }
        const find = <K extends KindName>(kind: K, wanted: string): ServiceOf<K> =>
            requireService(platform, kind, wanted, this);
        const secret = (what: string): pulumi.Output<string> =>
            new random.RandomPassword(`${name}-${what}`, { length: 48, special: false }, { parent: this }).result;

        const postgres = new Postgres(
            KEYCLOAK_POSTGRES,
            { deployment, service: find("postgres", KEYCLOAK_POSTGRES) },
            { parent: this },
        );
        this.credentials = postgres.credentials;
        const [database] = postgres.credentials;
        if (database === undefined || postgres.service.data === undefined) {
            throw new pulumi.ResourceError(`${KEYCLOAK_POSTGRES} has no database`, this);
        }
        this.adminUrl = edge.managementUrl(KEYCLOAK);
        const bootstrap = { clientId: BOOTSTRAP, secret: secret("bootstrap") };
        const provisioner = { clientId: PROVISIONER_CLIENT, secret: secret("provisioner") };
        const { server: databaseHost, port, database: databaseName, user } = database;
        const configuration = pulumi.all([database.password, bootstrap.secret]).apply(([password, bootstrapSecret]) =>
            serverConfiguration({
                publicUrl: new URL(realm.issuer).origin,
                adminUrl: this.adminUrl,
                trustedProxies: zone.subnet,
                database: { host: databaseHost, port, name: databaseName, user, password },
                bootstrap: { clientId: bootstrap.clientId, secret: bootstrapSecret },
            }),
        );
        const server = find("keycloak", KEYCLOAK);
        const { files, ...start } = serverStart(deployment.image(server.image));
        this.service = new Service(
            KEYCLOAK,
            {
                deployment,
                service: server,
                ...start,
                command: [`--config-file=${FILES}/secrets/keycloak.conf`, "start", "--optimized"],
                files: [{ path: "secrets/keycloak.conf", content: pulumi.secret(configuration) }, ...files],
                // The first start creates a hundred tables; on a busy machine that took 95 s.
                waitTimeout: 600,
                stopTimeout: 30,
            },
            { parent: this },
        );

        const provisioned = new local.Command(
            `${name}-provisioner`,
            {
                create: "node components/identity/keycloak/provisioner.mjs",
                // The database stores the provisioner, so new data needs a new one. A changed input runs the command again.
                // A trigger would instead replace the command in every environment of an earlier release.
                stdin: pulumi.secret(
                    pulumi.jsonStringify({
                        url: this.adminUrl,
                        bootstrap,
                        provisioner,
                        database: postgres.identity,
                    }),
                ),
                triggers: [postgres.service.data.id],
                addPreviousOutputInEnv: false,
                logging: "none",
            },
            {
                parent: this,
                dependsOn: [this.service.container, edge.service.container],
                additionalSecretOutputs: ["stdout", "stderr"],
            },
        );

        const provider = new keycloak.Provider(
            name,
            {
                // Static: an address from a container would be unknown while the container is replaced, and the preview
                // would show nothing.
                url: this.adminUrl,
                basePath: "",
                realm: "master",
                clientId: provisioner.clientId,
                clientSecret: pulumi.secret(provisioner.secret),
                // With an initial login, preview and destroy of the whole stack would fail while Keycloak is down.
                initialLogin: false,
                clientTimeout: 60,
                tlsInsecureSkipVerify: false,
            },
            { parent: this },
        );
        this.realm = new Realm(
            `${name}-realm`,
            {
                realm,
                adminUrl: this.adminUrl,
                provisioner,
                provisioned,
                database: postgres.service.data,
                protectData: deployment.protectData,
            },
            { parent: this, providers: [provider] },
        );
        new OAuth2Proxy(
            OAUTH2_PROXY,
            {
                deployment,
                service: find("oauth2-proxy", OAUTH2_PROXY),
                realm,
                clientSecret: this.realm.clientSecrets[FORWARD_AUTH_CLIENT]!,
                trustedProxies: zone.subnet,
            },
            { parent: this },
        );
        this.registerOutputs({});
    }
}
