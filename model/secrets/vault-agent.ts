/** The agents: beside each application that reads secrets, one container that asks Vault for them. */

import { LIMITS } from "../defaults";
import type { ImageName, Service } from "../platform";
import { type Delivery, RENDERED_SECRETS } from "./delivery";

/** The agent's own copy of its login token: it exists from when this container logged in. */
export const AGENT_TOKEN = "/tmp/token";

/** Seconds in which an agent that starts is not yet expected to have everything. */
const START_PERIOD = 60;

/** For example `psra-api-agent`. */
export function agentName(application: string): string {
    return `${application}-agent`;
}

/**
 * The agent of an application.
 *
 * It is healthy once it has logged in and every file that always exists is there; what people write may come later. The test
 * starts no `vault`, whose 360 MB would be mapped a second time every few seconds.
 *
 * @param zone - where it meets Vault
 * @param image - the server's, which is also a client
 * @param interval - seconds between health checks
 */
export function agentService(
    application: Service,
    deliveries: readonly Delivery[],
    zone: string,
    image: ImageName,
    interval: number,
): Service {
    const name = agentName(application.name);
    const files = deliveries.filter(({ from }) => from !== "written").map(({ file }) => `${RENDERED_SECRETS}/${file}`);
    return {
        name,
        product: application.product,
        layer: "products",
        kind: "vault-agent",
        image,
        zones: [zone],
        aliases: [name],
        ports: [],
        published: [],
        routes: [],
        limits: LIMITS["vault-agent"],
        healthCheck: {
            test: ["CMD-SHELL", [AGENT_TOKEN, ...files].map((file) => `test -s ${file}`).join(" && ")],
            interval,
            timeout: 10,
            retries: 3,
            startPeriod: START_PERIOD,
        },
        after: ["vault"],
        environment: {},
        databases: [],
        redisUsers: [],
        beside: application.name,
    };
}
