/**
 * Data volumes that a state has forgotten while it knows what was inside them. A plain `pulumi refresh` after a loss drops the volume and
 * clears what tied its contents to it. Pure.
 */

import { kindAround, numberedKind } from "../../components/kinds";
import { LABEL, volumeName } from "../../model/names";
import { VOLUME } from "../../model/resource-types";
import { logicalName } from "./labels";
import type { KnownObject } from "./state-objects";

/** The part of a state's resource that tells about data. */
interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly deletedWith?: string;
}

const SERVICE = "strata:lib:Service";

/** The service that a resource is inside of, when nothing ties the resource to a volume any more. */
export function looseIn({ type, deletedWith }: Resource): string | undefined {
    return deletedWith ? undefined : kindAround(type)?.inside.dataOf;
}

/**
 * The data volumes that a state has forgotten.
 *
 * @param resources - of a state
 * @param known - data volumes that it knows
 * @param services - names of the services that it was made for: what was taken out of the stack with its data is not forgotten
 */
export function forgottenVolumes(
    resources: readonly Resource[],
    known: readonly KnownObject[],
    services: readonly string[],
): KnownObject[] {
    const withData = new Set(resources.flatMap((it) => looseIn(it) ?? numbered(it) ?? []));
    const has = new Set(known.map(({ labels }) => labels[LABEL.service]));
    return resources
        .filter(({ type }) => type === SERVICE)
        .map(({ urn }) => ({ urn, service: logicalName(urn) }))
        .filter(({ service }) => withData.has(service) && !has.has(service) && services.includes(service))
        .map(({ urn, service }) => volumeOf(urn, service));
}

/** The service of a component whose server has numbered its data, so that data existed. A component is named after its service. */
function numbered({ type, urn, outputs }: Resource): string | undefined {
    const number = numberedKind(type) ? outputs?.["identity"] : undefined;
    return typeof number === "string" && number !== "" ? logicalName(urn) : undefined;
}

/** @param component - URN of the service's component, below which the volume was */
function volumeOf(component: string, service: string): KnownObject {
    const [stack = "", project = "", types = ""] = component.split("::");
    const environment = stack.split(":").at(-1)!;
    const name = volumeName(environment, service, "data");
    return {
        urn: [stack, project, `${types}$${VOLUME}`, `${service}-data`].join("::"),
        id: name,
        name,
        labels: { [LABEL.environment]: environment, [LABEL.service]: service, [LABEL.data]: "true" },
        mustRun: true,
        failed: false,
    };
}
