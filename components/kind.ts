/**
 * The contract of a kind of service (Postgres, Traefik, an application, ...): all that the rest of the program has to know of it.
 * Pure: how a service of the kind is run is in its component.
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
import type { CommonDeclaration } from "../model/declaration";
import type { StackConfig } from "../model/stack-config";

/**
 * What a service is to the others, which decides whom it may meet: a `store` is met by its clients only, a `guest` serves products
 * and joins zones of theirs, an `agent` brings one application its secrets, a `job` runs once.
 */
export type Role = "application" | "store" | "guest" | "edge" | "agent" | "job";

/** A service of one kind. */
export type ServiceWith<Spec> = CommonService & { readonly spec: Spec };

/** The part of a service that its health check is made from. */
export interface Probed<Spec> {
    /** Name of an image of the platform, or a release. */
    readonly image: string;
    readonly ports: Ports;
    readonly spec: Spec;
}

/** A health check without its times, and the seconds in which failures do not count. */
export type Probe = Pick<HealthCheck, "test" | "startPeriod">;

/** Makes a claim of the service's owner. @param within - server, zone or service in which the name is used */
export type MakeClaim = (of: ClaimKind, value: string, within?: string) => Claim;

/**
 * A kind of service.
 *
 * @typeParam Spec - what a service of this kind has besides what all have
 * @typeParam Declared - what a product's author writes; `never` for kinds that only the platform brings
 */
export interface Kind<Spec extends object = object, Declared extends CommonDeclaration = CommonDeclaration> {
    readonly role: Role;
    /** Of services that name none. */
    readonly image: ImageName;
    readonly ports: Ports;
    readonly limits: Limits;
    /** Runs as the user of its image. @default false: each service has a user of its own */
    readonly keepsImageUser?: boolean;
    /** Resources that the program declares inside its servers, which it has to reach for that. @default - none */
    readonly inside?: Inside;
    /** Name of its service, of kinds of which the platform has one of its own. @default - a service of any name */
    readonly service?: string;
    /** First release of its program in which strangers cannot come in by a known hole. @default - none is known */
    readonly fixedRelease?: Release;
    /** @default - the edge publishes no management port for it */
    readonly management?: Management;
    probe(service: Probed<Spec>, stack: StackConfig): Probe;
    /** Names that follow from the service besides its own. */
    claims?(service: ServiceWith<Spec>, claim: MakeClaim): readonly Claim[];
    /** What is wrong with a service that is resolved, such as a name that is too long. */
    check?(service: ServiceWith<Spec>): readonly Problem[];
    /** @default - no product can have one */
    readonly declared?: DeclaredKind<Spec, Declared>;
    /** @default - it holds nothing that others log in to */
    readonly store?: StoreKind<Spec, Declared>;
    /** @default - its data has no number that can be read without a login */
    readonly numberedData?: NumberedData;
}

/**
 * How to tell whether a volume still holds the same data: the server gives its data a number when it makes it, and the command line
 * compares that number with the state's.
 */
export interface NumberedData {
    /** Type of the kind's component, which has the number as its output `identity`. */
    readonly component: string;
    /** Where the volume is mounted. */
    readonly volume: string;
    /** Prints the number: in the server's container, or in one of the same image that only mounts the volume. */
    readonly command: readonly [program: string, ...args: string[]];
    /** Reads what the command printed. Pure. */
    read(printed: Printed): DataNumber;
}

/** The number of some data; empty when there is no data. */
export type DataNumber = string | Unsure;

/** Why something cannot be told. */
export interface Unsure {
    readonly unsure: string;
}

/** Resources that a Pulumi provider makes inside a kind's servers. */
export interface Inside {
    /** The provider's name, with which the types of its resources begin. */
    readonly provider: string;
    /** Name of the service whose data they are in. */
    readonly dataOf: string;
    /** People keep values there, which no update may overwrite. @default false */
    readonly keepsValues?: boolean;
    /** @default - the state has no numbers of theirs */
    readonly numbered?: NumberedResources;
}

/** How to tell whether a server that speaks Vault's API still holds the same data: it gives each of some resources a number of its own. */
export interface NumberedResources {
    /** Type of the resources. */
    readonly type: string;
    /** Their output with the number. */
    readonly output: string;
    /** Says in the server's container whether it can be asked. @param program - of the server */
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

/** What the edge publishes of a service on 127.0.0.1, for providers and operators. */
export interface Management {
    /** Name of the edge's entry point and of the published port. */
    readonly entryPoint: string;
    /** Whether an image has pages. Those of `offline/images` lack some. @default - every image has them */
    hasPages?(isMadeHere: boolean): boolean;
    /**
     * What is found at the port.
     *
     * @param origin - for example `http://127.0.0.1:32081`
     * @param realm - the name of Keycloak's realm
     */
    page(origin: string, isMadeHere: boolean, realm: string | undefined): string;
}

/** A kind that holds what others log in to. */
export interface Store<Spec extends object, Declared extends CommonDeclaration> extends Kind<Spec, Declared> {
    readonly store: StoreKind<Spec, Declared>;
}

/** Where something is declared. */
export interface Place {
    /** Whose service it is. */
    readonly owner: Owner;
    /** Name of the product that declares it. */
    readonly product: string;
    /** Name of the service in the product. */
    readonly name: string;
    /** The product's services: all when they are checked, those that the stack runs when they are resolved. */
    readonly services: Readonly<Record<string, CommonDeclaration>>;
}

/** From what an author writes to a service. */
export interface DeclaredKind<Spec, Declared> {
    /** `common` of `model/declaration.ts` with the kind's name and its own fields. Says of each field what it accepts. */
    readonly schema: z.ZodObject & z.ZodType<unknown, Declared>;
    /** What a schema cannot say: problems between two fields. @default - there are none */
    check?(declared: Declared, place: Place): readonly Problem[];
    resolve(declared: Declared, place: Place, stack: StackConfig, environment: string): Resolved<Spec>;
}

/** What differs from kind to kind in a product's service. */
export interface Resolved<Spec> {
    readonly image: string;
    readonly ports: Ports;
    /** Plain settings. */
    readonly environment: Readonly<Record<string, string>>;
    readonly spec: Spec;
    /** @default - one container */
    readonly instances?: Instances;
    /** The image stands in for the product's own, so what a product says about its image does not count. @default false */
    readonly isStandIn?: boolean;
}

/** A part of a store that has clients of its own, such as a database. */
export interface StorePart {
    /** As its author names it. */
    readonly name: string;
    /** Services of the product. */
    readonly clients: readonly string[];
}

/** Where a client logs in, and as whom. */
export interface Account {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
}

/** What clients, agents and Vault have to know of a store. */
export interface StoreKind<Spec, Declared> {
    /** @param server - name of the service in the product */
    parts(declared: Declared, server: string): readonly StorePart[];
    /** Name of a part in {@link Login.store}. */
    partName(name: string): string;
    /** Names of a server's parts, as in {@link Login.store}, whether they have clients or not. */
    held(service: ServiceWith<Spec>): readonly string[];
    logins(service: ServiceWith<Spec>): readonly Login[];
    /** The one place that spells the kind's connection URL. */
    url(account: Account): string;
    /** How an author gives a client a login, for messages. */
    readonly howToLogIn: string;
    /** Each client has a user of its own, whatever part of the server it uses. @default false */
    readonly userForEach?: boolean;
    /** @default - Vault makes no logins for it */
    readonly leases?: Leases;
}

/**
 * How Vault makes and ends logins.
 *
 * @see https://developer.hashicorp.com/vault/docs/secrets/databases
 */
export interface Leases {
    readonly plugin: string;
    /** Name of the plugin's block in the provider's connection. */
    readonly block: "postgresql" | "mysql";
    /** Options of the block. */
    readonly options: Readonly<Record<string, string | number | boolean>>;
    /** With `{{username}}` and `{{password}}`. */
    connectionUrl(host: string, port: number): string;
    /** Statements that make a login. @param part - name of the part in {@link Login.store} */
    creation(part: string): readonly string[];
    readonly renewal: readonly string[];
    readonly revocation: readonly string[];
}
