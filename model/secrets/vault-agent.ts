/** The agents: beside each application that reads secrets, one container that asks Vault for them. */

import { LIMITS } from "../defaults";
import type { ImageName, Service } from "../platform";
import { type Delivery, RENDERED_SECRETS } from "./delivery";

/** The agent's own copy of its login token: it exists from when this container logged in. */
export const AGENT_TOKEN = "/tmp/token";

/** Longest life of a service's login, in seconds: renewed until then, replaced before. */
export const LOGIN_SECONDS = 24 * 3600;

/** Minutes after which a token file shows that no later login succeeded: its token has ended an hour ago. */
const STALE_MINUTES = LOGIN_SECONDS / 60 + 60;

/** Prints the file's name, or nothing. */
const LOGIN_LIVES = `find ${AGENT_TOKEN} -mmin -${STALE_MINUTES} | grep -q .`;

/** The agent's log as a file, which its health check can read. The one before it has a number in its name and sorts first. */
export const AGENT_LOG = "/tmp/agent.log";

/** Logins in a row that Vault has to refuse before the agent is unhealthy. */
const REFUSALS = 3;

/**
 * Ends with 1 when Vault has refused the last logins (400, 403): a role or secret-id that is gone comes back by an `up` only. A Vault
 * that is away, sealed or busy refuses nobody, and the agent's login lives on.
 */
export const LOGIN_TAKEN =
    `cat /tmp/agent*.log | awk '/^[0-9]/ { e = /error authenticating/ } /authentication successful/ { n = 0 } ` +
    `e && /Code: 40[03]/ { n++ } END { exit n >= ${REFUSALS} }'`;

/** Seconds in which an agent that starts is not yet expected to have everything. */
const START_PERIOD = 60;

/** For example `psra-api-agent`. */
export function agentName(application: string): string {
    return `${application}-agent`;
}

/**
 * The agent of an application.
 *
 * It is healthy once it has logged in and every file that always exists is there; what people write may come later. It is not
 * any more when its login has ended and no other succeeded, nor when Vault refuses its logins, as with a secret-id that nobody
 * replaced in time: the agent tries for ever and says so in its log only. The test starts no `vault`, whose 360 MB would be mapped a second time every few
 * seconds.
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
            test: [
                "CMD-SHELL",
                [...[AGENT_TOKEN, ...files].map((file) => `test -s ${file}`), LOGIN_LIVES, LOGIN_TAKEN].join(" && "),
            ],
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
