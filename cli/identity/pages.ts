/** Which addresses of an environment are pages that answer people. Pure. */

import { isMadeSomewhere } from "../../model/made-here";
import type { PublishedPort, Service } from "../../model/platform";
import type { StackConfig } from "../../model/stack-config";
import { VAULT_SERVERS } from "../../model/vault-server";
import type { Declared } from "../stacks/platform";

type Pages = Pick<Declared, "platform" | "config">;

/** Whether Vault's image has pages. One of `offline/images` has not: its Go module is the API alone. */
export function vaultHasPages({ images, vault }: Pick<StackConfig, "images" | "vault">): boolean {
    return !isMadeSomewhere(images[VAULT_SERVERS[vault.server].image]);
}

/** URL of a public path. */
export function publicUrl({ edge }: Pick<StackConfig, "edge">, { host, path }: Service["routes"][number]): string {
    return `https://${host}${edge.https.port === 443 ? "" : `:${edge.https.port}`}${path}`;
}

/** A person's own account: password, second factor, sessions. @throws RangeError for a stack without Keycloak */
export function accountPage({ platform }: Pick<Declared, "platform">): string {
    if (platform.realm === undefined) throw new RangeError("the stack has no realm");
    return `${platform.realm.issuer}/account/`;
}

/** Where people find a service: Keycloak's routes are prefixes of pages, all others are pages themselves. */
export function pagesOf(service: Service, { platform, config }: Pages): string[] {
    if (service.kind === "keycloak" && platform.realm) return [accountPage({ platform })];
    const note = service.kind === "vault" && !vaultHasPages(config) ? " (API only)" : "";
    return service.routes.map((route) => `${publicUrl(config, route)}${note}`);
}

/** What answers at a port that the edge publishes on the host. */
export function pageAtPort({ address, external, name }: PublishedPort, { platform, config }: Pages): string {
    const origin = `http://${address}:${external}`;
    switch (name) {
        case "traefik":
            return isMadeSomewhere(config.images.traefik) ? `${origin}/metrics` : `${origin}/dashboard/`;
        case "vault":
            return vaultHasPages(config) ? `${origin}/ui/` : `${origin} (Vault's API)`;
        case "keycloak":
            return `${origin}/admin/${platform.realm?.name}/console/`;
        default:
            return `${address}:${external} (${name})`;
    }
}
