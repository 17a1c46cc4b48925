import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { policyFor, policyText, SERVICES_LOGIN } from "../../../model/secrets/access";
import { mountOf } from "../../../model/secrets/secret";
import { vaultClients } from "./guest";
import { LOGIN_SECONDS } from "../vault-agent/kind";
import { BREAK_GLASS_LOGIN, BREAK_GLASS_POLICY, PEOPLE_LOGIN } from "../../../model/vault-names";
import { optionsInVault, type VaultContext } from "./context";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Life of a secret-id in seconds: 90 days (requirement E5). */
const SECRET_ID_SECONDS = 90 * DAY;

/** The login of an application's agent. */
export interface ServiceLogin {
    readonly roleId: pulumi.Output<string>;
    /** Always secret. */
    readonly secretId: pulumi.Output<string>;
    /** Resources that must exist before the login is useful: the login itself, and everything that it may read. */
    readonly ready: readonly pulumi.Resource[];
}

/**
 * Creates an AppRole, a policy and a secret-id for each application that shares a zone with Vault, by service name.
 *
 * A role's id is the service's name: it identifies the service and is not secret. The secret-id is in the state, encrypted
 * like the provisioner's secret-id, with which one could be created at any time. It is valid only from the service's own
 * zones and for {@link SECRET_ID_SECONDS}. A refresh notices when it is gone, and `strata rotate secret-ids` replaces it.
 *
 * @param readable - the resource that must exist before a secret can be read, by the secret's name
 */
export function serviceLogins(
    context: VaultContext,
    readable: ReadonlyMap<string, pulumi.Resource>,
): { readonly backend: vault.AuthBackend; readonly logins: ReadonlyMap<string, ServiceLogin> } {
    const { platform, secrets } = context;
    const backend = new vault.AuthBackend(
        "vault-services-login",
        {
            type: "approle",
            path: SERVICES_LOGIN,
            description: "Services",
            local: false,
            // Without this setting, the server's own limit of 32 days would also apply to secret-ids.
            tune: { defaultLeaseTtl: "1h", maxLeaseTtl: "2160h", listingVisibility: "hidden", tokenType: "service" },
        },
        { ...optionsInVault(context), deleteBeforeReplace: true },
    );
    // No lockout: a secret-id cannot be guessed. With a lockout, any container in a service's zone could lock the service
    // out. After a loss of Vault's data, agents with old secret-ids would lock out their successors.
    lockout(context, "vault-services-lockout", backend, SERVICES_LOGIN, { lockout_disable: true });
    const logins = new Map(
        vaultClients(platform.zones, platform.services).map(({ name, sources }) => {
            const policy = new vault.Policy(
                `vault-${name}-policy`,
                { name, policy: policyFor(secrets, name) },
                optionsInVault(context),
            );
            const role = new vault.approle.AuthBackendRole(
                `vault-${name}-role`,
                {
                    backend: backend.path,
                    roleName: name,
                    roleId: name,
                    bindSecretId: true,
                    secretIdBoundCidrs: [...sources],
                    secretIdNumUses: 0,
                    secretIdTtl: SECRET_ID_SECONDS,
                    tokenPolicies: [policy.name],
                    tokenNoDefaultPolicy: true,
                    tokenBoundCidrs: [...sources],
                    tokenTtl: HOUR,
                    tokenMaxTtl: LOGIN_SECONDS,
                    tokenExplicitMaxTtl: 0,
                    tokenPeriod: 0,
                    tokenNumUses: 0,
                    tokenType: "service",
                },
                optionsInVault(context),
            );
            const { roleId, secretId, ready } = secretIdOf(context, name, role);
            const read = secrets.filter(({ readers }) => readers.includes(name));
            const needed = [...ready, ...read.flatMap((secret) => readable.get(secret.name) ?? [])];
            return [name, { roleId, secretId, ready: needed } satisfies ServiceLogin] as const;
        }),
    );
    return { backend, logins };
}

/** Issues a secret-id. It is valid from the networks that the role is bound to. */
function secretIdOf(context: VaultContext, name: string, role: vault.approle.AuthBackendRole): ServiceLogin {
    const issued = new vault.approle.AuthBackendRoleSecretId(
        `vault-${name}-secret-id`,
        // Both are set explicitly: the provider reads them back and would report a difference from an unset value.
        { backend: SERVICES_LOGIN, roleName: role.roleName, ttl: SECRET_ID_SECONDS, numUses: 0 },
        { ...optionsInVault(context), additionalSecretOutputs: ["secretId"] },
    );
    return { roleId: role.roleId, secretId: pulumi.secret(issued.secretId), ready: [issued] };
}

/**
 * The login for emergencies, when the identity provider is down: an operator with the provisioner's login adds a user, uses
 * it and removes it. The user can read every secret and cannot change Vault's configuration.
 */
export function breakGlass(context: VaultContext): vault.AuthBackend {
    const owners = [...new Set(context.secrets.filter(({ engine }) => engine === "kv").map(mountOf))].sort();
    new vault.Policy(
        "vault-break-glass-policy",
        {
            name: BREAK_GLASS_POLICY,
            policy: policyText("For emergencies, when the identity provider is down.", [
                ...owners.flatMap((path) => [
                    { path: `${path}/data/*`, capabilities: ["create", "read", "update"] as const },
                    { path: `${path}/metadata/*`, capabilities: ["read", "list"] as const },
                ]),
                { path: "sys/health", capabilities: ["read"] },
                { path: "sys/leases/revoke", capabilities: ["update"] },
            ]),
        },
        optionsInVault(context),
    );
    const backend = new vault.AuthBackend(
        "vault-break-glass-login",
        {
            type: "userpass",
            path: BREAK_GLASS_LOGIN,
            description: "Emergencies",
            local: false,
            tune: { defaultLeaseTtl: "15m", maxLeaseTtl: "1h", listingVisibility: "hidden", tokenType: "service" },
        },
        { ...optionsInVault(context), deleteBeforeReplace: true },
    );
    lockout(context, "vault-break-glass-lockout", backend, BREAK_GLASS_LOGIN, {
        lockout_threshold: "5",
        lockout_duration: "15m",
        lockout_counter_reset: "15m",
        lockout_disable: false,
    });
    return backend;
}

/**
 * Sets the lockout after failed logins at a mount.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/user-lockout
 */
function lockout(
    context: VaultContext,
    name: string,
    backend: vault.AuthBackend,
    mount: string,
    config: Readonly<Record<string, string | boolean>>,
): void {
    new vault.generic.Endpoint(
        name,
        {
            path: `sys/auth/${mount}/tune`,
            dataJson: JSON.stringify({ user_lockout_config: config }),
            // The API reads these settings back under other names than it writes them.
            disableRead: true,
            disableDelete: true,
        },
        optionsInVault(context, [backend]),
    );
}

/** Requests per second and client address. Paths end as Vault reads them back: with a slash. */
const RATES: Readonly<Record<string, { readonly path: string; readonly rate: number }>> = {
    all: { path: "", rate: 1000 },
    services: { path: `auth/${SERVICES_LOGIN}/`, rate: 50 },
    "break-glass": { path: `auth/${BREAK_GLASS_LOGIN}/`, rate: 5 },
};

/** Rate for people's logins: a login in a browser is three requests. */
const PEOPLE_RATE = { path: `auth/${PEOPLE_LOGIN}/`, rate: 20 };

/**
 * Limits the rate of requests: it slows down guessing of passwords and secret-ids, and no service can block Vault for the
 * others.
 *
 * @param logins - the limited mounts: Vault refuses a limit for a mount that does not exist
 */
export function rateLimits(context: VaultContext, logins: readonly pulumi.Resource[]): void {
    const rates = context.identity === undefined ? RATES : { ...RATES, people: PEOPLE_RATE };
    for (const [name, { path, rate }] of Object.entries(rates)) {
        new vault.QuotaRateLimit(
            `vault-${name}-rate`,
            { name: `strata-${name}`, path, rate, interval: 1, blockInterval: 0 },
            optionsInVault(context, logins),
        );
    }
}
