import type * as pulumi from "@pulumi/pulumi";
import type * as vault from "@pulumi/vault";

import type { Realm } from "../../../model/identity/realm";
import type { Platform, Service } from "../../../model/platform";
import type { ResolvedSecret } from "../../../model/secrets/secret";
import type { ManagerLogin, Store, StoreCredential } from "../../foundation";
import type { CommonDeclaration } from "../../../model/product";
import type { Leases, StoreKind } from "../../kind";

/** The parts of a product's stores that Vault's configuration needs. */
export interface ProductStores {
    /** By service name. */
    readonly stores: ReadonlyMap<string, Store>;
    /** Logins of clients to stores. */
    readonly credentials: readonly StoreCredential[];
}

/** The parts of the identity provider that Vault's configuration needs. */
export interface IdentityProvider {
    readonly realm: Realm;
    /** By client id. Always secret. */
    readonly clientSecrets: Readonly<Record<string, pulumi.Output<string>>>;
    /**
     * Authority (PEM) against which Vault checks the issuer's certificate.
     * @default - the authorities that Vault's image trusts
     */
    readonly authority: pulumi.Output<string> | undefined;
    /** Resources that must exist before Vault asks the issuer for its configuration. */
    readonly ready: readonly pulumi.Resource[];
}

/** A store for which Vault creates logins. */
export interface ManagedServer {
    readonly service: Service;
    readonly store: Store;
    readonly manager: ManagerLogin;
    readonly kind: StoreKind<object, CommonDeclaration>;
    readonly leases: Leases;
}

/** The common input of all parts of Vault's configuration. */
export interface VaultContext {
    readonly platform: Platform;
    readonly secrets: readonly ResolvedSecret[];
    readonly servers: readonly ManagedServer[];
    /** Logins of clients to stores. */
    readonly credentials: readonly StoreCredential[];
    /** Life of a leased login in seconds. */
    readonly credentialTtl: number;
    /** @default - people have no login but the one for emergencies */
    readonly identity: IdentityProvider | undefined;
    readonly provider: vault.Provider;
    readonly parent: pulumi.Resource;
    /** Resources that must exist before the program uses Vault's API. */
    readonly ready: readonly pulumi.Resource[];
    /** The volume with all of Vault's data. When the volume is deleted, nothing inside Vault needs to be deleted. */
    readonly data: pulumi.Resource;
    /** Whether resources that hold data are protected from being deleted. */
    readonly protectData: boolean;
}

/**
 * Options of every resource inside Vault.
 *
 * `deletedWith` the volume: when an environment is deleted with its data, the program asks no server that may be gone
 * already.
 *
 * @param dependsOn - further resources, besides {@link VaultContext.ready}
 */
export function optionsInVault(
    { provider, parent, ready, data }: VaultContext,
    dependsOn: readonly pulumi.Resource[] = [],
): pulumi.CustomResourceOptions {
    return { provider, parent, dependsOn: [...ready, ...dependsOn], deletedWith: data };
}

/**
 * Options of a resource that is named after its secret's place in Vault (`placeOf`), so that a renamed secret keeps its
 * resource. Earlier releases named the resource after the secret.
 *
 * @param suffix - of the name in earlier releases
 */
export function formerlyNamed(
    { name }: Pick<ResolvedSecret, "name">,
    suffix = "",
): Pick<pulumi.CustomResourceOptions, "aliases"> {
    return { aliases: [{ name: `vault-${name.replaceAll("/", "-")}${suffix}` }] };
}

/**
 * Options of a resource inside a mount: {@link optionsInVault}, and deleted with the mount. Vault removes everything below
 * a mount with it, even keys that it would not delete one by one.
 */
export function optionsInMount(
    context: VaultContext,
    mount: pulumi.Resource,
    dependsOn: readonly pulumi.Resource[] = [],
): pulumi.CustomResourceOptions {
    return { ...optionsInVault(context, [mount, ...dependsOn]), deletedWith: mount };
}
