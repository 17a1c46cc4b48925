/**
 * OpenBao: what it needs is declared in its configuration, and it initialises itself. Not run here, because it cannot be had
 * without an image registry; written after the documentation and the sources of 2.6, see `docs/vault.md`.
 */

import type { VaultSeal } from "../../../model/stack-config";
import { provisionedMarker, VAULT_SERVERS } from "../../../model/vault-server";
import { FILES } from "../../lib/files";
import type { VaultDialect } from "./dialect";
import { operatorsKeeper, PROVISIONER_ROLE, provisionScript } from "./files";

const SERVER = VAULT_SERVERS.openbao;
const DATA = SERVER.data;
const SEAL = `${DATA}/seal`;
const CONFIGURATION = "openbao.json";

/** Value of a file at the time of the request. @see https://openbao.org/docs/concepts/profiles/#file-source */
function fromFile(path: string): object {
    return { eval_source: "file", eval_type: "string", path: `${FILES}/${path}` };
}

/**
 * The identity that the program logs in with. Made by requests that the server puts to itself, once, with a root token that
 * never leaves its memory.
 *
 * @see https://openbao.org/docs/configuration/self-init/
 */
const REQUESTS: readonly (readonly [name: string, path: string, data: object])[] = [
    ["approle", "sys/auth/approle", { type: "approle" }],
    ["policy", "sys/policies/acl/provisioner", { policy: fromFile("provisioner.hcl") }],
    ["role", "auth/approle/role/provisioner", PROVISIONER_ROLE],
    ["role-id", "auth/approle/role/provisioner/role-id", { role_id: "provisioner" }],
    ["secret-id", "auth/approle/role/provisioner/custom-secret-id", { secret_id: fromFile("secrets/provisioner") }],
];

/**
 * Server configuration as JSON, which needs no quoting rules. Blocks with a name are lists of objects, as in OpenBao's own
 * examples; its JSON parser takes an object that holds nothing but objects for further names of its block.
 *
 * @see https://openbao.org/docs/configuration/
 */
function serverConfiguration(seal: VaultSeal): string {
    const configuration = {
        ui: true,
        cluster_addr: "https://127.0.0.1:8201",
        api_addr: "http://vault:8200",
        // Raft on one node: snapshots, and a second node later, without moving data.
        storage: { raft: { path: `${DATA}/raft`, node_id: "vault" } },
        // Plain HTTP: the listener is in an internal network whose only other members are declared clients.
        listener: [{ tcp: { address: "[::]:8200", cluster_address: "127.0.0.1:8201", tls_disable: true } }],
        // The API refuses to make audit devices. https://openbao.org/docs/configuration/audit/
        audit: [
            {
                file: {
                    // Without the description the parser would take `options` for a part of the name.
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
                        request: REQUESTS.map(([name, path, data]) => ({
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
 * The API answers only after self-initialisation, so a server that is open has been through all of it. One that was cut off in
 * the middle refuses to open ever after: https://github.com/openbao/openbao/pull/2442. Nothing can be in it, because it is not
 * healthy before the marker is there.
 */
const SELF_INITIALISING_RUN_SH = `#!/bin/sh
set -eu
umask 077
[ -e ${provisionedMarker("openbao")} ] || rm -rf ${DATA}/raft
${DIRECTORIES}
# 32 bytes; in base64, because a raw key that begins or ends like a blank would lose that byte.
[ -s ${SEAL}/key ] || { head -c 32 /dev/urandom | base64 | tr -d '\\n' > ${SEAL}/key.new && mv ${SEAL}/key.new ${SEAL}/key; }
{
    until bao status >/dev/null 2>&1; do sleep 0.3; done
    touch ${provisionedMarker("openbao")}
} &
${SERVE}
`;

/** With people's keys there is nothing that could open the server during self-initialisation, so it is done as with Vault. */
const OPERATORS_RUN_SH = `#!/bin/sh
set -eu
umask 077
${DIRECTORIES}
sh ${FILES}/keeper.sh &
${SERVE}
`;

export const openBao: VaultDialect = {
    user: "100:1000",
    environment: { HOME: "/tmp", BAO_ADDR: "http://127.0.0.1:8200" },
    // The image declares volumes at /openbao/file and /openbao/logs: without this each container would leave an unnamed one.
    tmpfs: { "/tmp": 16, "/openbao/logs": 1 },
    files: (seal) => ({
        [CONFIGURATION]: serverConfiguration(seal),
        ...(seal.kind === "local"
            ? { "run.sh": SELF_INITIALISING_RUN_SH }
            : {
                  "run.sh": OPERATORS_RUN_SH,
                  "keeper.sh": operatorsKeeper(SERVER, seal),
                  "provision.sh": provisionScript(SERVER),
              }),
    }),
};
