/** The volumes of a service, and the short-lived containers that prepare them. */

import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

import { LABEL, OWNER_ROLE, ownerName, volumeLabels, volumeName, WRITER_ROLE, writerName } from "../../model/names";
import type { Service as ServiceModel } from "../../model/platform";
import type { Deployment } from "./deployment";
import { FILES, type ServiceFile } from "./files";
import { keep } from "./keep";
import { dockerLabels } from "./labels";

/**
 * Changes that the provider reports as updated in place but never carries out.
 * @see https://github.com/kreuzwerker/terraform-provider-docker/issues
 */
export const REPLACE_ON_CHANGE = ["mounts", "healthcheck", "init", "tmpfs", "cpuPeriod", "cpuQuota"];

/** Settings of all one-shot containers: no network, no privileges, next to no resources. */
const ONE_SHOT = {
    securityOpts: ["no-new-privileges:true"],
    privileged: false,
    networkMode: "none",
    memory: 16,
    memorySwap: 16,
    cpus: "0.1",
    restart: "no",
    maxRetryCount: 0,
    logDriver: "json-file",
    logOpts: { "max-size": "1m", "max-file": "1" },
} satisfies Partial<docker.ContainerArgs>;

/** Creates the volume with a service's data. Its inputs never change: replacing the volume would delete the data. */
export function dataVolume(
    name: string,
    deployment: Deployment,
    service: ServiceModel,
    parent: pulumi.Resource,
): docker.Volume {
    const { environment } = deployment.platform;
    return new docker.Volume(
        name,
        {
            name: volumeName(environment, service.name, "data"),
            driver: "local",
            labels: dockerLabels({ ...volumeLabels(environment, service), [LABEL.data]: "true" }),
        },
        keep(deployment, { parent }),
    );
}

/**
 * Gives the volume to the service's user, by a one-shot container without a network. A fresh volume belongs to root, or to
 * the image's user if the image has the directory. A volume that was filled under another name belongs to another user.
 */
export function dataOwner(
    name: string,
    deployment: Deployment,
    service: ServiceModel,
    user: string,
    mount: docker.types.input.ContainerMount,
    parent: pulumi.Resource,
): docker.Container {
    const environment = deployment.platform.environment;
    return new docker.Container(
        `${name}-owner`,
        {
            name: ownerName(environment, service.name),
            image: deployment.image(service.image),
            entrypoints: ["chown"],
            command: ["-R", user, mount.target],
            attach: true,
            mustRun: false,
            user: "0:0",
            // CAP_DAC_READ_SEARCH reads the folders of the volume's earlier user.
            capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN", "CAP_DAC_READ_SEARCH"] },
            readOnly: true,
            mounts: [mount],
            ...ONE_SHOT,
            labels: dockerLabels({ ...volumeLabels(environment, service), [LABEL.role]: OWNER_ROLE }),
        },
        { parent, replaceOnChanges: REPLACE_ON_CHANGE, deleteBeforeReplace: true },
    );
}

/**
 * Creates the volume with a service's files. Uploads fail on a read-only root, so the files travel through a volume: a
 * container that is created but never started receives the uploads in the mounted path. The service mounts the same volume
 * read-only.
 */
export function filesVolume(
    name: string,
    deployment: Deployment,
    service: ServiceModel,
    files: readonly ServiceFile[],
    parent: pulumi.Resource,
): { volume: docker.Volume; writer: docker.Container } {
    const environment = deployment.platform.environment;
    const volume = new docker.Volume(
        `${name}-files`,
        {
            name: volumeName(environment, service.name, "files"),
            driver: "local",
            labels: dockerLabels({ ...volumeLabels(environment, service), [LABEL.purpose]: "files" }),
        },
        { parent },
    );
    const writer = new docker.Container(
        `${name}-writer`,
        {
            name: writerName(environment, service.name),
            // Never started, so any image works. This image is on every engine and declares no volumes of its own.
            image: deployment.image("traefik"),
            start: false,
            mustRun: false,
            user: "65534:65534",
            capabilities: { drops: ["ALL"] },
            ...ONE_SHOT,
            mounts: [{ type: "volume", source: volume.name, target: FILES, readOnly: false }],
            uploads: files.map((file) => ({
                file: `${FILES}/${file.path}`,
                content: file.content,
                permissions: "0444",
            })),
            labels: dockerLabels({ ...volumeLabels(environment, service), [LABEL.role]: WRITER_ROLE }),
        },
        { parent, replaceOnChanges: REPLACE_ON_CHANGE, deleteBeforeReplace: true },
    );
    return { volume, writer };
}
