import type * as pulumi from "@pulumi/pulumi";
import type * as vault from "@pulumi/vault";

import type { Realm } from "../../../model/identity/realm";
import type { Platform, Service } from "../../../model/platform";
import type { ResolvedSecret } from "../../../model/secrets/secret";
import type { ManagerLogin, Store, StoreCredential } from "../../foundation";
import type { CommonDeclaration } from "../../../model/product";
import type { Leases, StoreKind } from "../../kind";

/** What Vault needs of a product's services. */
export interface ProductStores {
    /** By service name. */
    readonly stores: ReadonlyMap<string, Store>;
    /** Logins of clients to stores. */
    readonly credentials: readonly StoreCredential[];
}

/** What Vault needs of the identity provider. */
export interface IdentityProvider {
    readonly realm: Realm;
    /** By client id. Always secret. */
    readonly clientSecrets: Readonly<Record<string, pulumi.Output<string>>>;
    /** Certificate in PEM form that the issuer's is checked against. @default - the authorities that Vault's image trusts */
    readonly authority: pulumi.Output<string> | undefined;
    /** What has to be there before Vault asks the issuer who it is. */
    readonly ready: readonly pulumi.Resource[];
}

/** A store that Vault makes logins for. */
export interface ManagedServer {
    readonly service: Service;
    readonly store: Store;
    readonly manager: ManagerLogin;
    readonly kind: StoreKind<object, CommonDeclaration>;
    readonly leases: Leases;
}

/** What every part of Vault's configuration is made from. */
export interface VaultContext {
    readonly platform: Platform;
    readonly secrets: readonly ResolvedSecret[];
    readonly servers: readonly ManagedServer[];
    /** Logins of clients to stores. */
    readonly credentials: readonly StoreCredential[];
    /** Seconds. */
    readonly credentialTtl: number;
    /** @default - people have no login but the one for emergencies */
    readonly identity: IdentityProvider | undefined;
    readonly provider: vault.Provider;
    readonly parent: pulumi.Resource;
    /** What has to be there before Vault's API is used. */
    readonly ready: readonly pulumi.Resource[];
    /** The volume that Vault keeps everything in: without it nothing in it has to be removed. */
    readonly data: pulumi.Resource;
    /** Whether what holds data refuses to be deleted. */
    readonly protectData: boolean;
}

/**
 * Options of every resource inside Vault.
 *
 * `deletedWith` the volume: when an environment goes away with its data, nobody asks a server that may be gone already.
 *
 * @param dependsOn - besides {@link VaultContext.ready}
 */
export function optionsInVault(
    { provider, parent, ready, data }: VaultContext,
    dependsOn: readonly pulumi.Resource[] = [],
): pulumi.CustomResourceOptions {
    return { provider, parent, dependsOn: [...ready, ...dependsOn], deletedWith: data };
}

/**
 * Options of a resource that is named after its secret's place in Vault (`placeOf`), so that a renamed secret stays the same
 * resource. Earlier releases named it after the secret.
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
 * Options of what is inside a mount: {@link optionsInVault}, and gone with the mount. Vault removes everything below a mount with it, also
 * keys that it would not delete one by one.
 */
export function optionsInMount(
    context: VaultContext,
    mount: pulumi.Resource,
    dependsOn: readonly pulumi.Resource[] = [],
): pulumi.CustomResourceOptions {
    return { ...optionsInVault(context, [mount, ...dependsOn]), deletedWith: mount };
}
