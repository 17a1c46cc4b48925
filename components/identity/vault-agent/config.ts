/** What a Vault agent is told. Pure. */

import { VAULT } from "../../foundation/vault/kind";
import { type Delivery, TOKEN_FILE } from "../../../model/secrets/delivery";
import { VAULT_PORT } from "../../foundation/vault/kind";
import { kindOf } from "../../kinds";
import { FILES } from "../../hardening/files";
import { AGENT_LOG, AGENT_TOKEN, RENDERED_SECRETS } from "./kind";

/** Files of the agent itself, below {@link FILES}. */
export const AGENT_FILE = { config: "agent.hcl", roleId: "role-id", secretId: "secrets/secret-id" } as const;

/** Where applications and agents find Vault. */
export const VAULT_ADDRESS = `http://${VAULT}:${VAULT_PORT}`;

/** Seconds after which somebody who writes a missing value sees its file, whatever the interval is. */
const LONGEST_PAUSE = 60;

/** What one agent does. */
export interface AgentPlan {
    /** Name of the application: its role id, and the name in its certificates. */
    readonly application: string;
    readonly deliveries: readonly Delivery[];
    /** Hands the login's token to the application. */
    readonly handsToken: boolean;
    /** Seconds between two looks at a value that has no lease. */
    readonly renderInterval: number;
}

/**
 * The agent's configuration.
 *
 * A value that is missing must stop nothing else. The agent's template runner gives up after a number of attempts, and what
 * takes its place asks for everything anew, with a new database login each time. So the number is one that is never reached.
 *
 * @see https://developer.hashicorp.com/vault/docs/agent-and-proxy/agent/template
 */
export function agentConfig({ application, deliveries, handsToken, renderInterval }: AgentPlan): string {
    const tokens = [sink(AGENT_TOKEN, "0600"), ...(handsToken ? [sink(rendered(TOKEN_FILE), "0440")] : [])];
    return `# Read by the health check only; the container's log has the same lines.
log_file             = "${AGENT_LOG}"
log_rotate_bytes     = 65536
log_rotate_max_files = 1

vault {
  address = "${VAULT_ADDRESS}"
  retry {
    num_retries = 1000000000
  }
}

auto_auth {
  method "approle" {
    mount_path  = "auth/services"
    min_backoff = "1s"
    max_backoff = "${Math.min(renderInterval, LONGEST_PAUSE)}s"
    config = {
      role_id_file_path   = "${FILES}/${AGENT_FILE.roleId}"
      secret_id_file_path = "${FILES}/${AGENT_FILE.secretId}"
      # The container logs in again whenever it is started.
      remove_secret_id_file_after_reading = false
    }
  }
${tokens.join("")}}

template_config {
  static_secret_render_interval = "${renderInterval}s"
  exit_on_retry_failure         = false
}
${deliveries.map((delivery) => template(delivery, application)).join("")}`;
}

function rendered(file: string): string {
    return `${RENDERED_SECRETS}/${file}`;
}

function sink(path: string, mode: string): string {
    return `
  sink "file" {
    config = {
      path = "${path}"
      mode = ${mode}
    }
  }
`;
}

/** The agent writes beside the file and renames, so nobody reads half a secret. */
function template(delivery: Delivery, application: string): string {
    return `
template {
  destination = "${rendered(delivery.file)}"
  perms       = "0440"
  contents    = ${JSON.stringify(contents(delivery, application))}
}
`;
}

/** Template language of the agent. @see https://github.com/hashicorp/consul-template/blob/main/docs/templating-language.md */
function contents({ from, path, login }: Delivery, application: string): string {
    const read = (text: string): string => `{{ with secret "${path}" }}${text}{{ end }}`;
    switch (from) {
        case "login": {
            // A leased name and password are letters, digits and dashes: nothing to escape.
            const leased = { user: "{{ .Data.username }}", password: "{{ .Data.password }}" };
            const url = login && kindOf(login).store?.url({ ...login, host: login.server, ...leased });
            return read(url ?? "");
        }
        case "url":
        case "value":
            return read(`{{ with .Data.data.${from} }}{{ . }}{{ end }}`);
        case "written":
            // One field called `value` is the secret itself; anything else is for the service to take apart.
            return read(
                "{{ if and .Data.data.value (eq (len .Data.data) 1) }}{{ .Data.data.value }}{{ else }}{{ .Data.data | toJSON }}{{ end }}",
            );
        case "certificate":
            // The agent finds out from its own file when the certificate ends, so key and certificate have to be in one.
            return `{{ with pkiCert "${path}" "common_name=${application}" }}{{ .Key }}{{ .Cert }}{{ range .CAChain }}{{ . }}{{ end }}{{ end }}`;
    }
}
