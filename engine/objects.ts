/** Objects of all kinds on an engine, with their names and owners. Pure. */

import { LABEL, type ObjectKind } from "../model/names";

/** Label of objects that Docker Compose creates. */
export const COMPOSE_PROJECT = "com.docker.compose.project";

/** A labelled container, network or volume. */
export interface LabelledObject {
    readonly id: string;
    readonly name: string;
}

/** An object of the engine, with or without strata's labels. */
export interface NamedObject extends LabelledObject {
    /** Value of `strata.environment`. */
    readonly environment: string | undefined;
    /** Value of `com.docker.compose.project`. */
    readonly composeProject: string | undefined;
}

/** Commands that list all objects of a kind, with the format of an object's id and name. */
const LISTS: Readonly<Record<ObjectKind, readonly [verb: readonly string[], id: string, name: string]>> = {
    container: [["ps", "--all", "--no-trunc"], "{{.ID}}", "{{.Names}}"],
    network: [["network", "ls", "--no-trunc"], "{{.ID}}", "{{.Name}}"],
    volume: [["volume", "ls"], "{{.Name}}", "{{.Name}}"],
};

/** The command that lists all objects of a kind; {@link readNamed} reads its lines. */
export function listNamed(kind: ObjectKind): string[] {
    const [verb, id, name] = LISTS[kind];
    const labels = [LABEL.environment, COMPOSE_PROJECT].map((label) => `{{.Label "${label}"}}`);
    return [...verb, "--format", [id, name, ...labels].join("\t")];
}

/** The name of an inspected container, without the slash that the engine puts in front. */
export function plainName(inspected: string): string {
    return inspected.replace(/^\//, "");
}

/** Commands that remove an object of a kind, even while it is in use; only a network has to be unused. */
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

/** Commands that print the environment of each labelled object, one command for each kind. */
export const LIST_ENVIRONMENTS: readonly (readonly string[])[] = [
    ["ps", "-a"],
    ["network", "ls"],
    ["volume", "ls"],
].map((kind) => [...kind, "--filter", `label=${LABEL.environment}`, "--format", `{{.Label "${LABEL.environment}"}}`]);
