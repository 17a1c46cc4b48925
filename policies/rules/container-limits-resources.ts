import { CONTAINER, isOneShot } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Without limits one container starves its neighbours (CIS Docker 5.11, 5.12, 5.19). */
export const containerLimitsResources = resourceRule({
    name: "container-limits-resources",
    description: "Containers have limits on memory, swap, CPU, processes and open files.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [memory, swap, cpus, ulimits],
});

function* memory({ properties }: Subject): Iterable<string> {
    if (!((properties.number("memory") ?? 0) > 0)) {
        yield "memory has no limit; set `memory` to the MiB it may use";
    }
}

/** Docker adds as much swap as memory when nothing is said. */
function* swap({ properties }: Subject): Iterable<string> {
    const limit = properties.number("memory");
    if (limit !== undefined && properties.number("memorySwap") !== limit) {
        yield "it may swap; set `memorySwap` to the same number as `memory`";
    }
}

/** In the spelling that the engine reads back: anything else replaces the container on every update. */
function* cpus({ properties }: Subject): Iterable<string> {
    const cores = properties.text("cpus") ?? "";
    if (!/^\d+\.\d+$/.test(cores) || Number(cores) === 0) {
        yield 'CPU has no limit in the engine\'s spelling; set `cpus` to cores with a digit after the point, for example "0.5"';
    }
}

/** The provider knows no limit for processes per container, so the uid's has to do. One-shots run one process, or none. */
function* ulimits({ properties }: Subject): Iterable<string> {
    if (isOneShot(properties)) {
        return;
    }
    const names = new Set<string | undefined>();
    for (const ulimit of properties.objects("ulimits")) {
        names.add(ulimit.text("name"));
    }
    for (const name of ["nproc", "nofile"]) {
        if (!names.has(name)) {
            yield `${name} has no limit; add it to \`ulimits\``;
        }
    }
}
