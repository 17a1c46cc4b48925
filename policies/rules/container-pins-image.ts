import { isImageId, isPinned } from "../../model/image-reference";
import { isMadeHere } from "../../model/made-here";
import { CONTAINER, REMOTE_IMAGE } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** The image that was tested in one environment is the image that runs in the next (requirement A6). */
export const containerPinsImage = resourceRule({
    name: "container-pins-image",
    description:
        "Images are named by their content: a digest, an id, or the content hash of an image built on this machine.",
    severity: "high",
    types: [CONTAINER, REMOTE_IMAGE],
    clauses: [pinned],
});

function* pinned({ type, properties }: Subject): Iterable<string> {
    const field = type === CONTAINER ? "image" : "name";
    const reference = properties.text(field) ?? "";
    if (!isMadeHere(reference) && !isPinned(reference) && !isImageId(reference)) {
        yield `\`${field}\` names a tag that can move; append @sha256: and the digest to it`;
    }
}
