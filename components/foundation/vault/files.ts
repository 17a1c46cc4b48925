/** The files a Vault container runs from. Shell scripts are plain POSIX sh: the image has busybox and nothing else. */

import { FILES } from "../../lib/files";

const DATA = "/vault/file";

/** What opens a sealed Vault. */
export type Seal =
    /** One key beside the data, used by the container itself. Whoever reads the volume reads the secrets: `local` only. */
    | { readonly kind: "local" }
    /** Shares encrypted to the operators' public PGP keys; people unseal after each start. */
    | { readonly kind: "operators"; readonly pgpKeys: readonly string[]; readonly threshold: number };

/** Server configuration. Raft on one node: snapshots, and a second node later, without moving data. */
export const SERVER_HCL = `ui = true
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

/** What the program's own identity may do: configure everything, read no product's secrets by default. */
export const PROVISIONER_HCL = `path "sys/mounts*"         { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
path "sys/remount"         { capabilities = ["update", "sudo"] }
path "sys/auth*"           { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
path "sys/policies/*"      { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/policy*"         { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/audit*"          { capabilities = ["read", "list", "sudo"] }
path "sys/quotas/*"        { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/config/*"        { capabilities = ["read", "update"] }
path "sys/leases/*"        { capabilities = ["update", "list", "sudo"] }
path "auth/*"              { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
path "identity/*"          { capabilities = ["create", "read", "update", "delete", "list"] }
path "+/config/*"          { capabilities = ["create", "read", "update", "delete", "list"] }
path "+/roles/*"           { capabilities = ["create", "read", "update", "delete", "list"] }
path "auth/token/create*"  { capabilities = ["deny"] }
path "sys/raw*"            { capabilities = ["deny"] }
`;

/** The server in the foreground, and beside it the loop that keeps it open. */
export const RUN_SH = `#!/bin/sh
set -eu
umask 077
mkdir -p ${DATA}/seal ${DATA}/raft ${DATA}/audit
sh ${FILES}/keeper.sh &
exec vault server -config=${FILES}/vault.hcl
`;

/**
 * Turns a Vault that holds a root token into one that holds none: audit device first, then the identity that the program
 * logs in with, then the root token is revoked. Expects a logged-in CLI. Can be repeated after an interruption.
 */
export const PROVISION_SH = `#!/bin/sh
set -eu
export VAULT_ADDR=http://127.0.0.1:8200
vault audit list -format=json 2>/dev/null | grep -q '"file/"' ||
    vault audit enable file file_path=${DATA}/audit/audit.log >/dev/null
vault auth list -format=json | grep -q '"approle/"' || vault auth enable approle >/dev/null
vault policy write provisioner ${FILES}/provisioner.hcl >/dev/null
vault write auth/approle/role/provisioner token_policies=provisioner token_ttl=20m token_max_ttl=1h \\
    secret_id_ttl=0 secret_id_num_uses=0 >/dev/null
vault write auth/approle/role/provisioner/role-id role_id=provisioner >/dev/null
# Refused when it is there already, which is what a repeated run finds.
vault write auth/approle/role/provisioner/custom-secret-id secret_id=@${FILES}/secrets/provisioner >/dev/null 2>&1 ||
    vault write auth/approle/login role_id=provisioner secret_id=@${FILES}/secrets/provisioner >/dev/null
vault token revoke -self >/dev/null
rm -f "$HOME/.vault-token"
touch ${DATA}/seal/provisioned
echo "strata: Vault is provisioned, the root token is revoked"
`;

/** Initialises once and, with the local seal, unseals whenever it is needed. */
export function keeperScript(seal: Seal): string {
    return `#!/bin/sh
# Keys and tokens are only ever in files of this container: never in arguments, environment or output.
set -u
umask 077
export VAULT_ADDR=http://127.0.0.1:8200
seal=${DATA}/seal
code() { vault status >/dev/null 2>&1; echo $?; } # 0 open, 2 sealed, 1 no answer
field() { tr -d '\\n' < "$seal/init.json" | sed -n 's/.*"'"$1"'": *\\[\\{0,1\\} *"\\([^"]*\\)".*/\\1/p' | tr -d '\\n'; }
# The file is there as a whole or not at all.
initialise() { vault operator init "$@" -format=json > "$seal/init.new" && mv "$seal/init.new" "$seal/init.json"; }
# Cut off while it was being initialised: the server has a state, and nobody will ever have its keys. Nothing can be in it.
begin_anew() {
    echo "strata: Vault was cut off while it was initialised, and begins anew"
    rm -rf ${DATA}/raft
    kill "$PPID" # the server; the engine starts the container again
    exit 0
}
${seal.kind === "local" ? LOCAL_KEEPER : operatorsKeeper(seal.pgpKeys.length, seal.threshold)}`;
}

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

function operatorsKeeper(shares: number, threshold: number): string {
    const keys = Array.from({ length: shares }, (_, index) => `${FILES}/pgp/${index + 1}.asc`);
    return `
# Everything this writes is encrypted to the operators. They unseal, and one of them runs provision.sh: see docs/vault.md.
while [ ! -s "$seal/init.json" ]; do
    if [ "$(code)" = 2 ]; then
        vault operator init -status >/dev/null 2>&1
        case $? in
        # Somebody may hold the keys of an initialised server: that one is never touched.
        0) grep -q root_token "$seal/init.new" 2>/dev/null && mv "$seal/init.new" "$seal/init.json" ;;
        2) initialise -key-shares=${shares} -key-threshold=${threshold} -pgp-keys=${keys.join(",")} \\
            -root-token-pgp-key=${keys[0]} || begin_anew ;;
        esac
    fi
    sleep 1
done
`;
}
