import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { PLATFORM, type Service as ServiceModel } from "../../model/platform";
import type { NumberedData, StoreKind } from "../kind";
import type { Deployment } from "../hardening/deployment";
import { Service, type ServiceArgs } from "../hardening/service";
import { credentialsOf, type StoreCredential } from "./credential";
import { DATABASE_MANAGER } from "./databases";
import { applyScript, type ScriptArgs } from "./script";
import type { ManagerLogin, Store } from "./store";

/** Creates a password that the state keeps. @param what - whose it is, unique in the server */
type MakePassword = (what: string) => pulumi.Output<string>;

/** Inputs for {@link DatabaseServer}. */
export interface DatabaseServerArgs<S extends ServiceModel> extends Pick<ScriptArgs, "client" | "environment"> {
    readonly deployment: Deployment;
    readonly service: S;
    readonly store: Pick<StoreKind<S["spec"], never>, "held" | "logins" | "isLeasedOnly">;
    readonly numberedData: NumberedData;
    /** Settings of the container. */
    container(password: MakePassword): Omit<ServiceArgs, "deployment" | "service">;
    /**
     * The script that creates the databases. It prints a line `identity=` with the number of the server's data.
     *
     * @param passwords - of the clients' logins, in the order of {@link StoreKind.held}, without those that only Vault makes
     * @param manager - of the login for Vault; without it the server gets none
     */
    script(passwords: readonly string[], manager: string | undefined): string;
}

/** A server and its databases, whose clients have one login for each database. */
export abstract class DatabaseServer<S extends ServiceModel> extends pulumi.ComponentResource implements Store {
    public readonly service: Service;
    /** One login per database and client. */
    public readonly credentials: readonly StoreCredential[];
    /**
     * Number of the server's data: it changes when the data is new and stays when only the container is. Everything that is
     * stored in a database has it as an input. As an output of the component it is in the state, where the command line
     * compares it with the number in the volume ({@link NumberedData}).
     */
    public readonly identity: pulumi.Output<string>;
    /** The applied databases; depend on it before logging in. */
    public readonly ready: pulumi.Resource;
    public readonly manager: ManagerLogin | undefined;

    protected constructor(name: string, args: DatabaseServerArgs<S>, opts?: pulumi.ComponentResourceOptions) {
        super(args.numberedData.component, name, {}, opts);

        const { deployment, service, store, client, environment } = args;
        const password: MakePassword = (what) =>
            new random.RandomPassword(`${name}-${what}`, { length: 32, special: false }, { parent: this }).result;
        this.service = new Service(name, { ...args.container(password), deployment, service }, { parent: this });

        // A server of the platform itself has no agent, so its login never changes.
        if (service.product !== PLATFORM) {
            this.manager = { role: DATABASE_MANAGER, password: pulumi.secret(password(DATABASE_MANAGER)) };
        }
        const users = store.held(service).filter((user) => !store.isLeasedOnly?.(user));
        const passwords = new Map(users.map((user) => [user, password(user)]));
        const applied = applyScript(
            `${name}-databases`,
            {
                deployment,
                service: this.service,
                server: service.name,
                client,
                ...(environment !== undefined && { environment }),
                script: pulumi
                    .all([pulumi.all([...passwords.values()]), this.manager?.password])
                    .apply(([values, manager]) => args.script(values, manager)),
            },
            this,
        );
        this.ready = applied;
        // Services wait for the databases, not only for the server.
        deployment.register.set(service.name, applied);
        this.identity = pulumi.unsecret(applied.stdout.apply(identityIn));
        this.credentials = credentialsOf(store.logins(service), passwords);
        this.registerOutputs({ identity: this.identity });
    }
}

/**
 * @param printed - by the script
 * @returns the number of the data; another number means that the data is new. Empty if an earlier version of the script ran.
 */
export function identityIn(printed: string): string {
    return /^identity=([0-9a-f-]+)$/m.exec(printed)?.[1] ?? "";
}
