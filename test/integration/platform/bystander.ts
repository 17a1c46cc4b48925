/** Objects of somebody else beside the platform: they have to be there after everything that happens to it. */

import { LABEL } from "../../../model/names";
import { docker, run } from "../../support/live-engine";
import { ENV } from "./live";

/** Name and environment of the objects: close to the platform's, but not it. */
export const BYSTANDER = `${ENV}-bystander`;

/** Makes a volume and a network. */
export async function addBystander(): Promise<void> {
    const label = `--label=${LABEL.environment}=${BYSTANDER}`;
    await docker(["volume", "create", label, BYSTANDER]);
    await docker(["network", "create", "--subnet=10.230.0.0/24", label, BYSTANDER]);
}

/** Removes them, if they are there. */
export async function removeBystander(): Promise<void> {
    await run("docker", ["volume", "rm", "--force", BYSTANDER]);
    await run("docker", ["network", "rm", BYSTANDER]);
}
