/** Temporal's databases on the platform's Postgres. */

import { databaseUser } from "../foundation/databases";
import { TEMPORAL } from "./temporal/kind";

/** A database of Temporal. */
export interface TemporalDatabase {
    /** Name without the environment. */
    readonly name: string;
    /** The schema in `temporal-sql-tool`, which has each version of it inside. */
    readonly schema: string;
    /** Extensions that the schema needs, and that its owner may not create. */
    readonly extensions: readonly string[];
}

/** By the name in the server's configuration: workflows, and the index that lists them. */
export const TEMPORAL_DATABASES = {
    default: { name: TEMPORAL, schema: "postgresql/v12/temporal", extensions: [] },
    visibility: { name: `${TEMPORAL}-visibility`, schema: "postgresql/v12/visibility", extensions: ["btree_gin"] },
} as const satisfies Readonly<Record<string, TemporalDatabase>>;

export type TemporalDatabaseName = keyof typeof TEMPORAL_DATABASES;

/** Name of a database in a login. */
export function storeOf(name: TemporalDatabaseName): string {
    return databaseUser(TEMPORAL_DATABASES[name].name);
}
