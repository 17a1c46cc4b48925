/**
 * The contract of a kind of service (Postgres, Traefik, an application, ...): everything that the rest of the program has
 * to know about it. Pure: the kind's component runs its services.
 *
 * A kind is a folder with a `kind.ts`, a line in `kinds.ts`, a line in `builders.ts` and an image in `images.lock.json`.
 */

import type { z } from "zod";

import type { Claim, ClaimKind } from "../model/claims";
import type { ImageName } from "../model/images";
import type { Instances } from "../model/instances";
import type { Login } from "../model/logins";
import type { Owner } from "../model/owner";
import type { CommonService, HealthCheck, Limits, Ports } from "../model/platform";
import type { Problem } from "../model/problems";
import type { CommonDeclaration, ProductRoute } from "../model/declaration";
import type { StackConfig } from "../model/stack-config";

/**
 * The role of a service, which decides which services it may share a zone with. Only its clients share a zone with a
 * `store`. A `guest` serves products and joins their zones. An `agent` brings one application or job its secrets. A `job` runs
 * once.
 */
export type Role = "application" | "store" | "guest" | "edge" | "agent" | "job";

/** A service of one kind. */
export type ServiceWith<Spec> = CommonService & { readonly spec: Spec };

/** The part of a service that its health check depends on. */
export interface Probed<Spec> {
    /** Name of an image of the platform, or a release. */
    readonly image: string;
    readonly ports: Ports;
    readonly spec: Spec;
}

/** A health check without its times, but with the seconds after the start in which failures do not count. */
export type Probe = Pick<HealthCheck, "test" | "startPeriod">;

/** Creates a claim of the service's owner. @param within - server, zone or service in which the name is used */
export type MakeClaim = (of: ClaimKind, value: string, within?: string) => Claim;

/**
 * A kind of service.
 *
 * @typeParam Spec - the fields of a service of this kind besides those of all services
 * @typeParam Declared - what a product's author writes; `never` for kinds that only the platform has
 */
export interface Kind<Spec extends object = object, Declared extends CommonDeclaration = CommonDeclaration> {
    readonly role: Role;
    /** Image of services that name none. */
    readonly image: ImageName;
    readonly ports: Ports;
    readonly limits: Limits;
    /** Whether a service runs as the user of its image. @default false: each service has a user of its own */
    readonly keepsImageUser?: boolean;
    /** Resources that the program declares inside the kind's servers, which it must reach for that. @default - none */
    readonly inside?: Inside;
    /** Name of its service, for kinds of which the platform has exactly one service. @default - a service of any name */
    readonly service?: string;
    /**
     * Name of its own zone of the platform, through which it reaches the world outside the engine. All other zones are
     * internal.
     * @default - none of its zones has a way out
     */
    readonly wayOut?: string;
    /**
     * First release of its program without a known security hole through which strangers can log in.
     * @default - none is known
     */
    readonly fixedRelease?: Release;
    /** @default - the edge publishes no management port for it */
    readonly management?: Management;
    probe(service: Probed<Spec>, stack: StackConfig): Probe;
    /** Names that follow from the service besides its own. */
    claims?(service: ServiceWith<Spec>, claim: MakeClaim): readonly Claim[];
    /** Settings of a service that are fixed once it has data, by their key in the configuration. @default none */
    fixed?(spec: Spec): Readonly<Record<string, string>>;
    /** Problems of a resolved service, such as a name that is too long. */
    check?(service: ServiceWith<Spec>): readonly Problem[];
    /** @default - no product can have one */
    readonly declared?: DeclaredKind<Spec, Declared>;
    /** @default - services do not log in to it */
    readonly store?: StoreKind<Spec, Declared>;
    /** @default - its data has no number that can be read without a login */
    readonly numberedData?: NumberedData;
}

/**
 * How the command line checks that a volume still holds the same data. The server numbers its data when it creates it, and
 * the command line compares that number with the number in the state.
 */
export interface NumberedData {
    /** Type of the kind's component, which has the number as its output `identity`. */
    readonly component: string;
    /** Path at which the volume is mounted. */
    readonly volume: string;
    /**
     * Command that prints the number. It runs in the server's container, or in a container of the same image that only
     * mounts the volume.
     */
    readonly command: readonly [program: string, ...args: string[]];
    /** Reads what the command printed. Pure. */
    read(printed: Printed): DataNumber;
}

/** The number of a server's data; empty when there is no data. */
export type DataNumber = string | Unsure;

/** The reason why the answer is unknown. */
export interface Unsure {
    readonly unsure: string;
}

/** Resources that a Pulumi provider creates inside a kind's servers. */
export interface Inside {
    /** The provider's name, with which the types of its resources begin. */
    readonly provider: string;
    /** Name of the service whose data contains them. */
    readonly dataOf: string;
    /** Whether people keep values there, which no update may overwrite. @default false */
    readonly keepsValues?: boolean;
    /** @default - the state has no numbers for them */
    readonly numbered?: NumberedResources;
}

/**
 * How the command line checks that a server of Vault's API still holds the same data: the server numbers each of some
 * resources.
 */
export interface NumberedResources {
    /** Type of the resources. */
    readonly type: string;
    /** Their output with the number. */
    readonly output: string;
    /** Command that tells, in the server's container, whether the server can answer. @param program - of the server */
    command(program: string): readonly [program: string, ...args: string[]];
    /** Reads what the command printed; `new` when there is no data. Pure. */
    standing(printed: Printed): "open" | "new" | Unsure;
    /** Path of the API that lists the resources. */
    readonly path: string;
    /** Reads the numbers from the API's answer. Pure. */
    read(answer: string): readonly string[] | undefined;
}

/** What a command printed, and its exit code. */
export interface Printed {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Version of a program. */
export type Release = readonly [major: number, minor: number, patch: number];

/** The management port of a service that the edge publishes on 127.0.0.1, for providers and operators. */
export interface Management {
    /** Name of the edge's entry point and of the published port. */
    readonly entryPoint: string;
    /** Whether an image has web pages. Some images of `offline/images` have none. @default - every image has them */
    hasPages?(isMadeHere: boolean): boolean;
    /**
     * What a person finds at the port.
     *
     * @param origin - for example `http://127.0.0.1:32081`
     * @param realm - the name of Keycloak's realm
     */
    page(origin: string, isMadeHere: boolean, realm: string | undefined): string;
}

/** A kind to whose services other services log in. */
export interface Store<Spec extends object, Declared extends CommonDeclaration> extends Kind<Spec, Declared> {
    readonly store: StoreKind<Spec, Declared>;
}

/** The place of a declaration. */
export interface Place {
    /** Owner of the service. */
    readonly owner: Owner;
    /** Name of the product that declares it. */
    readonly product: string;
    /** Name of the service in the product. */
    readonly name: string;
    /** The product's services. A check gets all of them; a resolution gets those that the stack runs. */
    readonly services: Readonly<Record<string, CommonDeclaration>>;
}

/** How a declaration of the kind is checked and becomes a service. */
export interface DeclaredKind<Spec, Declared> {
    /**
     * `common` of `model/declaration.ts` with the kind's name and its own fields. Each field has its accepted values as
     * error text.
     */
    readonly schema: z.ZodObject & z.ZodType<unknown, Declared>;
    /**
     * Name of the product's service whose release runs: of the service itself, or of another one.
     * @default - the image is one of the platform's
     */
    releaseOf?(declared: Declared, name: string): string;
    /** Services of the product that wait for this one, besides those that call it. @default none */
    before?(declared: Declared): readonly string[];
    /** Problems that a schema cannot find, such as those between two fields. @default - there are none */
    check?(declared: Declared, place: Place): readonly Problem[];
    resolve(declared: Declared, place: Place, stack: StackConfig, environment: string): Resolved<Spec>;
    /** Routes besides those that the author writes. @default - there are none */
    routes?(declared: Declared, owner: Owner, environment: string): readonly ProductRoute[];
}

/** The parts of a product's service that differ from kind to kind. */
export interface Resolved<Spec> {
    readonly image: string;
    readonly ports: Ports;
    /** Plain settings. */
    readonly environment: Readonly<Record<string, string>>;
    readonly spec: Spec;
    /** @default - one container */
    readonly instances?: Instances;
    /**
     * Whether the image stands in for the product's own image. The product's settings for its image then do not apply.
     * @default false
     */
    readonly isStandIn?: boolean;
}

/** A part of a store that has clients of its own, such as a database. */
export interface StorePart {
    /** Name in the product's file. */
    readonly name: string;
    /** Services of the product. */
    readonly clients: readonly string[];
    /** Whether only jobs may be its clients. @default false: applications and jobs */
    readonly forJobs?: boolean;
}

/** The login of a client: server, database, user and password. */
export interface Account {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
}

/** The facts about a store that clients, agents and Vault need. */
export interface StoreKind<Spec, Declared> {
    /** @param server - name of the service in the product */
    parts(declared: Declared, server: string): readonly StorePart[];
    /** Name of a part in {@link Login.store}. */
    partName(name: string): string;
    /** Names of a server's parts, as in {@link Login.store}, whether they have clients or not. */
    held(service: ServiceWith<Spec>): readonly string[];
    logins(service: ServiceWith<Spec>): readonly Login[];
    /** Text of a client's file, which is written only here: the kind's connection URL, unless {@link file} says otherwise. */
    fileText(account: Account): string;
    /** A client's file, for drivers that read no URL. @default - a URL, and `<KIND>_URL_FILE` names the file */
    readonly file?: ClientFile;
    /** The field with which an author gives a client a login, for messages. */
    readonly howToLogIn: string;
    /**
     * Whether the clients of a part have no login besides those that Vault makes. The program then has no password for it.
     * @param part - name of the part in {@link Login.store}
     * @default - the program makes a login for each part
     */
    isLeasedOnly?(part: string): boolean;
    /** Whether each client has a user of its own, whatever part of the server it uses. @default false */
    readonly userForEach?: boolean;
    /** @default - Vault creates no logins for it */
    readonly leases?: Leases;
}

/** A file with which a client logs in, and which holds no URL. */
export interface ClientFile {
    /** What it holds, which is also the name of the field in Vault. */
    readonly holds: "credentials";
    /** Environment variable of the client with the path of the file. */
    readonly setting: string;
}

/**
 * How Vault creates and ends logins.
 *
 * @see https://developer.hashicorp.com/vault/docs/secrets/databases
 */
export interface Leases {
    readonly plugin: string;
    /** Name of the plugin's block in the provider's connection. */
    readonly block: "postgresql" | "mysql";
    /** Options of the block. */
    readonly options: Readonly<Record<string, string | number | boolean>>;
    /** Connection URL with `{{username}}` and `{{password}}`. */
    connectionUrl(host: string, port: number): string;
    /** Statements that create a login. @param part - name of the part in {@link Login.store} */
    creation(part: string): readonly string[];
    readonly renewal: readonly string[];
    readonly revocation: readonly string[];
}
