/** Reads an exported Pulumi state: what is known to run, and what was interrupted. Pure. */

import type { Way } from "../../model/supply";

/** A Docker object that the state knows. */
export interface KnownObject {
    readonly urn: string;
    /** The engine's id; a volume's is its name. */
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** `false` for one-shot containers. */
    readonly mustRun: boolean;
    /** The last attempt to create it failed, so the next `up` replaces it. */
    readonly failed: boolean;
}

/** What the command line needs to know of a stack's state. */
export interface KnownState {
    readonly containers: readonly KnownObject[];
    readonly networks: readonly KnownObject[];
    readonly volumes: readonly KnownObject[];
    /** Operations that an interrupted run left: `creating`, `updating`, `deleting`, ... */
    readonly pending: readonly PendingOperation[];
    /** The engine's ids of what was replaced and waits for its deletion. */
    readonly replaced: readonly string[];
    /** URNs of `random:*`: passwords and keys, of no use without the data that they open. */
    readonly generated: readonly string[];
    /** What is inside a server's data and not on the engine, with the URN of the volume that holds it (`deletedWith`). */
    readonly contained: readonly { readonly urn: string; readonly volume: string }[];
    /** What services log in to Vault with. */
    readonly secretIds: readonly KnownSecretId[];
    /** How the environment was made; missing in one of an earlier release. */
    readonly supply?: Way;
    /** The edge's own certificates; none with ACME. */
    readonly certificates: readonly KnownCertificate[];
    /** All resources except the stack itself and providers. */
    readonly resources: number;
}

/** An operation without an end. */
export interface PendingOperation {
    readonly urn: string;
    readonly type: string;
    /** Physical name of what it works on, where it has one. */
    readonly name?: string;
}

/** A service's secret-id. */
export interface KnownSecretId {
    readonly urn: string;
    readonly service: string;
    /** When Vault stops taking it: milliseconds since 1970. Not known of one that was made by hand and imported. */
    readonly ends?: number;
}

/** Registered by `components/lib/supply.ts`. */
const SUPPLY = "strata:lib:Supply";

/** A certificate that the program made. */
export interface KnownCertificate {
    readonly urn: string;
    /** What clients trust, or what the edge shows them. */
    readonly kind: "authority" | "certificate";
    /** Milliseconds since 1970. */
    readonly ends: number;
}

const EDGE = "strata:edge:Edge";
const SECRET_ID = "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId";

interface RawResource {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    initErrors?: string[];
    parent?: string;
    delete?: boolean;
    deletedWith?: string;
    created?: string;
    dependencies?: string[] | null;
    propertyDependencies?: Record<string, string[] | null> | null;
}

interface RawExport {
    deployment?: {
        resources?: RawResource[] | null;
        pending_operations?: { resource: RawResource; type: string }[] | null;
    } | null;
}

/** Reads the document that `pulumi stack export` prints. */
export function readState(exported: unknown): KnownState {
    const { deployment } = (exported ?? {}) as RawExport;
    const resources = (deployment?.resources ?? []).filter((resource) => !resource.delete);
    const ofType = (type: string): KnownObject[] =>
        resources.filter((resource) => resource.type === type && resource.id !== undefined).map(known);
    return {
        containers: ofType("docker:index/container:Container"),
        networks: ofType("docker:index/network:Network"),
        volumes: ofType("docker:index/volume:Volume"),
        pending: (deployment?.pending_operations ?? []).map(pendingOperation),
        replaced: (deployment?.resources ?? []).flatMap(({ delete: goes, id }) => (goes && id ? [id] : [])),
        generated: resources.filter(({ type }) => type.startsWith("random:")).map(({ urn }) => urn),
        contained: resources.flatMap(({ urn, deletedWith }) =>
            deletedWith !== undefined && deletedWith !== "" ? [{ urn, volume: deletedWith }] : [],
        ),
        secretIds: resources.filter(({ type }) => type === SECRET_ID).map(secretId),
        ...supplyOf(resources),
        certificates: resources.filter(({ type }) => type === EDGE).flatMap((edge) => certificates(edge, resources)),
        resources: resources.filter(({ type }) => !type.startsWith("pulumi:")).length,
    };
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

function supplyOf(resources: readonly RawResource[]): Pick<KnownState, "supply"> {
    const way = resources.find(({ type }) => type === SUPPLY)?.inputs?.["way"];
    return way === "published" || way === "offline" ? { supply: way } : {};
}

function pendingOperation({ resource, type }: { resource: RawResource; type: string }): PendingOperation {
    const name = resource.inputs?.["name"];
    return { urn: resource.urn, type, ...(typeof name === "string" && { name }) };
}

function secretId({ urn, inputs, created }: RawResource): KnownSecretId {
    const ends = Date.parse(created ?? "") + Number(inputs?.["ttl"]) * 1000;
    return { urn, service: String(inputs?.["roleName"]), ...(Number.isFinite(ends) && { ends }) };
}

/** The edge says when its certificates end; what they are made with is a secret. */
function certificates({ urn, outputs }: RawResource, resources: readonly RawResource[]): KnownCertificate[] {
    return (["authority", "certificate"] as const).flatMap((kind) => {
        const ends = Date.parse(String(outputs?.[`${kind}Ends`]));
        const made = resources.find(({ parent, urn: own }) => parent === urn && own.endsWith(`-${kind}`));
        return made !== undefined && Number.isFinite(ends) ? [{ urn: made.urn, kind, ends }] : [];
    });
}

function known(resource: RawResource): KnownObject {
    const value = (key: string): unknown => resource.outputs?.[key] ?? resource.inputs?.[key];
    const labels = value("labels");
    const id = resource.id ?? "";
    const name = value("name");
    return {
        urn: resource.urn,
        id,
        name: typeof name === "string" ? name : id,
        labels: Array.isArray(labels)
            ? Object.fromEntries((labels as { label: string; value: string }[]).map((it) => [it.label, it.value]))
            : {},
        mustRun: value("mustRun") !== false,
        failed: (resource.initErrors ?? []).length > 0,
    };
}
