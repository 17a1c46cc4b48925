/** Common parts of the kinds of database servers: names, logins and claims. Pure. */

import type { Claim, ClaimKind } from "../../model/claims";
import type { Login } from "../../model/logins";
import { type Owner, ownerName, PLATFORM, serviceName } from "../../model/owner";
import type { MakeClaim, Place, StoreKind } from "../kind";
import type { StoreKindName } from "../kinds";

/** Login with which Vault creates and removes short-lived clients of a server's databases. */
export const DATABASE_MANAGER = "vault_manager";

/** A database whose clients share one login. */
export interface ServedDatabase {
    /** Name on the server, for example `bizosaas_staging`. */
    readonly name: string;
    /** Login of the clients. It is also the name of the database in {@link Login.store}. */
    readonly user: string;
    /** Services that log in. */
    readonly clients: readonly string[];
}

/** For example `bizosaas_staging`. */
export function databaseName(name: string, environment: string): string {
    return identifier(`${name}_${environment}`);
}

/** Login of a database's clients: the database's own name without the environment (`psra`). */
export function databaseUser(name: string): string {
    return identifier(name);
}

/** A name for SQL: dashes become underscores, so that the name never needs quotes. */
function identifier(name: string): string {
    return name.replaceAll("-", "_");
}

/** A server's databases, as its author declares them. */
type Databases = Readonly<Record<string, { readonly clients: readonly string[] }>>;

interface Declared {
    readonly databases: Databases;
}

/** The database on the server for a declared database. */
export function servedDatabase(
    name: string,
    { clients }: Databases[string],
    { owner, services }: Pick<Place, "owner" | "services">,
    environment: string,
): ServedDatabase {
    return {
        name: databaseName(name, environment),
        user: databaseUser(name),
        clients: clients
            .filter((client) => Object.hasOwn(services, client))
            .map((client) => serviceName(owner, client)),
    };
}

/** The common fields of every {@link StoreKind} whose parts are databases. */
export function databaseStore<Spec>(
    kind: StoreKindName,
    port: number,
    served: (spec: Spec) => readonly ServedDatabase[],
): Pick<StoreKind<Spec, Declared>, "parts" | "partName" | "held" | "logins" | "howToLogIn"> {
    return {
        parts: ({ databases }) => Object.entries(databases).map(([name, { clients }]) => ({ name, clients })),
        partName: databaseUser,
        held: ({ spec }) => served(spec).map(({ user }) => user),
        logins: ({ name: server, spec }) =>
            served(spec).flatMap(({ name: database, user, clients }) =>
                clients.map((client): Login => ({ kind, server, port, store: user, database, user, client })),
            ),
        howToLogIn: 'engine: "database"',
    };
}

/** Names that a kind of server reserves for itself. */
export interface Reserved {
    /** The kind, as messages call it. */
    readonly by: string;
    readonly databases: readonly string[];
    readonly users: readonly string[];
}

/**
 * Claims of a server's databases. Users and roles share one list of names on a server.
 *
 * @param further - names of further roles that a database has on the server
 */
export function databaseClaims(
    { name: server, ...owner }: Owner & { readonly name: string },
    databases: readonly ServedDatabase[],
    reserved: Reserved,
    further: (database: ServedDatabase) => readonly string[],
    claim: MakeClaim,
): Claim[] {
    const own = (of: ClaimKind, by: string, values: readonly string[]): Claim[] =>
        values.map((value) => ({ of, value, owner: { product: PLATFORM }, by, within: server }));
    return [
        ...own("database", reserved.by, reserved.databases),
        ...own("database role", reserved.by, reserved.users),
        ...own("database role", "Vault's login", [DATABASE_MANAGER]),
        ...databases.flatMap((database) =>
            [
                ...[database.user, ...further(database)].map((role) => claim("database role", role, server)),
                claim("database", database.name, server),
                // A leased login names a database of its owner without the server.
                ...(owner.product === PLATFORM ? [] : [claim("database", database.user, ownerName(owner))]),
                // The name under which the program stores the password.
                claim("login", `${server}-${database.user}`, `${reserved.by} servers`),
            ].map((one) => ({ ...one, by: `${one.by} databases.${database.user}` })),
        ),
    ];
}
