/** A Vault agent: it logs in for one application, and renders the application's secrets as files in memory. */

import type { Delivery } from "../../../model/secrets/delivery";
import type { VaultServerName } from "../../../model/stack-config";
import type { Kind } from "../../kind";

/** Name of the kind. */
export const VAULT_AGENT = "vault-agent";

/** Folder with the files that a service's agent renders. In memory, read-only for the service. */
export const RENDERED_SECRETS = "/run/secrets";

/** For example `psra-api-agent`. */
export function agentName(application: string): string {
    return `${application}-agent`;
}

/** The agent's own copy of its login token. It exists once this container has logged in. */
export const AGENT_TOKEN = "/tmp/token";

/**
 * Longest life of a service's login, in seconds. The agent renews the login until then, and logs in again before its end.
 */
export const LOGIN_SECONDS = 24 * 3600;

/**
 * Age of the token file, in minutes, that proves a failed login: its token ended an hour ago, and no later login succeeded.
 */
const STALE_MINUTES = LOGIN_SECONDS / 60 + 60;

/** Health check that fails when the token file is stale. `find` prints the file's name only while it is fresh. */
const LOGIN_IS_FRESH = `find ${AGENT_TOKEN} -mmin -${STALE_MINUTES} | grep -q .`;

/** The agent's log as a file, which its health check can read. The rotated log has a number in its name and sorts first. */
export const AGENT_LOG = "/tmp/agent.log";

/** Number of refused logins in a row that makes the agent unhealthy. */
const REFUSALS = 3;

/**
 * Health check that ends with 1 when Vault has refused the last logins (400, 403): only an `up` restores a missing role or
 * secret-id. While Vault is away, sealed or busy, it refuses no login, and the agent's login stays valid.
 */
export const LOGIN_IS_ACCEPTED =
    `cat /tmp/agent*.log | awk '/^[0-9]/ { e = /error authenticating/ } /authentication successful/ { n = 0 } ` +
    `e && /Code: 40[03]/ { n++ } END { exit n >= ${REFUSALS} }'`;

/** The fields of an agent besides those of all services. */
export interface VaultAgentSpec {
    /** Files that it renders for its application. */
    readonly deliveries: readonly Delivery[];
    /** Whether it writes its login's token for the application, which needs it for encryption. */
    readonly handsToken: boolean;
    /** The server whose program the agent is. */
    readonly server: VaultServerName;
}

/**
 * The agent's kind. An agent is healthy when it is logged in, when every file that always exists is present, and when its
 * login is not refused. The check starts no `vault`: each run would map its 360 MB again.
 */
export const vaultAgent: Kind<VaultAgentSpec, never> = {
    role: "agent",
    image: "vault",
    ports: {},
    // The program itself holds 25 MiB, but needs memory for its code pages, which it otherwise reads again and again. The
    // time to its first file was 2 s within 256 MiB, 8 s within 192, 25 s within 160 and more than 30 s within 128.
    limits: { memoryMiB: 256, cpus: 0.25, processes: 4096 },
    probe: ({ spec }) => {
        // Files that people write may come later.
        const files = spec.deliveries
            .filter(({ from }) => from !== "written")
            .map(({ file }) => `${RENDERED_SECRETS}/${file}`);
        const tests = [AGENT_TOKEN, ...files].map((file) => `test -s ${file}`);
        return { test: ["CMD-SHELL", [...tests, LOGIN_IS_FRESH, LOGIN_IS_ACCEPTED].join(" && ")], startPeriod: 60 };
    },
};
