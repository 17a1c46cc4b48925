/** Reads an exported Pulumi state: what is known to run, and what was interrupted. Pure. */

import type { Platform } from "../../model/platform";
import { CONTAINER, NETWORK, VOLUME } from "../../model/resource-types";
import { entranceOf } from "../../components/identity/vault-configuration/entrance";
import type { ResolvedSecret } from "../../model/secrets/secret";
import { recordedSupply, type Supplied } from "../../model/supply";
import { VAULT, VAULT_SERVERS } from "../../components/foundation/vault/kind";
import { fixedSettings } from "./fixed-settings";
import { forgottenVolumes } from "./forgotten";
import {
    type Contained,
    containedIn,
    holdsData,
    type KnownData,
    numberedInside,
    numberedStores,
    protectedData,
    type ProtectedData,
} from "./state-data";
import type { RawExport, RawResource } from "./state-document";
import {
    authorities,
    certificates,
    type KnownAuthority,
    type KnownCertificate,
    type KnownSecretId,
    secretIds,
} from "./state-endings";
import { isData, known, type KnownObject } from "./state-objects";

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
    /** What is inside servers' data. */
    readonly contained: readonly Contained[];
    /** What services log in to Vault with. */
    readonly secretIds: readonly KnownSecretId[];
    /** How the environment was made; missing in a state of an earlier release. */
    readonly supply?: Supplied;
    /** Identity of the engine that the last update worked on; missing in a state of an earlier release. */
    readonly engine?: string;
    /** URNs of what holds {@link supply} and {@link engine}. */
    readonly records: readonly string[];
    /** The edge's own certificates; none with ACME. */
    readonly certificates: readonly KnownCertificate[];
    /** What holds data, protected or not. */
    readonly data: readonly ProtectedData[];
    /** Data that Pulumi refuses to delete. */
    readonly protected: readonly ProtectedData[];
    /** Authorities that Vault signs certificates with. */
    readonly authorities: readonly KnownAuthority[];
    /** Subnets in which the edge reached Vault when the state was written. */
    readonly entrance: readonly string[];
    /** The numbers that servers gave their data. Empty in a state of an earlier release, until the next `up`. */
    readonly numbered: readonly KnownData[];
    /** Values in Vault that the program writes. */
    readonly values: readonly { readonly urn: string; readonly path: string }[];
    /** The secrets matrix of the last declaration. */
    readonly secrets: readonly ResolvedSecret[];
    /** Program of the server that speaks Vault's API, for example `vault`; missing when the state has none. */
    readonly vaultProgram?: string;
    /** Health check of that server, which differs for each server and seal. */
    readonly vaultTest?: readonly string[];
    /** Settings of the last declaration that are fixed while there is data, by their key in the configuration. */
    readonly fixed: Readonly<Record<string, string>>;
    /** All resources except the stack itself and providers. */
    readonly resources: number;
}

/** An operation that was cut off. */
export interface PendingOperation {
    readonly urn: string;
    readonly type: string;
    /** Physical name of what it works on, where it has one. */
    readonly name?: string;
}

const VALUE = "vault:generic/secret:Secret";

/** Registered by `components/hardening/supply.ts`. */
const SUPPLY = "strata:lib:Supply";

const FLOW_PLAN = "strata:network:FlowPlan";

/** Reads the document that `pulumi stack export` prints. */
export function readState(exported: unknown): KnownState {
    const { deployment } = (exported ?? {}) as RawExport;
    const resources = (deployment?.resources ?? []).filter((resource) => !resource.delete);
    const flowPlan = resources.find(({ type }) => type === FLOW_PLAN);
    const plan = (flowPlan?.outputs ?? {}) as Partial<Platform>;
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
        secretIds: secretIds(resources),
        ...supplyOf(resources),
        ...engineOf(resources),
        records: resources.filter(({ type }) => type === SUPPLY).map(({ urn }) => urn),
        certificates: certificates(resources),
        data: resources.filter(holdsData).map((it) => protectedData(it, plan)),
        protected: resources.filter(({ protect }) => protect === true).map((it) => protectedData(it, plan)),
        authorities: authorities(resources),
        entrance: entrance(plan),
        values: resources.flatMap(({ type, urn, inputs }) =>
            type === VALUE ? [{ urn, path: String(inputs?.["path"]) }] : [],
        ),
        secrets: plan.secrets ?? [],
        numbered: [...numberedStores(resources, holding), ...numberedInside(resources, contained)],
        ...vaultProgram(flowPlan),
        ...vaultTest(plan),
        fixed: fixedSettings(plan.services ?? []),
        resources: resources.filter(({ type }) => !type.startsWith("pulumi:")).length,
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

function vaultProgram(flowPlan: RawResource | undefined): { vaultProgram?: string } {
    const services = (flowPlan?.outputs?.["services"] ?? flowPlan?.inputs?.["services"] ?? []) as {
        image: string;
    }[];
    const server = Object.values(VAULT_SERVERS).find((facts) => services.some(({ image }) => image === facts.image));
    return server === undefined ? {} : { vaultProgram: server.program };
}

function vaultTest({ services = [] }: Partial<Platform>): { vaultTest?: readonly string[] } {
    const test = services.find(({ name }) => name === VAULT)?.healthCheck?.test;
    return test === undefined ? {} : { vaultTest: test };
}

function entrance({ zones, services, flows }: Partial<Platform>): string[] {
    return zones && services && flows ? entranceOf({ zones, services, flows }) : [];
}
