import { OWNER_ROLE } from "../../model/names";
import { CONTAINER, oneShotRole } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * By number: a name is looked up in the image, where it may well be 0. Only root can give a volume away, so the one-shots
 * that do are excused.
 */
export const containerRunsAsUser = resourceRule({
    name: "container-runs-as-user",
    description: "Containers run as a numeric user and group that are not root, and are in no further group.",
    severity: "high",
    types: [CONTAINER],
    clauses: [user, groups],
});

function* user({ properties }: Subject): Iterable<string> {
    if (oneShotRole(properties) === OWNER_ROLE) {
        return;
    }
    if (!/^[1-9]\d*:[1-9]\d*$/.test(properties.text("user") ?? "")) {
        yield '`user` is not a numeric uid:gid without zeros; set it to the image\'s own user, for example "10001:10001"';
    }
}

/** Root's and the engine's groups are root by another way, and any other number may be another service's. */
function* groups({ properties }: Subject): Iterable<string> {
    for (const _ of properties.texts("groupAdds")) {
        yield "it is in further groups than its own; remove `groupAdds`";
    }
}
