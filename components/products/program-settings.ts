import type { Platform, Service } from "../../model/platform";
import { hasRole } from "../kinds";
import type { SecretFiles } from "./secret-files";

/**
 * The plain settings of every program of a product: who it is, the addresses of the services that it may call (`UPSTREAMS`,
 * `name=url,...`), and where its secrets are.
 */
export function programSettings(
    platform: Platform,
    { name, product }: Service,
    secrets: SecretFiles,
): Readonly<Record<string, string>> {
    return {
        ENVIRONMENT: platform.environment,
        PRODUCT: product,
        SERVICE: name,
        UPSTREAMS: upstreams(platform, name),
        ...secrets.environment,
    };
}

/** The applications that a service may call, as `name=url` pairs: exactly its declared flows. */
function upstreams(platform: Platform, service: string): string {
    return platform.flows
        .filter(({ from }) => from === service)
        .filter(({ to }) => platform.services.some((other) => other.name === to && hasRole(other, "application")))
        .map(({ to, port }) => `${to}=http://${to}:${port}`)
        .join(",");
}
