/** HashiCorp's Vault: it is initialised from outside, and audit devices are created through its API. */

import { VAULT_SERVERS } from "./servers";
import { FILES } from "../../hardening/files";
import type { VaultDialect } from "./dialect";
import { keeperScript, operatorsKeeper, provisionScript, rotateScript } from "./files";

const SERVER = VAULT_SERVERS.vault;
const DATA = SERVER.data;

/** Server configuration. Raft on one node allows snapshots, and a second node later, without moving data. */
const SERVER_HCL = `ui = true
disable_mlock = true
cluster_addr = "http://127.0.0.1:8201"
api_addr = "http://vault:8200"

storage "raft" {
  path    = "${DATA}/raft"
  node_id = "vault"
}

# Plain HTTP: the listener is in an internal network whose only other members are declared clients.
listener "tcp" {
  address         = "[::]:8200"
  cluster_address = "127.0.0.1:8201"
  tls_disable     = true
}
`;

/**
 * Start script: the server in the foreground, beside it the loop that keeps it unsealed and the loop that limits its audit
 * log.
 */
const RUN_SH = `#!/bin/sh
set -eu
umask 077
mkdir -p ${DATA}/seal ${DATA}/raft ${DATA}/audit
sh ${FILES}/keeper.sh &
sh ${FILES}/rotate.sh &
exec vault server -config=${FILES}/vault.hcl
`;

/**
 * The keeper's loop for a local seal. It initialises an empty server only. It unseals any other server with the key that is
 * present, or leaves it alone.
 */
const LOCAL_KEEPER = `
if [ -e "$seal/init.json" ]; then
    stop_here "$seal/init.json has shares that operators open this store with, and strata:vault.seal is local; nothing else was changed. Put the seal back: docs/vault.md"
fi
while :; do
    status=$(code)
    if [ "$status" = 2 ] && [ -s "$seal/local.json" ]; then
        field unseal_keys_b64 > "$seal/key"
        field root_token > "$seal/root"
        rm -f "$seal/local.json"
    elif [ "$status" = 2 ]; then
        case $(initialised) in
        0) if [ -s "$seal/key" ]; then
                vault write sys/unseal key=@"$seal/key" >/dev/null 2>&1
            elif [ -e "$seal/initialising" ]; then
                begin_anew
            else
                explain "${DATA}/raft holds data and ${DATA}/seal/key is missing; nothing was changed. Restore seal/ from the same backup as raft/"
            fi ;;
        2) if [ -s "$seal/key" ] || [ -e "$seal/provisioned" ]; then
                stop_here "${DATA}/seal belongs to a store that is not in ${DATA}/raft; nothing was changed. Restore raft/ from the same backup as seal/, or move seal/ away to begin with an empty Vault, and restart the container"
            elif [ -e "$seal/initialising" ] && has_store; then
                begin_anew
            else
                initialise -key-shares=1 -key-threshold=1
            fi ;;
        esac
    elif [ "$status" = 0 ] && [ ! -e "$seal/provisioned" ] && [ -s "$seal/root" ]; then
        vault login -no-print - < "$seal/root" && sh ${FILES}/provision.sh
    fi
    if [ -e "$seal/provisioned" ] && [ -e "$seal/root" ]; then
        rm -f "$seal/root"
    fi
    [ "$status" = 0 ] && [ -e "$seal/provisioned" ] && sleep 5 || sleep 0.3
done
`;

const AUDIT = `vault audit list -format=json 2>/dev/null | grep -q '"file/"' ||
    vault audit enable file file_path=${DATA}/audit/audit.log >/dev/null
`;

export const hashicorpVault: VaultDialect = {
    user: "100:1000",
    environment: { HOME: "/tmp", SKIP_SETCAP: "1", VAULT_ADDR: "http://127.0.0.1:8200" },
    // The image declares a volume at /vault/logs: without this entry, each container would leave an unnamed volume.
    tmpfs: { "/tmp": 16, "/vault/logs": 1 },
    files: ({ seal, sources }) => ({
        "run.sh": RUN_SH,
        "rotate.sh": rotateScript(SERVER),
        "keeper.sh":
            seal.kind === "local" ? keeperScript(SERVER, LOCAL_KEEPER, "local.json") : operatorsKeeper(SERVER, seal),
        "provision.sh": provisionScript(SERVER, sources, AUDIT),
        "vault.hcl": SERVER_HCL,
    }),
};
