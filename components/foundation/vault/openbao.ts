/**
 * OpenBao: its configuration declares what it needs, and it initialises itself. Not run here, because its image needs a
 * registry. Written from the documentation and the sources of 2.6, see `docs/vault.md`.
 */

import { PROVISIONER, PROVISIONER_LOGIN } from "../../../model/vault-names";
import { provisionedMarker, VAULT_SERVERS } from "./servers";
import { FILES } from "../../hardening/files";
import type { DialectSettings, VaultDialect } from "./dialect";
import { operatorsKeeper, provisionerRole, provisionScript, rotateScript, storeFunctions } from "./files";

const SERVER = VAULT_SERVERS.openbao;
const DATA = SERVER.data;
const SEAL = `${DATA}/seal`;
const CONFIGURATION = "openbao.json";
const ROLE = `auth/${PROVISIONER_LOGIN}/role/${PROVISIONER}`;

/** Value of a file at the time of the request. @see https://openbao.org/docs/concepts/profiles/#file-source */
function fromFile(path: string): object {
    return { eval_source: "file", eval_type: "string", path: `${FILES}/${path}` };
}

/**
 * The requests that create the program's identity. The server sends them to itself, once, with a root token that never
 * leaves its memory.
 *
 * @see https://openbao.org/docs/configuration/self-init/
 */
function requests(sources: readonly string[]): readonly (readonly [name: string, path: string, data: object])[] {
    return [
        [PROVISIONER_LOGIN, `sys/auth/${PROVISIONER_LOGIN}`, { type: "approle" }],
        ["policy", `sys/policies/acl/${PROVISIONER}`, { policy: fromFile("provisioner.hcl") }],
        [
            "role",
            ROLE,
            // Lists as comma-separated texts: the parser would read a JSON list as one more block.
            Object.fromEntries(
                Object.entries(provisionerRole(sources)).map(([field, value]) => [
                    field,
                    Array.isArray(value) ? value.join(",") : value,
                ]),
            ),
        ],
        ["role-id", `${ROLE}/role-id`, { role_id: PROVISIONER }],
        ["secret-id", `${ROLE}/custom-secret-id`, { secret_id: fromFile("secrets/provisioner") }],
    ];
}

/**
 * Server configuration as JSON, which needs no quoting rules. Blocks with a name are lists of objects, as in OpenBao's own
 * examples; its JSON parser takes an object that holds nothing but objects for further names of its block.
 *
 * @see https://openbao.org/docs/configuration/
 */
function serverConfiguration({ seal, sources }: DialectSettings): string {
    const configuration = {
        ui: true,
        cluster_addr: "https://127.0.0.1:8201",
        api_addr: "http://vault:8200",
        // Raft on one node: snapshots, and a second node later, without moving data.
        storage: { raft: { path: `${DATA}/raft`, node_id: "vault" } },
        // Plain HTTP: the listener is in an internal network whose only other members are declared clients.
        listener: [
            {
                tcp: {
                    address: "[::]:8200",
                    cluster_address: "127.0.0.1:8201",
                    tls_disable: true,
                    // Otherwise any client that reaches the API could start or cancel an operators' work without a login.
                    // https://openbao.org/docs/deprecation/unauthed-generate-root/
                    disable_unauthed_generate_root_endpoints: true,
                    disable_unauthed_rekey_endpoints: true,
                },
            },
        ],
        // The API refuses to create audit devices. https://openbao.org/docs/configuration/audit/
        audit: [
            {
                file: {
                    // Without the description, the parser would read `options` as part of the name.
                    file: { description: "every request", options: { file_path: `${DATA}/audit/audit.log` } },
                },
            },
        ],
        ...(seal.kind === "local" && {
            // https://openbao.org/docs/configuration/seal/static/
            seal: [{ static: { current_key_id: "local-1", current_key: `file://${SEAL}/key` } }],
            initialize: [
                {
                    provisioner: {
                        request: requests(sources).map(([name, path, data]) => ({
                            [name]: { operation: "update", path, data },
                        })),
                    },
                },
            ],
        }),
    };
    return `${JSON.stringify(configuration, null, 2)}\n`;
}

const DIRECTORIES = `mkdir -p ${SEAL} ${DATA}/raft ${DATA}/audit`;
const SERVE = `exec bao server -config=${FILES}/${CONFIGURATION}`;

/**
 * Start script of a server that initialises itself. The API answers only after self-initialisation, so an open server has
 * finished it. A server that was interrupted in the middle refuses to open ever after:
 * https://github.com/openbao/openbao/pull/2442. `seal/initialising` has a line for each start of a store that was begun
 * here. Two starts that did not open the store prove the interruption; the second start gets a minute. A store without that
 * marker may hold data.
 */
const SELF_INITIALISING_RUN_SH = `#!/bin/sh
set -eu
umask 077
half=${SEAL}/initialising
${storeFunctions(DATA)}if has_store && [ ! -s ${SEAL}/key ]; then
    stop_here "${DATA}/raft holds data and ${SEAL}/key is missing; nothing was changed. Restore seal/ from the same backup as raft/ and restart the container"
fi
if ! has_store && [ -e ${provisionedMarker("openbao")} ]; then
    stop_here "${SEAL} belongs to a store that is not in ${DATA}/raft; nothing was changed. Restore raft/ from the same backup as seal/, or move seal/ away to begin with an empty server, and restart the container"
fi
if has_store && [ "$(cat "$half" 2>/dev/null | wc -l)" -ge 2 ]; then move_aside; fi
${DIRECTORIES}
if ! has_store || [ -e "$half" ]; then echo begun >> "$half"; fi
# 32 bytes; in base64, because a raw key that begins or ends like a blank would lose that byte.
[ -s ${SEAL}/key ] || { head -c 32 /dev/urandom | base64 | tr -d '\\n' > ${SEAL}/key.new && mv ${SEAL}/key.new ${SEAL}/key; }
server=$$
{
    tries=0
    until bao status >/dev/null 2>&1; do
        sleep 0.3
        tries=$((tries + 1))
        if [ "$tries" -ge 200 ] && [ "$(cat "$half" 2>/dev/null | wc -l)" -ge 2 ]; then kill "$server"; fi
    done
    touch ${provisionedMarker("openbao")}
    rm -f "$half"
} &
sh ${FILES}/rotate.sh &
${SERVE}
`;

/**
 * Start script with operators. No key could open the server during self-initialisation, so it is initialised as Vault is.
 */
const OPERATORS_RUN_SH = `#!/bin/sh
set -eu
umask 077
${DIRECTORIES}
sh ${FILES}/keeper.sh &
sh ${FILES}/rotate.sh &
${SERVE}
`;

export const openBao: VaultDialect = {
    user: "100:1000",
    environment: { HOME: "/tmp", BAO_ADDR: "http://127.0.0.1:8200" },
    // The image declares volumes at /openbao/file and /openbao/logs: without these entries, each container would leave an
    // unnamed volume.
    tmpfs: { "/tmp": 16, "/openbao/logs": 1 },
    files: (settings) => ({
        [CONFIGURATION]: serverConfiguration(settings),
        "rotate.sh": rotateScript(SERVER),
        ...(settings.seal.kind === "local"
            ? { "run.sh": SELF_INITIALISING_RUN_SH }
            : {
                  "run.sh": OPERATORS_RUN_SH,
                  "keeper.sh": operatorsKeeper(SERVER, settings.seal),
                  "provision.sh": provisionScript(SERVER, settings.sources),
              }),
    }),
};
