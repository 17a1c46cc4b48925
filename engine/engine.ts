/** Reads an environment's objects from the Docker engine. */

import type { MadeWith } from "../model/engine-api";
import type { ObjectKind } from "../model/names";
import { saysGone } from "./client";
import { describeContainer, type RunningContainer } from "./containers";
import { EngineError } from "./error";
import { matchImages } from "./images";
import { readMadeWith } from "./made-with";
import { describeNetwork, type EngineNetwork } from "./networks";
import { type LabelledObject, LIST_ENVIRONMENTS, listNamed, type NamedObject, readNamed, REMOVE } from "./objects";
import { EngineReader } from "./reader";
import {
    describeVolume,
    type InspectedVolume,
    type LabelledVolume,
    readLabelledVolume,
    VOLUME_FORMAT,
} from "./volumes";

/** The Docker engine of an environment. */
export class Engine extends EngineReader {
    /** All containers of an environment, stopped ones too, sorted by name. */
    async containers(environment: string): Promise<RunningContainer[]> {
        const inspected = await this.inspect("container", await this.list(ALL_CONTAINERS, environment));
        return inspected.map(describeContainer).sort((a, b) => a.name.localeCompare(b.name));
    }

    /** All running containers of the engine, with or without strata's labels. */
    async running(): Promise<RunningContainer[]> {
        const ids = await this.list(["ps", "-q", "--no-trunc"]);
        return (await this.inspect("container", ids)).map(describeContainer);
    }

    /** All networks of an environment. */
    async networks(environment: string): Promise<LabelledObject[]> {
        const lines = await this.list(["network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"], environment);
        return lines.map((line) => ({ id: line.split(" ")[0] ?? "", name: line.split(" ")[1] ?? "" }));
    }

    /** All networks of the engine, with or without strata's labels. */
    async allNetworks(): Promise<EngineNetwork[]> {
        return (await this.inspect("network", await this.list(ALL_NETWORKS))).map(describeNetwork);
    }

    /** All volumes of an environment, sorted by name. */
    async volumes(environment: string): Promise<LabelledVolume[]> {
        const lines = await this.list(["volume", "ls", "--format", VOLUME_FORMAT], environment);
        return lines.sort().map(readLabelledVolume);
    }

    /** Volumes by name, with or without strata's labels. Names that the engine does not know are left out. */
    async volumesNamed(names: readonly string[]): Promise<InspectedVolume[]> {
        const [inspected, version] = await Promise.all([this.inspect("volume", names), this.version()]);
        return inspected.map((volume) => describeVolume(volume, version?.api));
    }

    /** Processor architectures of the images that the engine has, by reference. */
    async architectures(references: readonly string[]): Promise<ReadonlyMap<string, string>> {
        return matchImages(references, await this.inspect("image", [...new Set(references)]));
    }

    /** Abilities of the engine that an environment's networks and containers were made with. */
    async madeWith(environment: string): Promise<MadeWith> {
        const [networks, containers] = await Promise.all([
            this.list(ALL_NETWORKS, environment),
            this.list(ALL_CONTAINERS, environment),
        ]);
        return readMadeWith(await this.inspect("network", networks), await this.inspect("container", containers));
    }

    /** All objects of a kind on the engine, with or without strata's labels. */
    async all(kind: ObjectKind): Promise<NamedObject[]> {
        return (await this.list(listNamed(kind))).flatMap(readNamed);
    }

    /** Environments that have any labelled container, network or volume, sorted. */
    async environments(): Promise<string[]> {
        const found = await Promise.all(LIST_ENVIRONMENTS.map((command) => this.list(command)));
        return [...new Set(found.flat())].sort();
    }

    /** The last lines of a container's log. Empty when the container no longer exists. */
    async lastLines(container: string, count: number): Promise<string[]> {
        const asked = await this.docker(["logs", "--tail", String(count), container]);
        if (asked.code !== 0) return [];
        return `${asked.stdout}${asked.stderr}`
            .split("\n")
            .filter((line) => line.trim() !== "")
            .slice(-count);
    }

    /** Removes labelled objects of an environment by id. An object that no longer exists is no error. */
    async remove(kind: ObjectKind, objects: readonly LabelledObject[]): Promise<void> {
        for (const object of objects) {
            const asked = await this.docker([...REMOVE[kind], object.id]);
            if (asked.code !== 0 && !saysGone(asked.stderr)) {
                throw new EngineError(
                    `${kind} ${object.name} cannot be removed: ${asked.stderr.trim()}`,
                    `look at it with: docker ${kind} inspect ${object.name}`,
                    { isBroken: true },
                );
            }
        }
    }
}

/** Lists the ids of all containers, stopped ones too. */
const ALL_CONTAINERS = ["ps", "-aq", "--no-trunc"];

/** Lists the ids of all networks. */
const ALL_NETWORKS = ["network", "ls", "-q", "--no-trunc"];
