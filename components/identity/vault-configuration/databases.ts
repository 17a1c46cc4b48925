import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { ownerName } from "../../../model/owner";
import { mainPort } from "../../../model/ports";
import { mountOf, placeOf } from "../../../model/secrets/secret";
import { formerlyNamed, optionsInMount, type ManagedServer, type VaultContext } from "./context";

/** Longest life of a renewed login, as a multiple of one lease. */
const RENEWALS = 4;

/**
 * Configures logins on the products' stores: Vault creates them on request and ends them when their time is over.
 *
 * @returns the roles by the secret's name
 */
export function databaseLogins(
    context: VaultContext,
    mounted: ReadonlyMap<string, vault.Mount>,
    policy: vault.Policy,
): ReadonlyMap<string, pulumi.Resource> {
    const built = new Map<string, pulumi.Resource>();
    const secrets = context.secrets.filter(({ engine }) => engine === "database");
    for (const server of context.servers) {
        const { service, kind, leases } = server;
        const parts = kind.held(service);
        const roles = secrets.filter(
            ({ owner, path }) => owner === ownerName(service) && parts.includes(kind.partName(path)),
        );
        const [first] = roles;
        if (first === undefined) {
            continue;
        }
        const connection = connect(
            context,
            server,
            mounted.get(mountOf(first))!,
            roles.map(({ path }) => path),
            policy,
        );
        for (const secret of roles) {
            const role = new vault.database.SecretBackendRole(
                placeOf(secret),
                {
                    backend: mounted.get(mountOf(secret))!.path,
                    name: secret.path,
                    dbName: connection.name,
                    creationStatements: [...leases.creation(kind.partName(secret.path))],
                    revocationStatements: [...leases.revocation],
                    renewStatements: [...leases.renewal],
                    defaultTtl: context.credentialTtl,
                    maxTtl: context.credentialTtl * RENEWALS,
                },
                { ...optionsInMount(context, mounted.get(mountOf(secret))!, [policy]), ...formerlyNamed(secret) },
            );
            built.set(secret.name, role);
        }
    }
    return built;
}

function connect(
    context: VaultContext,
    { service, store, manager, leases }: ManagedServer,
    mounted: vault.Mount,
    allowedRoles: string[],
    policy: vault.Policy,
): vault.database.SecretBackendConnection {
    const { name } = service;
    return new vault.database.SecretBackendConnection(
        `vault-${name}-connection`,
        {
            backend: mounted.path,
            name,
            pluginName: leases.plugin,
            allowedRoles,
            verifyConnection: true,
            [leases.block]: {
                connectionUrl: leases.connectionUrl(name, mainPort(service)),
                username: manager.role,
                password: manager.password,
                maxOpenConnections: 4,
                maxIdleConnections: 1,
                maxConnectionLifetime: 300,
                ...leases.options,
            },
        },
        optionsInMount(context, mounted, [policy, store.ready]),
    );
}
