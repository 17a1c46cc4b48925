import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../../model/platform";
import { SERVICES_LOGIN } from "../../../model/secrets/access";
import { mountOf } from "../../../model/secrets/secret";
import { opensItself, type VaultConfig } from "../../../model/stack-config";
import { PEOPLE_LOGIN } from "../../../model/vault-names";
import type { Edge } from "../../edge/traefik";
import type { Foundation } from "../../foundation";
import { kindOf } from "../../kinds";
import type { Deployment } from "../../hardening/deployment";
import type { Keycloak } from "../keycloak";
import { authorities } from "./certificates";
import type { ManagedServer, ProductStores, VaultContext } from "./context";
import { databaseLogins } from "./databases";
import { keyValues, mounts, transitKeys } from "./engines";
import { signedTokens } from "./tokens";
import { breakGlass, rateLimits, type ServiceLogin, serviceLogins } from "./logins";
import { operatorsGate } from "./operators-gate";
import { peopleLogin } from "./people";
import { vaultProvider } from "./provider";
import { declareProvisionerRole, provisionerPolicy } from "./provisioner";

/** The stores for which Vault creates logins, in the order of their owners. */
function managedServers({ services }: Platform, products: ReadonlyMap<string, ProductStores>): ManagedServer[] {
    return [...products.values()].flatMap(({ stores }) =>
        [...stores].flatMap(([name, store]) => {
            const service = services.find((one) => one.name === name)!;
            const kind = kindOf(service).store;
            const { manager } = store;
            return manager && kind?.leases ? [{ service, store, manager, kind, leases: kind.leases }] : [];
        }),
    );
}

/** Inputs for {@link VaultConfiguration}. */
export interface VaultConfigurationArgs {
    readonly deployment: Deployment;
    readonly foundation: Foundation;
    /** The edge, through whose management port the program reaches Vault's API. */
    readonly edge: Edge;
    /** The stores by the name of their owner. */
    readonly products: ReadonlyMap<string, ProductStores>;
    /** The identity provider. @default - people have no login but the one for emergencies */
    readonly keycloak: Keycloak | undefined;
    readonly settings: VaultConfig;
}

/** The outputs for other programs that log in to Vault. */
export interface VaultOutputs {
    /** Mount paths by owner (a product, or `platform`), then by engine. */
    readonly mounts: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** Mount at which services log in, for example `auth/services`. */
    readonly servicesLogin: string;
    /** Mount at which people log in, for example `auth/oidc`; missing without Keycloak. */
    readonly peopleLogin?: string;
    /** Role ids by service. No secrets. */
    readonly roleIds: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * Everything inside Vault: mounts, policies, logins and limits, generated from the secrets matrix.
 *
 * The audit device is not among them: Vault audits before the program can log in, and a second declaration of the same
 * device is an error.
 */
export class VaultConfiguration extends pulumi.ComponentResource {
    public readonly result: VaultOutputs;
    /** By service name. */
    public readonly logins: ReadonlyMap<string, ServiceLogin>;
    /** Keys with which Vault signs services' tokens, by the audience of the tokens. */
    public readonly signingKeys: ReadonlyMap<string, pulumi.Resource>;
    /** Seconds after which an agent reads a value without a lease again. */
    public readonly renderInterval: number;

    constructor(name: string, args: VaultConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:VaultConfiguration", name, {}, opts);

        const { deployment, foundation, edge, products, keycloak, settings } = args;
        const { platform, protectData } = deployment;
        const { vault } = foundation;
        const { secrets } = platform;
        if (vault.service.data === undefined) {
            throw new pulumi.ResourceError("Vault has no data", this);
        }
        const address = edge.managementUrl("vault");
        const servers = [vault.service.container, edge.service.container];
        const gate =
            !opensItself(settings) &&
            operatorsGate(
                {
                    environment: platform.environment,
                    server: settings.server,
                    address,
                    login: vault.provisioner,
                    container: vault.service.container,
                },
                { parent: this, dependsOn: servers, deletedWith: vault.service.data },
            );
        const context: VaultContext = {
            platform,
            secrets,
            servers: managedServers(platform, products),
            credentials: [foundation, ...products.values(), ...(keycloak ? [keycloak] : [])].flatMap(
                ({ credentials }) => [...credentials],
            ),
            credentialTtl: settings.credentialTtl,
            identity: keycloak &&
                platform.realm && {
                    realm: platform.realm,
                    clientSecrets: keycloak.realm.clientSecrets,
                    authority: edge.authority,
                    ready: [keycloak.realm],
                },
            provider: vaultProvider(`${name}-provider`, address, vault.provisioner, this),
            parent: this,
            ready: gate ? [...servers, gate] : servers,
            data: vault.service.data,
            protectData,
        };

        const policy = provisionerPolicy(context);
        declareProvisionerRole(context, policy);
        const mounted = mounts(context);
        transitKeys(context, mounted, policy);
        const tokens = signedTokens(context, policy);
        this.signingKeys = tokens.keys;
        const { backend, logins } = serviceLogins(
            context,
            new Map([
                ...keyValues(context, mounted, policy),
                ...databaseLogins(context, mounted, policy),
                ...authorities(context, mounted, policy),
                ...tokens.roles,
            ]),
        );
        this.logins = logins;
        this.renderInterval = settings.renderInterval;
        const people = context.identity && peopleLogin(context, context.identity);
        rateLimits(context, [backend, breakGlass(context), ...(people ? [people] : [])]);

        const owners = [...new Set(secrets.map(({ owner }) => owner))];
        this.result = {
            mounts: Object.fromEntries(
                owners.map((owner) => [
                    owner,
                    Object.fromEntries(
                        secrets
                            .filter((one) => one.owner === owner && one.engine !== "token")
                            .map((one) => [one.engine, mountOf(one)]),
                    ),
                ]),
            ),
            servicesLogin: `auth/${SERVICES_LOGIN}`,
            ...(people && { peopleLogin: `auth/${PEOPLE_LOGIN}` }),
            roleIds: Object.fromEntries([...logins].map(([service, { roleId }]) => [service, roleId])),
        };
        this.registerOutputs({});
    }
}
