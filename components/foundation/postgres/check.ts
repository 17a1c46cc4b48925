import type { Problem } from "../../../model/problems";
import type { Place } from "../../kind";
import { POSTGRES_MEMORY, type PostgresDeclaration } from "./kind";

const IDENTIFIER = /^[a-z][a-z0-9_]{0,39}$/;

/** Less than the engine gives by itself breaks parallel queries; more than the memory is none. */
export function checkSharedMemory(
    { sharedMemoryMiB, limits }: PostgresDeclaration,
    { product, name }: Place,
): Problem[] {
    const most = limits?.memoryMiB ?? POSTGRES_MEMORY;
    return sharedMemoryMiB === undefined ||
        (Number.isInteger(sharedMemoryMiB) && sharedMemoryMiB >= 64 && sharedMemoryMiB <= most)
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

/** Names of databases and extensions. */
export function checkDatabases({ databases }: PostgresDeclaration, { product, name }: Place): Problem[] {
    return Object.entries(databases).flatMap(([database, { extensions = [] }]) => [
        ...(IDENTIFIER.test(database.replaceAll("-", "_"))
            ? []
            : [
                  {
                      key: `${product}/${name} databases`,
                      value: `"${database}"`,
                      accepted: "1 to 40 lower-case letters, digits, dashes and underscores, a letter first",
                      next: `rename it in products/${product}.ts`,
                  },
              ]),
        ...extensions
            .filter((extension) => !/^[a-z][a-z0-9_-]*$/.test(extension))
            .map((extension) => ({
                key: `${product}/${name} databases.${database}.extensions`,
                value: `"${extension}"`,
                accepted: "the name of a Postgres extension, for example vector",
                next: `correct it in products/${product}.ts`,
            })),
    ]);
}
