/** HashiCorp's Vault: it is initialised from outside, and audit devices are made by its API. */

import { VAULT_SERVERS } from "../../../model/vault-server";
import { FILES } from "../../lib/files";
import type { VaultDialect } from "./dialect";
import { keeperScript, operatorsKeeper, provisionScript } from "./files";

const SERVER = VAULT_SERVERS.vault;
const DATA = SERVER.data;

/** Server configuration. Raft on one node: snapshots, and a second node later, without moving data. */
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

/** The server in the foreground, and beside it the loop that keeps it open. */
const RUN_SH = `#!/bin/sh
set -eu
umask 077
mkdir -p ${DATA}/seal ${DATA}/raft ${DATA}/audit
sh ${FILES}/keeper.sh &
exec vault server -config=${FILES}/vault.hcl
`;

const LOCAL_KEEPER = `
while :; do
    status=$(code)
    if [ "$status" = 2 ] && [ -s "$seal/init.json" ]; then
        field unseal_keys_b64 > "$seal/key"
        field root_token > "$seal/root"
        rm -f "$seal/init.json"
    elif [ "$status" = 2 ] && [ -s "$seal/key" ]; then
        vault write sys/unseal key=@"$seal/key" >/dev/null 2>&1
    elif [ "$status" = 2 ] && [ ! -e "$seal/provisioned" ]; then
        initialise -key-shares=1 -key-threshold=1 || begin_anew
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
    // The image declares a volume at /vault/logs: without this each container would leave an unnamed one.
    tmpfs: { "/tmp": 16, "/vault/logs": 1 },
    files: (seal) => ({
        "run.sh": RUN_SH,
        "keeper.sh": seal.kind === "local" ? keeperScript(SERVER, LOCAL_KEEPER) : operatorsKeeper(SERVER, seal),
        "provision.sh": provisionScript(SERVER, AUDIT),
        "vault.hcl": SERVER_HCL,
    }),
};
