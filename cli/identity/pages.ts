/** Which addresses of an environment are pages that answer people. Pure. */

import { kindOf } from "../../components/kinds";
import type { ImageName } from "../../model/images";
import { isMadeSomewhere } from "../../model/made-here";
import type { PublishedPort, Service } from "../../model/platform";
import type { StackConfig } from "../../model/stack-config";
import type { Declared } from "../stacks/platform";

type Pages = Pick<Declared, "platform" | "config">;

/** Whether a service has pages for people. True for a service without a management port: its routes are pages. */
export function hasPages(service: Service, config: Pick<StackConfig, "images">): boolean {
    return kindOf(service).management?.hasPages?.(isMadeHere(service, config)) ?? true;
}

function isMadeHere({ image }: Service, { images }: Pick<StackConfig, "images">): boolean {
    return image in images && isMadeSomewhere(images[image as ImageName]);
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

/** Pages of a service. The issuer's routes are only prefixes, so its page is the account page; all other routes are pages. */
export function pagesOf(service: Service, { platform, config }: Pages): string[] {
    const isIssuer = platform.realm !== undefined && service.routes.some(({ host }) => host === platform.realm?.host);
    if (isIssuer) return [accountPage({ platform })];
    const note = hasPages(service, config) ? "" : " (API only)";
    return service.routes.map((route) => `${publicUrl(config, route)}${note}`);
}

/** What answers at a port that the edge publishes on the host. */
export function pageAtPort({ address, external, name }: PublishedPort, { platform, config }: Pages): string {
    const service = platform.services.find((one) => kindOf(one).management?.entryPoint === name);
    const { management } = service ? kindOf(service) : {};
    return service && management
        ? management.page(`http://${address}:${external}`, isMadeHere(service, config), platform.realm?.name)
        : `${address}:${external} (${name})`;
}
