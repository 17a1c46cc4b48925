/** The document that `pulumi stack export` prints, and changes of it. Pure: nothing outside the document is touched. */

/** A resource as the document has it. */
export interface RawResource {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    initErrors?: string[];
    parent?: string;
    delete?: boolean;
    protect?: boolean;
    taint?: boolean;
    deletedWith?: string;
    created?: string;
    dependencies?: string[] | null;
    propertyDependencies?: Record<string, string[] | null> | null;
}

/** What `pulumi stack export` prints. */
export interface RawExport {
    deployment?: {
        resources?: RawResource[] | null;
        pending_operations?: { resource: RawResource; type: string }[] | null;
    } | null;
}

/**
 * The document with some resources depending on nothing but each other: a destroy that leaves them out would otherwise also
 * leave out the containers that they waited for.
 *
 * @param exported - what `pulumi stack export` printed
 * @param kept - URNs of what stays
 */
export function detach(exported: unknown, kept: readonly string[]): unknown {
    const stays = new Set(kept);
    const only = (urns: readonly string[] | null | undefined): string[] => (urns ?? []).filter((urn) => stays.has(urn));
    const document = exported as RawExport;
    return {
        ...document,
        deployment: {
            ...document.deployment,
            resources: (document.deployment?.resources ?? []).map((resource) =>
                stays.has(resource.urn)
                    ? {
                          ...resource,
                          dependencies: only(resource.dependencies),
                          propertyDependencies: Object.fromEntries(
                              Object.entries(resource.propertyDependencies ?? {}).map(([key, urns]) => [
                                  key,
                                  only(urns),
                              ]),
                          ),
                      }
                    : resource,
            ),
        },
    };
}

/** The document with some resources no longer protected. */
export function unprotect(exported: unknown, urns: readonly string[]): unknown {
    return mapResources(exported, (resource) =>
        urns.includes(resource.urn) ? [{ ...resource, protect: false }] : [resource],
    );
}

/** The document without some resources, and without anything that refers to them. Nothing outside the state is touched. */
export function drop(exported: unknown, urns: readonly string[]): unknown {
    const gone = new Set(urns);
    const stays = (listed: readonly string[] | null | undefined): string[] =>
        (listed ?? []).filter((urn) => !gone.has(urn));
    return mapResources(exported, (resource) =>
        gone.has(resource.urn)
            ? []
            : [
                  {
                      ...resource,
                      ...(resource.deletedWith !== undefined && gone.has(resource.deletedWith) && { deletedWith: "" }),
                      ...(resource.dependencies && { dependencies: stays(resource.dependencies) }),
                      ...(resource.propertyDependencies && {
                          propertyDependencies: Object.fromEntries(
                              Object.entries(resource.propertyDependencies).map(([key, listed]) => [
                                  key,
                                  stays(listed),
                              ]),
                          ),
                      }),
                  },
              ],
    );
}

/**
 * The document with some resources marked for replacement by the next update, whichever run makes it.
 *
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_state_taint/
 */
export function tainted(exported: unknown, urns: readonly string[]): unknown {
    return mapResources(exported, (resource) => [
        urns.includes(resource.urn) && !resource.delete ? { ...resource, taint: true } : resource,
    ]);
}

/** The document without the numbers of some servers' data. @param holders - {@link KnownData.holder} */
export function renumbered(exported: unknown, holders: readonly string[]): unknown {
    return mapResources(exported, (resource) => [
        holders.includes(resource.urn) ? { ...resource, outputs: { ...resource.outputs, identity: "" } } : resource,
    ]);
}

/** URNs of what goes with the given resources (`deletedWith`). */
export function goingWith(exported: unknown, urns: readonly string[]): string[] {
    return ((exported as RawExport).deployment?.resources ?? [])
        .filter(({ deletedWith }) => deletedWith !== undefined && urns.includes(deletedWith))
        .map(({ urn }) => urn);
}

/** The document with another time at which the state first knew a resource. */
export function dated(exported: unknown, times: ReadonlyMap<string, number>): unknown {
    return mapResources(exported, (resource) => {
        const time = times.get(resource.urn);
        return [time === undefined ? resource : { ...resource, created: new Date(time).toISOString() }];
    });
}

/** What depends on what, in the order of the document: everything comes after what it depends on. */
export function dependencies(
    exported: unknown,
): { urn: string; type: string; mustRun: boolean; on: readonly string[] }[] {
    return ((exported as RawExport).deployment?.resources ?? [])
        .filter((resource) => !resource.delete)
        .map(({ urn, type, inputs, dependencies: listed, propertyDependencies }) => ({
            urn,
            type,
            mustRun: inputs?.["mustRun"] !== false,
            on: [...(listed ?? []), ...Object.values(propertyDependencies ?? {}).flatMap((each) => each ?? [])],
        }));
}

function mapResources(exported: unknown, map: (resource: RawResource) => RawResource[]): unknown {
    const document = exported as RawExport;
    return {
        ...document,
        deployment: { ...document.deployment, resources: (document.deployment?.resources ?? []).flatMap(map) },
    };
}
