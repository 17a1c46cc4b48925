import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as vault from "@pulumi/vault";

import { FORWARD_AUTH_CLIENT } from "../../../model/identity/realm";
import { ownerName, PLATFORM } from "../../../model/owner";
import { type MountedEngine, mountOf, placeOf, type ResolvedSecret } from "../../../model/secrets/secret";
import { fieldOf } from "../../../model/secrets/delivery";
import { isDeclaredBy } from "../../../model/logins";
import { clientFile } from "../../foundation";
import { keep } from "../../hardening/keep";
import { formerlyNamed, optionsInMount, optionsInVault, type VaultContext } from "./context";

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Default and longest lease of each engine's mount, in seconds. `kv` and `transit` give no leases, but every mount has a
 * limit.
 */
const LEASES: Readonly<Record<MountedEngine, readonly [number, number]>> = {
    kv: [HOUR, DAY],
    database: [HOUR, 4 * DAY],
    transit: [HOUR, DAY],
    pki: [3 * DAY, 5 * 365 * DAY],
};

/** The mounts of all owners, by path. */
export function mounts(context: VaultContext): ReadonlyMap<string, vault.Mount> {
    const wanted = new Map(
        context.secrets.flatMap(({ owner, engine }) =>
            engine === "token" ? [] : [[mountOf({ owner, engine }), { owner, engine }] as const],
        ),
    );
    return new Map([...wanted].map(([path, { owner, engine }]) => [path, mount(context, path, owner, engine)]));
}

/** Longest lease of a mount in seconds, when an owner needs more than {@link LEASES} gives. */
interface Lease {
    readonly longest: number;
}

/** A mount. Every field that a person could change by hand is set explicitly. */
export function mount(
    context: VaultContext,
    path: string,
    owner: string,
    engine: MountedEngine,
    { longest }: Lease = { longest: LEASES[engine][1] },
): vault.Mount {
    const [defaultLeaseTtlSeconds] = LEASES[engine];
    // Removing a mount ends its leases, so the servers of its logins must be removed after it.
    const servers = engine === "database" ? context.servers.filter(({ service }) => ownerName(service) === owner) : [];
    return new vault.Mount(
        `vault-${path.replace("/", "-")}`,
        {
            path,
            type: engine,
            description: `${engine} of ${owner}`,
            ...(engine === "kv" && { options: { version: "2" } }),
            defaultLeaseTtlSeconds,
            maxLeaseTtlSeconds: longest,
            local: false,
            sealWrap: false,
            externalEntropyAccess: false,
            listingVisibility: "hidden",
        },
        // The mount's path is its identity, and a second mount cannot exist at the same path.
        keep(context, {
            ...optionsInVault(
                context,
                servers.map(({ store }) => store.ready),
            ),
            deleteBeforeReplace: true,
        }),
    );
}

/**
 * Settings of each `kv` mount, and the values that the program writes itself.
 *
 * @returns the written values by the secret's name
 */
export function keyValues(
    context: VaultContext,
    mounted: ReadonlyMap<string, vault.Mount>,
    policy: vault.Policy,
): ReadonlyMap<string, pulumi.Resource> {
    const kv = context.secrets.filter(({ engine }) => engine === "kv");
    const settings = new Map(
        [...new Set(kv.map(mountOf))].map((path) => [
            path,
            new vault.kv.SecretBackendV2(
                `vault-${path.replace("/", "-")}-settings`,
                { mount: mounted.get(path)!.path, maxVersions: 10, casRequired: false, deleteVersionAfter: 0 },
                optionsInMount(context, mounted.get(path)!, [policy]),
            ),
        ]),
    );
    const own = kv.filter(({ source }) => source !== "written");
    return new Map(
        own.map((secret) => {
            // `generic.Secret`, because `kv.SecretV2` does not see when a value was changed by hand.
            const value = new vault.generic.Secret(
                placeOf(secret),
                {
                    path: placeOf(secret),
                    dataJson: pulumi.secret(valueOf(context, secret)),
                    disableRead: false,
                    deleteAllVersions: true,
                },
                {
                    ...optionsInMount(context, mounted.get(mountOf(secret))!, [settings.get(mountOf(secret))!, policy]),
                    ...formerlyNamed(secret),
                },
            );
            return [secret.name, value] as const;
        }),
    );
}

function valueOf(context: VaultContext, secret: ResolvedSecret): pulumi.Output<string> {
    if (secret.source === "generated") {
        const { result } = new random.RandomPassword(
            placeOf(secret),
            { length: 48, special: false },
            { parent: context.parent, ...formerlyNamed(secret, "-value") },
        );
        return result.apply((value) => JSON.stringify({ value }));
    }
    if (secret.source === "client") {
        return clientSecretOf(context, secret).apply((value) => JSON.stringify({ value }));
    }
    const [reader] = secret.readers;
    const logins = context.credentials.filter((login) => login.client === reader && isDeclaredBy(login, secret));
    const [login, another] = logins;
    if (another !== undefined) {
        throw new Error(`${secret.name}: ${reader} has more than one login to ${secret.source}`);
    }
    if (login === undefined) {
        // A secret without a reader in this stack keeps its path and has no value.
        return pulumi.output(JSON.stringify({ url: "" }));
    }
    return clientFile(login).apply((text) => JSON.stringify({ [fieldOf(login.kind)]: text }));
}

/**
 * The secret of the owner's client. A product's client has the product's name. The only client of the platform with a
 * reader is that of the proxy.
 */
function clientSecretOf({ identity }: VaultContext, { owner, name }: ResolvedSecret): pulumi.Output<string> {
    const found = identity?.clientSecrets[owner === PLATFORM ? FORWARD_AUTH_CLIENT : owner];
    if (found === undefined) {
        throw new Error(`${name}: ${owner} has no client in Keycloak`);
    }
    return found;
}

/** Creates the encryption keys. They never leave Vault, and a mistake in a file cannot delete them. */
export function transitKeys(
    context: VaultContext,
    mounted: ReadonlyMap<string, vault.Mount>,
    policy: vault.Policy,
): void {
    for (const secret of context.secrets.filter(({ engine }) => engine === "transit")) {
        const within = mounted.get(mountOf(secret))!;
        new vault.transit.SecretBackendKey(
            placeOf(secret),
            {
                backend: within.path,
                name: secret.path,
                type: "aes256-gcm96",
                derived: false,
                convergentEncryption: false,
                exportable: false,
                allowPlaintextBackup: false,
                deletionAllowed: false,
                autoRotatePeriod: 0,
                minDecryptionVersion: 1,
                minEncryptionVersion: 0,
            },
            keep(context, { ...optionsInMount(context, within, [policy]), ...formerlyNamed(secret) }),
        );
    }
}
