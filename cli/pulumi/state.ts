/** Reads an exported Pulumi state: what is known to run, and what was interrupted. Pure. */

import { X509Certificate } from "node:crypto";

import { isKept } from "../../model/kept-types";
import { LABEL } from "../../model/names";
import { PLATFORM, type Platform } from "../../model/platform";
import { COMMAND, CONTAINER, GROUP, MOUNT, NETWORK, POSTGRES, ROLE, VOLUME } from "../../model/resource-types";
import { entranceOf } from "../../model/secrets/entrance";
import type { ResolvedSecret } from "../../model/secrets/secret";
import { recordedSupply, type Supplied } from "../../model/supply";
import { VAULT_SERVERS } from "../../model/vault-server";
import { forgottenVolumes, looseIn } from "./forgotten";
import { logicalName } from "./labels";

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
    /** Of a container. */
    readonly image?: string;
    /** When the state first knew it: milliseconds since 1970. */
    readonly created?: number;
}

/** What the command line needs to know of a stack's state. */
export interface KnownState {
    readonly containers: readonly KnownObject[];
    readonly networks: readonly KnownObject[];
    readonly volumes: readonly KnownObject[];
    /** Data volumes that are not in the state any more, though it knows what was inside them. */
    readonly forgotten: readonly KnownObject[];
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
    readonly supply?: Supplied;
    /** Identity of the engine that the last update worked on; missing in one of an earlier release. */
    readonly engine?: string;
    /** URNs of what holds {@link supply} and {@link engine}. */
    readonly records: readonly string[];
    /** The edge's own certificates; none with ACME. */
    readonly certificates: readonly KnownCertificate[];
    /** What holds data, protected or not. */
    readonly data: readonly ProtectedData[];
    /** What the engine refuses to delete. */
    readonly protected: readonly ProtectedData[];
    /** Authorities that Vault signs certificates with. */
    readonly authorities: readonly KnownAuthority[];
    /** Subnets in which the edge met Vault when the state was written. */
    readonly entrance: readonly string[];
    /** What servers have numbered their data with. None of an earlier release, until the next `up`. */
    readonly numbered: readonly KnownData[];
    /** Values in Vault that the program writes. */
    readonly values: readonly { readonly urn: string; readonly path: string }[];
    /** The secrets matrix of the last declaration. */
    readonly secrets: readonly ResolvedSecret[];
    /** Program of the server that speaks Vault's API, for example `vault`; missing when the state has none. */
    readonly vaultProgram?: string;
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

/** A data volume whose server gives its data a number when it makes it. */
export interface KnownData {
    readonly server: "postgres" | "vault";
    /** URN. */
    readonly volume: string;
    /** A Postgres cluster's `system_identifier`; the accessors of a Vault's mounts, each of which is enough. */
    readonly numbers: readonly string[];
    /** URN of the command that reads the number; Vault's are outputs of its mounts. */
    readonly reader?: string;
    /** URN of the component that has the number as an output; Vault's are outputs of what goes with the volume. */
    readonly holder?: string;
}

const VALUE = "vault:generic/secret:Secret";

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
/** Something with data in it. */
export interface ProtectedData {
    readonly urn: string;
    readonly type: string;
    /** The product that it belongs to, or `platform`. */
    readonly owner: string;
    /** A volume's name, a mount's path, a key as `<mount>/<key>`, the name of a realm, group or role. */
    readonly name: string;
    /** Only of a volume: the service whose data it is. */
    readonly service?: string;
}

/** A certificate that issues others. */
export interface KnownAuthority {
    readonly urn: string;
    /** The product, or `platform` for the root. */
    readonly owner: string;
    readonly isRoot: boolean;
    /** End of its certificate: milliseconds since 1970. */
    readonly ends: number;
}

const ROOT = "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert";
const INTERMEDIATE = "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate";
const FLOW_PLAN = "strata:network:FlowPlan";
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

/** Reads the document that `pulumi stack export` prints. */
export function readState(exported: unknown): KnownState {
    const { deployment } = (exported ?? {}) as RawExport;
    const resources = (deployment?.resources ?? []).filter((resource) => !resource.delete);
    const plan = (resources.find(({ type }) => type === FLOW_PLAN)?.outputs ?? {}) as Partial<Platform>;
    const ofType = (type: string): KnownObject[] =>
        resources.filter((resource) => resource.type === type && resource.id !== undefined).map(known);
    const data = ofType(VOLUME).filter(isData);
    const services = (plan.services ?? []).map(({ name }) => name);
    const forgotten = forgottenVolumes(resources, data, services);
    const holding = [...data, ...forgotten];
    const contained = containedIn(resources, holding);
    return {
        containers: ofType(CONTAINER),
        networks: ofType(NETWORK),
        volumes: ofType(VOLUME),
        forgotten,
        pending: (deployment?.pending_operations ?? []).map(pendingOperation),
        replaced: (deployment?.resources ?? []).flatMap(({ delete: goes, id }) => (goes && id ? [id] : [])),
        generated: resources.filter(({ type }) => type.startsWith("random:")).map(({ urn }) => urn),
        contained,
        secretIds: resources.filter(({ type }) => type === SECRET_ID).map(secretId),
        ...supplyOf(resources),
        ...engineOf(resources),
        records: resources.filter(({ type }) => type === SUPPLY).map(({ urn }) => urn),
        certificates: resources.filter(({ type }) => type === EDGE).flatMap((edge) => certificates(edge, resources)),
        data: resources.filter(holdsData).map((it) => protectedData(it, plan)),
        protected: resources.filter(({ protect }) => protect === true).map((it) => protectedData(it, plan)),
        authorities: resources.filter(({ type }) => type === ROOT || type === INTERMEDIATE).flatMap(authority),
        entrance: entrance(resources),
        values: resources.flatMap(({ type, urn, inputs }) =>
            type === VALUE ? [{ urn, path: String(inputs?.["path"]) }] : [],
        ),
        secrets: plan.secrets ?? [],
        numbered: [...clusters(resources, holding), ...vaultStores(resources, contained)],
        ...vaultProgram(resources),
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
    const images = resources.filter(({ type }) => type === CONTAINER).map(({ inputs }) => inputs?.["image"]);
    const supply = recordedSupply(
        resources.find(({ type }) => type === SUPPLY)?.inputs,
        images.filter((image) => typeof image === "string"),
    );
    return supply === undefined ? {} : { supply };
}

function engineOf(resources: readonly RawResource[]): Pick<KnownState, "engine"> {
    const engine = resources.find(({ type }) => type === SUPPLY)?.outputs?.["engine"];
    return typeof engine === "string" && engine !== "" ? { engine } : {};
}

function pendingOperation({ resource, type }: { resource: RawResource; type: string }): PendingOperation {
    const name = resource.inputs?.["name"];
    return { urn: resource.urn, type, ...(typeof name === "string" && { name }) };
}

/**
 * What is inside a mount goes with the mount, and the mount with the volume: the volume counts. What a refresh has cut loose from its
 * volume is known by its type.
 */
function containedIn(
    resources: readonly RawResource[],
    holding: readonly KnownObject[],
): { urn: string; volume: string }[] {
    const holders = new Map(
        resources.flatMap((resource) => {
            const { urn, deletedWith = "" } = resource;
            const service = looseIn(resource);
            const volume = holding.find(({ labels }) => service !== undefined && labels[LABEL.service] === service);
            const holder = deletedWith === "" ? volume?.urn : deletedWith;
            return holder === undefined ? [] : [[urn, holder] as const];
        }),
    );
    const outermost = (urn: string): string => {
        const holder = holders.get(urn);
        return holder === undefined || holder === urn ? urn : outermost(holder);
    };
    return [...holders.keys()].map((urn) => ({ urn, volume: outermost(urn) }));
}

function holdsData(resource: RawResource): boolean {
    return resource.type === VOLUME ? isData(known(resource)) : isKept(resource.type, resource.inputs);
}

function isData({ labels }: KnownObject): boolean {
    return labels[LABEL.data] === "true";
}

/** The volumes of a state that hold what servers write. Pure. */
export function dataVolumes({ volumes }: Pick<KnownState, "volumes">): KnownObject[] {
    return volumes.filter(isData);
}

function protectedData(resource: RawResource, plan: Partial<Platform>): ProtectedData {
    const { urn, type, inputs = {}, outputs = {} } = resource;
    const text = (key: string): string | undefined => {
        const value = inputs[key] ?? outputs[key];
        return typeof value === "string" ? value : undefined;
    };
    if (type === VOLUME) {
        const { name, labels } = known(resource);
        const service = labels[LABEL.service];
        return { urn, type, owner: labels[LABEL.product] ?? PLATFORM, name, ...(service !== undefined && { service }) };
    }
    const mount = text("path") ?? text("backend");
    if (type.startsWith("vault:") && mount !== undefined) {
        const inside = text("path") === undefined ? text("name") : undefined;
        return { urn, type, owner: mount.split("/")[0]!, name: inside === undefined ? mount : `${mount}/${inside}` };
    }
    const name = text("realm") ?? text("name") ?? logicalName(urn);
    return { urn, type, owner: ownerInRealm(type, name, plan), name };
}

/** A product's roles begin with its name, and its groups have roles of it. A group without roles cannot be told: the platform's. */
function ownerInRealm(type: string, name: string, { products = [], realm }: Partial<Platform>): string {
    const ofRole = (role: string): string | undefined =>
        products
            .filter((product) => role.startsWith(`${product}-`))
            .sort((a, b) => b.length - a.length)
            .at(0);
    if (type === ROLE) return ofRole(name) ?? PLATFORM;
    const roles = type === GROUP ? realm?.groups.find((group) => group.name === name)?.roles : undefined;
    const [owner, another] = new Set(roles?.map(ofRole));
    return another === undefined ? (owner ?? PLATFORM) : PLATFORM;
}

/** A component is named after its service, and so is the volume's label. */
function clusters(resources: readonly RawResource[], volumes: readonly KnownObject[]): KnownData[] {
    return resources
        .filter(({ type }) => type === POSTGRES)
        .flatMap(({ urn, outputs }) => {
            const number = outputs?.["identity"];
            const volume = volumes.find(({ labels }) => labels[LABEL.service] === logicalName(urn));
            const reader = resources.find(({ type, parent }) => type === COMMAND && parent === urn);
            if (typeof number !== "string" || number === "" || volume === undefined) return [];
            return [
                {
                    server: "postgres",
                    volume: volume.urn,
                    numbers: [number],
                    holder: urn,
                    ...(reader && { reader: reader.urn }),
                },
            ];
        });
}

function vaultStores(resources: readonly RawResource[], contained: KnownState["contained"]): KnownData[] {
    const accessors = new Map(
        resources.flatMap(({ type, urn, outputs }) => {
            const accessor = outputs?.["accessor"];
            return type === MOUNT && typeof accessor === "string" ? [[urn, accessor] as const] : [];
        }),
    );
    const inside = contained.filter(({ urn }) => accessors.has(urn));
    return [...new Set(inside.map(({ volume }) => volume))].map((volume) => ({
        server: "vault",
        volume,
        numbers: inside.filter((it) => it.volume === volume).map(({ urn }) => accessors.get(urn)!),
    }));
}

function authority({ urn, type, inputs, outputs }: RawResource): KnownAuthority[] {
    const certificate = outputs?.["certificate"];
    const name = String(inputs?.["commonName"]).split(" ");
    try {
        const ends = Date.parse(new X509Certificate(String(certificate)).validTo);
        const isRoot = type === ROOT;
        // `strata <environment> <product> authority`
        return [{ urn, owner: isRoot ? PLATFORM : (name.at(2) ?? PLATFORM), isRoot, ends }];
    } catch {
        return [];
    }
}

function vaultProgram(resources: readonly RawResource[]): { vaultProgram?: string } {
    const plan = resources.find(({ type }) => type === FLOW_PLAN);
    const services = (plan?.outputs?.["services"] ?? plan?.inputs?.["services"] ?? []) as {
        kind: string;
        image: string;
    }[];
    const image = services.find(({ kind }) => kind === "vault")?.image;
    const server = Object.values(VAULT_SERVERS).find((facts) => facts.image === image);
    return server === undefined ? {} : { vaultProgram: server.program };
}

function entrance(resources: readonly RawResource[]): string[] {
    const plan = resources.find(({ type }) => type === FLOW_PLAN);
    const { zones, services, flows } = (plan?.outputs ?? {}) as Partial<Platform>;
    return zones && services && flows ? entranceOf({ zones, services, flows }) : [];
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
        ...(typeof value("image") === "string" && { image: value("image") as string }),
        ...(resource.created !== undefined && { created: Date.parse(resource.created) }),
    };
}
