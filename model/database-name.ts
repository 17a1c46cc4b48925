/** Identifiers on a Postgres server. Dashes become underscores, so that nobody ever has to quote them. */

/** For example `bizosaas_staging`. */
export function databaseName(name: string, environment: string): string {
    return identifier(`${name}_${environment}`);
}

/** Login of a database's clients: the database's own name without the environment, as S1 has it (`psra`). */
export function databaseRole(name: string): string {
    return identifier(name);
}

function identifier(name: string): string {
    return name.replaceAll("-", "_");
}
