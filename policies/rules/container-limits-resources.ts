import { CONTAINER, isOneShot } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Without limits one container starves its neighbours (CIS Docker 5.11, 5.12, 5.19). */
export const containerLimitsResources = resourceRule({
    name: "container-limits-resources",
    description:
        "Containers have limits on memory, swap, CPU, processes and open files, below the engine's own control group.",
    severity: "medium",
    types: [CONTAINER],
    clauses: [memory, swap, cpus, ulimit("nproc", 65_536), ulimit("nofile", 1_048_576), controlGroup],
});

function* memory({ properties }: Subject): Iterable<string> {
    if (!((properties.number("memory") ?? 0) > 0)) {
        yield "memory has no limit; set `memory` to the MiB it may use";
    }
}

/** Without `memorySwap` Docker allows as much swap as memory. */
function* swap({ properties }: Subject): Iterable<string> {
    const limit = properties.number("memory");
    if (limit !== undefined && properties.number("memorySwap") !== limit) {
        yield "it may swap; set `memorySwap` to the same number as `memory`";
    }
}

/** Accepts the spelling that the engine reads back: any other one replaces the container on every update. */
function* cpus({ properties }: Subject): Iterable<string> {
    const cores = properties.text("cpus") ?? "";
    if (!/^\d+\.\d+$/.test(cores) || Number(cores) === 0) {
        yield 'CPU has no limit in the engine\'s spelling; set `cpus` to cores with a digit after the point, for example "0.5"';
    }
}

/**
 * Checks an entry of `ulimits`. The provider has no process limit for each container, so the limit for each uid takes its place.
 * One-shots run one process, or none.
 *
 * @param most - largest accepted limit: the kernel seldom has more for all containers together (`kernel.pid_max`, `fs.nr_open`)
 */
function ulimit(name: "nproc" | "nofile", most: number): (subject: Subject) => Iterable<string> {
    const isLimit = (value = 0): boolean => value >= 1 && value <= most;
    return function* ({ properties }) {
        if (isOneShot(properties)) {
            return;
        }
        let isGiven = false;
        for (const entry of properties.objects("ulimits")) {
            const given = entry.text("name");
            // The engine reads names in any spelling, and may take the last of several.
            if (given?.toLowerCase() !== name) {
                continue;
            }
            isGiven ||= given === name;
            if (!isLimit(entry.number("soft")) || !isLimit(entry.number("hard"))) {
                yield `${name} is as good as unlimited; set soft and hard of that entry of \`ulimits\` to 1 to ${most}`;
            }
        }
        if (!isGiven) {
            yield `${name} has no limit; add it to \`ulimits\``;
        }
    };
}

/** The engine's own control group holds all containers. A container outside of it competes with the machine's own services. */
function* controlGroup({ properties }: Subject): Iterable<string> {
    if ((properties.text("cgroupParent") ?? "") !== "") {
        yield "its limits are not below the engine's control group; remove `cgroupParent`";
    }
}
