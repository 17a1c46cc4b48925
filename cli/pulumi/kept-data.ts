/** Data that a changed declaration would delete. It is found before anything is touched, and deleted only on explicit request. */

import { SECOND_FACTOR_ROLE } from "../../model/identity/realm";
import { COMMAND, GROUP, MOUNT, REALM, ROLE, VOLUME } from "../../model/resource-types";
import { mountOf } from "../../model/secrets/secret";
import { PLATFORM } from "../../model/platform";
import { Failure, npmRun } from "../failure";
import type { Declared } from "../stacks/platform";
import type { KnownState } from "./state";
import type { ProtectedData } from "./state-data";

/** Protected data that the stack no longer declares. Pure. */
export function undeclaredData(
    { protected: data }: Pick<KnownState, "protected">,
    declared: Declared,
): ProtectedData[] {
    const { platform, config } = declared;
    const services = new Set(platform.services.map(({ name }) => name));
    const vault = platform.secrets;
    const mounts = new Set(vault.map(mountOf));
    const keys = new Set(vault.map((secret) => `${mountOf(secret)}/${secret.path}`));
    const hasAuthorities = vault.some(({ engine }) => engine === "pki");
    const groups = new Set(platform.realm?.groups.map((group) => group.name));
    const roles = new Set([SECOND_FACTOR_ROLE, ...(platform.realm?.roles ?? []).map((role) => role.name)]);
    const isDeclared = ({ type, name, service }: ProtectedData): boolean => {
        if (type === VOLUME) return service === undefined || services.has(service);
        if (type === COMMAND) return config.edge.acme === undefined;
        if (type === REALM) return name === platform.realm?.name;
        if (type === GROUP) return groups.has(name);
        if (type === ROLE) return roles.has(name);
        if (!type.startsWith("vault:")) return true;
        if (name.startsWith(`${PLATFORM}/pki`)) return hasAuthorities;
        if (type.startsWith("vault:transit/")) return keys.has(name);
        return mounts.has(name.split("/").slice(0, 2).join("/"));
    };
    return data.filter((one) => !isDeclared(one));
}

/** @throws Failure when the stack no longer declares something that holds data */
export function refuseRemoval(
    state: Pick<KnownState, "protected">,
    declared: Declared,
    stack: { name: string; source: string },
): void {
    const going = undeclaredData(state, declared);
    if (going.length === 0) return;
    const products = [...new Set(going.map(({ owner }) => owner))].sort();
    const removed = products.filter((owner) => owner !== PLATFORM && !declared.platform.products.includes(owner));
    const details = going.map((one) => `  ${describeData(one)}`);
    const fail = (message: string, next: string): never => {
        throw new Failure(`${message}; nothing was touched`, next, undefined, details);
    };
    const letGo = (data: readonly ProtectedData[]): string =>
        `pulumi state unprotect ${data.map(({ urn }) => `'${urn}'`).join(" ")} --yes --stack ${stack.name}, with the variables of ${npmRun("strata", stack.name, "env")}`;
    const authority = going.find(({ type }) => type === COMMAND);
    if (authority !== undefined) {
        fail(
            "strata:edge.acme is set, which would delete the edge's own authority: clients trust it, and a later authority is another one",
            `take strata:edge.acme out of ${stack.source}, or let it go: ${letGo([authority])}; then: ${npmRun("up", stack.name, "--delete-data", authority.name)}`,
        );
    }
    const realm = going.find(({ type }) => type === REALM);
    if (realm !== undefined) {
        const now = declared.platform.realm?.name;
        fail(
            `the realm ${realm.name} would be ${now === undefined ? "deleted" : `replaced by ${now}`}, with all people in it`,
            `set strata:identity.keycloak.realm to ${realm.name} in ${stack.source}; a realm cannot be renamed`,
        );
    }
    const [first] = removed;
    if (first !== undefined) {
        fail(
            `${removed.join(", ")} ${removed.length === 1 ? "is" : "are"} gone from strata:products, and ${removed.length === 1 ? "its" : "their"} data is still there`,
            `put ${removed.length === 1 ? "it" : "them"} back in ${stack.source}, or remove the data for good: ${npmRun("strata", stack.name, "product", "remove", first)}`,
        );
    }
    if (going.every(({ type }) => type === GROUP || type === ROLE)) {
        const names = going.map(({ name }) => `'${name}'`);
        fail(
            `groups or roles that people belong to would be deleted: ${names.join(", ")}`,
            `a renamed label, group or role counts as a new one: give it its old name back in products/, or let it go: ${letGo(going)}; then: ${npmRun("up", stack.name, "--delete-data", ...names)}`,
        );
    }
    fail(
        `what holds data of ${products.join(", ")} is not declared any more`,
        `declare it again in products/, or let it go: ${letGo(going)}`,
    );
}

const WORDS: Readonly<Record<string, string>> = {
    [VOLUME]: "volume",
    [REALM]: "realm",
    [COMMAND]: "authority that clients trust:",
    [GROUP]: "members of the group",
    [ROLE]: "holders of the role",
    [MOUNT]: "everything in Vault below",
    "vault:transit/secretBackendKey:SecretBackendKey": "encryption key",
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert": "root authority",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": "authority",
};

/** For example `volume production-psra-postgres-data`. Pure. */
export function describeData({ type, name }: ProtectedData): string {
    return `${WORDS[type] ?? type} ${name}`;
}
