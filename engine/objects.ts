/** Objects of all kinds on an engine: their names, and whose they are. Pure. */

import { LABEL, type ObjectKind } from "../model/names";

/** Label of objects that Docker Compose made. */
export const COMPOSE_PROJECT = "com.docker.compose.project";

/** A labelled container, network or volume. */
export interface LabelledObject {
    readonly id: string;
    readonly name: string;
}

/** An object of the engine, whoever made it. */
export interface NamedObject extends LabelledObject {
    /** Value of `strata.environment`. */
    readonly environment: string | undefined;
    /** Value of `com.docker.compose.project`. */
    readonly composeProject: string | undefined;
}

/** How the docker client lists all objects of a kind, and what of them is their id and their name. */
const LISTS: Readonly<Record<ObjectKind, readonly [verb: readonly string[], id: string, name: string]>> = {
    container: [["ps", "--all", "--no-trunc"], "{{.ID}}", "{{.Names}}"],
    network: [["network", "ls", "--no-trunc"], "{{.ID}}", "{{.Name}}"],
    volume: [["volume", "ls"], "{{.Name}}", "{{.Name}}"],
};

/** The command whose lines {@link readNamed} reads. */
export function listNamed(kind: ObjectKind): string[] {
    const [verb, id, name] = LISTS[kind];
    const labels = [LABEL.environment, COMPOSE_PROJECT].map((label) => `{{.Label "${label}"}}`);
    return [...verb, "--format", [id, name, ...labels].join("\t")];
}

/** The name of an inspected container, in front of which the engine puts a slash. */
export function plainName(inspected: string): string {
    return inspected.replace(/^\//, "");
}

/** How the docker client removes an object of a kind, used or not; a network has to be unused. */
export const REMOVE: Readonly<Record<ObjectKind, readonly string[]>> = {
    container: ["container", "rm", "--force"],
    network: ["network", "rm"],
    volume: ["volume", "rm", "--force"],
};

/** Reads a line of {@link listNamed}. A container can have several names. */
export function readNamed(line: string): NamedObject[] {
    const [id = "", names = "", environment = "", composeProject = ""] = line.split("\t");
    const owner = { environment: environment || undefined, composeProject: composeProject || undefined };
    return names.split(",").map((name) => ({ id, name, ...owner }));
}

/** The commands whose lines are the environments that have objects, one for each kind. */
export const LIST_ENVIRONMENTS: readonly (readonly string[])[] = [
    ["ps", "-a"],
    ["network", "ls"],
    ["volume", "ls"],
].map((kind) => [...kind, "--filter", `label=${LABEL.environment}`, "--format", `{{.Label "${LABEL.environment}"}}`]);
