import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** By number: a name is looked up in the image, where it may well be 0. */
export const containerRunsAsUser = resourceRule({
    name: "container-runs-as-user",
    description: "Containers run as a numeric user and group that are not root.",
    severity: "high",
    types: [CONTAINER],
    clauses: [user],
});

function* user({ properties }: Subject): Iterable<string> {
    if (!/^[1-9]\d*:[1-9]\d*$/.test(properties.text("user") ?? "")) {
        yield '`user` is not a numeric uid:gid without zeros; set it to the image\'s own user, for example "10001:10001"';
    }
}
