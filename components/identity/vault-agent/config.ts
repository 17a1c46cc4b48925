/** The configuration of a Vault agent. Pure. */

import { type Delivery, TOKEN_FILE } from "../../../model/secrets/delivery";
import { VAULT_ADDRESS } from "../../foundation/vault/kind";
import { kindOf } from "../../kinds";
import { FILES } from "../../hardening/files";
import { AGENT_LOG, AGENT_TOKEN, RENDERED_SECRETS } from "./kind";

/** Files of the agent itself, below {@link FILES}. */
export const AGENT_FILE = { config: "agent.hcl", roleId: "role-id", secretId: "secrets/secret-id" } as const;

/**
 * Longest pause in seconds between two attempts to read a missing value: a value that a person adds appears within this
 * time, whatever the interval is.
 */
const LONGEST_PAUSE = 60;

/** The tasks of one agent. */
export interface AgentPlan {
    /** Name of the application. It is the application's role id, and the name in its certificates. */
    readonly application: string;
    readonly deliveries: readonly Delivery[];
    /** Whether the agent writes its login's token for the application. */
    readonly handsToken: boolean;
    /** Seconds after which the agent reads a value without a lease again. */
    readonly renderInterval: number;
}

/**
 * The agent's configuration.
 *
 * A missing value must not stop the other files. The agent's template runner gives up after a number of attempts. Its
 * replacement would request everything anew, with a new database login each time. So the configured number of attempts is
 * never reached.
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

/**
 * One file of the application. The agent writes beside the file and renames, so an application never reads half a secret.
 */
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
            // A leased name and password contain letters, digits and dashes only: nothing to escape.
            const leased = { user: "{{ .Data.username }}", password: "{{ .Data.password }}" };
            const url = login && kindOf(login).store?.fileText({ ...login, host: login.server, ...leased });
            return read(url ?? "");
        }
        case "url":
        case "credentials":
        case "value":
            return read(`{{ with .Data.data.${from} }}{{ . }}{{ end }}`);
        case "token":
            return read("{{ .Data.token }}");
        case "written":
            // If the only field is called `value`, the file contains that field. Otherwise it contains all fields as JSON
            // for the service.
            return read(
                "{{ if and .Data.data.value (eq (len .Data.data) 1) }}{{ .Data.data.value }}{{ else }}{{ .Data.data | toJSON }}{{ end }}",
            );
        case "certificate":
            // The agent reads the end of the certificate from its own file, so key and certificate must be in one file.
            return `{{ with pkiCert "${path}" "common_name=${application}" }}{{ .Key }}{{ .Cert }}{{ range .CAChain }}{{ . }}{{ end }}{{ end }}`;
    }
}
