import type { Problem } from "../../../model/problems";
import type { Place } from "../../kind";
import { POSTGRES_MEMORY, type PostgresDeclaration } from "./kind";

/** Shared memory counts as memory. */
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
