import type { Problem } from "../../../model/problems";
import type { Place } from "../../kind";
import { databaseUser } from "../databases";
import { POSTGRES_MEMORY, type PostgresDeclaration } from "./kind";
import { isMigrationsRole } from "./names";

/** Problems of shared memory: it counts as memory, so the limit must cover it. */
export function checkSharedMemory(
    { sharedMemoryMiB = 0, limits }: PostgresDeclaration,
    { product, name }: Place,
): Problem[] {
    const most = limits?.memoryMiB ?? POSTGRES_MEMORY;
    return sharedMemoryMiB <= most
        ? []
        : [
              {
                  key: `${product}/${name} sharedMemoryMiB`,
                  value: String(sharedMemoryMiB),
                  accepted: `whole MiB, from 64 to the ${most} of the memory limit`,
                  next: `correct it in products/${product}.ts`,
              },
          ];
}

/** Problems of databases' names: the names of roles for migrations begin with them. */
export function checkMigrations({ databases }: PostgresDeclaration, { product, name }: Place): Problem[] {
    return Object.keys(databases)
        .filter((database) => isMigrationsRole(databaseUser(database)))
        .map((database) => ({
            key: `${product}/${name} databases.${database}`,
            value: `"${database}"`,
            accepted: "a name that does not end with -migrations: jobs log in to a database's owner under such a name",
            next: `rename it in products/${product}.ts`,
        }));
}
