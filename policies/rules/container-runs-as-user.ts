import { OWNER_ROLE } from "../../model/names";
import { CONTAINER, oneShotRole } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/**
 * The user is a number: the engine looks a name up in the image, where it may stand for 0. Only root can change a volume's owner, so
 * owner one-shots are exempt.
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

/** The groups of root and of the engine give root rights, and any other group may belong to another service. */
function* groups({ properties }: Subject): Iterable<string> {
    for (const _ of properties.texts("groupAdds")) {
        yield "it is in further groups than its own; remove `groupAdds`";
    }
}
