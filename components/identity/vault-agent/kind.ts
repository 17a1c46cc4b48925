/** A Vault agent: logs in for one application, and renders the application's secrets as files in memory. */

import type { Delivery } from "../../../model/secrets/delivery";
import type { VaultServerName } from "../../../model/stack-config";
import type { Kind } from "../../kind";

/** Name of the kind. */
export const VAULT_AGENT = "vault-agent";

/** Where a service finds the files that its agent renders. In memory, read-only for the service. */
export const RENDERED_SECRETS = "/run/secrets";

/** For example `psra-api-agent`. */
export function agentName(application: string): string {
    return `${application}-agent`;
}

/** The agent's own copy of its login token: it exists from when this container logged in. */
export const AGENT_TOKEN = "/tmp/token";

/** Longest life of a service's login, in seconds: renewed until then, replaced before. */
export const LOGIN_SECONDS = 24 * 3600;

/** Minutes after which a token file shows that no later login succeeded: its token has ended an hour ago. */
const STALE_MINUTES = LOGIN_SECONDS / 60 + 60;

/** Prints the file's name, or nothing. */
const LOGIN_IS_FRESH = `find ${AGENT_TOKEN} -mmin -${STALE_MINUTES} | grep -q .`;

/** The agent's log as a file, which its health check can read. The one before it has a number in its name and sorts first. */
export const AGENT_LOG = "/tmp/agent.log";

/** Logins in a row that Vault has to refuse before the agent is unhealthy. */
const REFUSALS = 3;

/**
 * Ends with 1 when Vault has refused the last logins (400, 403): a role or secret-id that is gone comes back by an `up` only. A Vault
 * that is away, sealed or busy refuses nobody, and the agent's login lives on.
 */
export const LOGIN_IS_ACCEPTED =
    `cat /tmp/agent*.log | awk '/^[0-9]/ { e = /error authenticating/ } /authentication successful/ { n = 0 } ` +
    `e && /Code: 40[03]/ { n++ } END { exit n >= ${REFUSALS} }'`;

/** What an agent has besides what all services have. */
export interface VaultAgentSpec {
    /** Files that it renders for its application. */
    readonly deliveries: readonly Delivery[];
    /** It hands its login's token to the application, for what cannot be a file. */
    readonly handsToken: boolean;
    /** The agent is the server's own program. */
    readonly server: VaultServerName;
}

/** Healthy: logged in, every file that always exists is there, and the login is not refused. It starts no `vault`: each run would map its 360 MB again. */
export const vaultAgent: Kind<VaultAgentSpec, never> = {
    role: "agent",
    image: "vault",
    ports: {},
    // The program holds 25 MiB of its own, but with nothing of it in memory it took 2 s to its first file within 256 MiB, 8 s
    // within 192, 25 s within 160 and more than 30 s within 128, reading its code again and again.
    limits: { memoryMiB: 256, cpus: 0.25, processes: 4096 },
    probe: ({ spec }) => {
        // What people write may come later.
        const files = spec.deliveries
            .filter(({ from }) => from !== "written")
            .map(({ file }) => `${RENDERED_SECRETS}/${file}`);
        const tests = [AGENT_TOKEN, ...files].map((file) => `test -s ${file}`);
        return { test: ["CMD-SHELL", [...tests, LOGIN_IS_FRESH, LOGIN_IS_ACCEPTED].join(" && ")], startPeriod: 60 };
    },
};
