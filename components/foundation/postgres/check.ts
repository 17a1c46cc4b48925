import type { Problem } from "../../../model/problems";
import type { Place } from "../../kind";
import { POSTGRES_MEMORY, type PostgresDeclaration } from "./kind";

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
