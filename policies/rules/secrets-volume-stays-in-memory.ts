import { VOLUME } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { isInMemory, purposeOf } from "../lib/volumes";

/** Options that the mount needs: a size, so that it cannot fill the host's memory; no access for others; no programs or devices. */
const OPTIONS: readonly RegExp[] = [/^size=\d+[km]$/, /^mode=0?7[05]0$/, /^nosuid$/, /^nodev$/, /^noexec$/];

/** Secrets that an agent renders are on no disk: they disappear with the containers that use them (requirement E6). */
export const secretsVolumeStaysInMemory = resourceRule({
    name: "secrets-volume-stays-in-memory",
    description:
        "Volumes in which agents hand over secrets are file systems in memory, limited in size and closed to other users.",
    severity: "critical",
    types: [VOLUME],
    waivable: false,
    clauses: [memory, options],
});

function* memory({ properties }: Subject): Iterable<string> {
    if (purposeOf(properties) === "secrets" && !isInMemory(properties)) {
        yield "its secrets are on a disk; set `type` and `device` in `driverOpts` to tmpfs";
    }
}

function* options({ properties }: Subject): Iterable<string> {
    if (purposeOf(properties) !== "secrets") {
        return;
    }
    const given = (properties.object("driverOpts")?.text("o") ?? "").split(",");
    if (OPTIONS.some((wanted) => !given.some((option) => wanted.test(option)))) {
        yield "it is open to others, or unlimited; give `o` in `driverOpts` size, mode=0750 or 0700, nosuid, nodev and noexec";
    }
}
