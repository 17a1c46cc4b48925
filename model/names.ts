/**
 * Physical names and labels: what links an object on the engine to the model.
 *
 * Components write them; policies, the isolation probe, the drift readers and the command line read them.
 */

import { instanceName, instancesOf, type Replicated } from "./instances";
import { type Owner, ownerOf } from "./owner";
import type { Platform, Service, Zone } from "./platform";

/** Keys of the labels on every container, network and volume. strata never touches an object without them. */
export const LABEL = {
    environment: "strata.environment",
    product: "strata.product",
    /** Only on what belongs to a tenant of the product. */
    tenant: "strata.tenant",
    /** On containers and volumes. */
    service: "strata.service",
    /** Number of the instance; only on containers of instances after the first. */
    replica: "strata.replica",
    /** On networks, the zone; on containers, all their zones, separated by commas. */
    zone: "strata.zone",
    layer: "strata.layer",
    /** Only on one-shot containers: `writer` or `owner`. */
    role: "strata.role",
    /** Only on containers that end: see {@link RUNS}. */
    runs: "strata.runs",
    /** Hash of the configuration files that a container was started with. */
    files: "strata.files",
    /** `true` on volumes that hold data: strata removes them only on request by name. */
    data: "strata.data",
    /** On volumes that hold no data: `files` or `secrets`, see {@link VolumePurpose}. */
    purpose: "strata.purpose",
} as const;

/**
 * Values of {@link LABEL.runs}. A container that runs `once` is a job. One that runs `with-job` is started and stopped by the
 * job that it serves. Any other container of a service runs for as long as it is declared.
 */
export const RUNS = { once: "once", withJob: "with-job" } as const;
export type Runs = (typeof RUNS)[keyof typeof RUNS];

/** Value of {@link LABEL.role} on the one-shot containers that fill a volume with configuration files. */
export const WRITER_ROLE = "writer";

/** Value of {@link LABEL.role} on the one-shot containers that make the service's user the owner of a fresh data volume. */
export const OWNER_ROLE = "owner";

/** Value of {@link LABEL.role} on the containers of the isolation probe. The probe finds and removes them by it. */
export const PROBE_ROLE = "probe";

/** Value of {@link LABEL.layer} on networks, which belong to no service's layer. */
export const NETWORK_LAYER = "network";

/**
 * What a volume is for. `data` outlives its container. `files` holds the configuration files and can be written anew.
 * `secrets` is in memory and lives as long as a container mounts it.
 */
export type VolumePurpose = "data" | "files" | "secrets";

/** For example `staging-psra-api`. @param service - name of a service, or of an instance */
export function containerName(environment: string, service: string): string {
    return `${environment}-${service}`;
}

/** Names of all containers of a service, by the numbers of its instances. */
export function containerNames(environment: string, service: Replicated): string[] {
    return instancesOf(service).map(({ name }) => containerName(environment, name));
}

/** The names of a service and of its one-shot containers. */
export function namesAround(service: string): string[] {
    return [service, `${service}-${WRITER_ROLE}`, `${service}-${OWNER_ROLE}`];
}

/** Name of the one-shot container that writes a service's configuration files. */
export function writerName(environment: string, service: string): string {
    return `${containerName(environment, service)}-${WRITER_ROLE}`;
}

/** Name of the one-shot container that makes a service's user the owner of its data volume. */
export function ownerName(environment: string, service: string): string {
    return `${containerName(environment, service)}-${OWNER_ROLE}`;
}

/** For example `staging-psra-db-net`. */
export function networkName(environment: string, zone: string): string {
    return `${environment}-${zone}`;
}

const VOLUME_SUFFIX: Readonly<Record<VolumePurpose, string>> = { data: "data", files: "config", secrets: "rendered" };

/** For example `staging-psra-postgres-data`. What a volume is for is read from its labels, never from its name. */
export function volumeName(environment: string, service: string, purpose: VolumePurpose): string {
    return `${environment}-${service}-${VOLUME_SUFFIX[purpose]}`;
}

/** Kinds of objects on an engine, as the docker client calls them. */
export type ObjectKind = "container" | "network" | "volume";

/**
 * All names that an environment's objects on the engine can have. They include a service's one-shots and all kinds of
 * volumes, even those that the service does not need today.
 */
export function physicalNames({
    environment,
    services,
    zones,
}: Pick<Platform, "environment"> & {
    readonly services: readonly Replicated[];
    readonly zones: readonly Pick<Zone, "name">[];
}): Readonly<Record<ObjectKind, readonly string[]>> {
    const purposes = Object.keys(VOLUME_SUFFIX) as VolumePurpose[];
    return {
        container: services.flatMap((service) => [
            ...containerNames(environment, service),
            ...[writerName, ownerName].map((named) => named(environment, service.name)),
        ]),
        network: zones.map(({ name }) => networkName(environment, name)),
        volume: services.flatMap(({ name }) => purposes.map((purpose) => volumeName(environment, name, purpose))),
    };
}

/** Labels of a service's container, without those that depend on its files. */
export function containerLabels(
    environment: string,
    service: Owner & Pick<Service, "name" | "layer" | "zones">,
    replica = 1,
): Record<string, string> {
    return {
        ...volumeLabels(environment, service),
        [LABEL.zone]: service.zones.join(","),
        ...(replica > 1 && { [LABEL.replica]: String(replica) }),
    };
}

/** Name of a container's instance, from its labels. @param labels - with {@link LABEL.service} */
export function labelledInstance(labels: Readonly<Record<string, string | undefined>>): string | undefined {
    const service = labels[LABEL.service];
    return service === undefined ? undefined : instanceName(service, Number(labels[LABEL.replica] ?? 1));
}

/**
 * Labels of a service's volumes. A changed label would replace the volume and delete its data, so they say only what never
 * changes.
 */
export function volumeLabels(
    environment: string,
    service: Owner & Pick<Service, "name" | "layer">,
): Record<string, string> {
    return {
        [LABEL.environment]: environment,
        ...ownerLabels(service),
        [LABEL.service]: service.name,
        [LABEL.layer]: service.layer,
    };
}

/** Labels of a zone's network. */
export function networkLabels(environment: string, zone: Owner & Pick<Zone, "name">): Record<string, string> {
    return {
        [LABEL.environment]: environment,
        ...ownerLabels(zone),
        [LABEL.zone]: zone.name,
        [LABEL.layer]: NETWORK_LAYER,
    };
}

/** Labels that name an object's owner. */
function ownerLabels(owned: Owner): Record<string, string> {
    const { product, tenant } = ownerOf(owned);
    return { [LABEL.product]: product, ...(tenant !== undefined && { [LABEL.tenant]: tenant }) };
}

/** The owner of an object, from its labels. @returns undefined when the labels name no owner */
export function labelledOwner(labels: Readonly<Record<string, string | undefined>>): Owner | undefined {
    const [product, tenant] = [labels[LABEL.product], labels[LABEL.tenant]];
    return product === undefined ? undefined : { product, ...(tenant !== undefined && { tenant }) };
}
