/**
 * What both servers are started with. What only one of them takes is in `hashicorp.ts` and `openbao.ts`. Shell scripts are
 * plain POSIX sh: the images have busybox and nothing else.
 */

import type { VaultSeal } from "../../../model/stack-config";
import type { VaultServerFacts } from "../../../model/vault-server";
import { FILES } from "../../lib/files";

type OperatorsSeal = Extract<VaultSeal, { kind: "operators" }>;

/** What the scripts call, and where they keep what they write. `bao` reads `VAULT_ADDR` too. */
type Server = Pick<VaultServerFacts, "program" | "data">;

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

/** Lives of the provisioner's logins. Its secret-id is good until it is replaced. */
export const PROVISIONER_ROLE = {
    token_policies: "provisioner",
    token_ttl: "20m",
    token_max_ttl: "1h",
    secret_id_ttl: 0,
    secret_id_num_uses: 0,
} as const;

/**
 * Turns a server that holds a root token into one that holds none: audit device first, then the identity that the program
 * logs in with, then the root token is revoked. Expects a logged-in CLI. Can be repeated after an interruption.
 *
 * @param audit - switches the audit device on; empty where the server's configuration declares it
 */
export function provisionScript({ program, data }: Server, audit = ""): string {
    const role = PROVISIONER_ROLE;
    return `#!/bin/sh
set -eu
export VAULT_ADDR=http://127.0.0.1:8200
${audit}${program} auth list -format=json | grep -q '"approle/"' || ${program} auth enable approle >/dev/null
# The program adds to its policy later. Whoever runs this again to let it in gives nothing away and takes nothing away.
${program} policy read provisioner >/dev/null 2>&1 || ${program} policy write provisioner ${FILES}/provisioner.hcl >/dev/null
${program} write auth/approle/role/provisioner token_policies=${role.token_policies} token_ttl=${role.token_ttl} token_max_ttl=${role.token_max_ttl} \\
    secret_id_ttl=${role.secret_id_ttl} secret_id_num_uses=${role.secret_id_num_uses} >/dev/null
${program} write auth/approle/role/provisioner/role-id role_id=provisioner >/dev/null
# Refused when it is there already, which is what a repeated run finds.
${program} write auth/approle/role/provisioner/custom-secret-id secret_id=@${FILES}/secrets/provisioner >/dev/null 2>&1 ||
    ${program} write auth/approle/login role_id=provisioner secret_id=@${FILES}/secrets/provisioner >/dev/null
${program} token revoke -self >/dev/null
rm -f "$HOME/.vault-token"
touch ${data}/seal/provisioned
echo "strata: Vault is provisioned, the root token is revoked"
`;
}

/**
 * Runs beside the server: what has to be done once, and what has to be done after each start.
 *
 * @param loop - uses what is defined above it
 */
export function keeperScript({ program, data }: Server, loop: string): string {
    return `#!/bin/sh
# Keys and tokens are only ever in files of this container: never in arguments, environment or output.
set -u
umask 077
export VAULT_ADDR=http://127.0.0.1:8200
seal=${data}/seal
code() { ${program} status >/dev/null 2>&1; echo $?; } # 0 open, 2 sealed, 1 no answer
field() { tr -d '\\n' < "$seal/init.json" | sed -n 's/.*"'"$1"'": *\\[\\{0,1\\} *"\\([^"]*\\)".*/\\1/p' | tr -d '\\n'; }
# The file is there as a whole or not at all.
initialise() { ${program} operator init "$@" -format=json > "$seal/init.new" && mv "$seal/init.new" "$seal/init.json"; }
# Cut off while it was being initialised: the server has a state, and nobody will ever have its keys. Nothing can be in it.
begin_anew() {
    echo "strata: Vault was cut off while it was initialised, and begins anew"
    rm -rf ${data}/raft
    kill "$PPID" # the server; the engine starts the container again
    exit 0
}
${loop}`;
}

/** {@link keeperScript} of a server that people open. */
export function operatorsKeeper(server: Server, { pgpKeys, threshold }: OperatorsSeal): string {
    const keys = pgpKeys.map((_, index) => `${FILES}/pgp/${index + 1}.asc`);
    return keeperScript(
        server,
        `
# Said again and again: it has to be among the last lines of the log, and another attempt would end the same way.
refused() {
    while :; do
        grep -i pgp "$seal/init.error"
        echo "strata: strata:vault.seal.pgpKeys is refused; accepted: public keys with a valid key for encryption, as gpg --export prints them in base64"
        sleep 5
    done
}
# Everything this writes is encrypted to the operators. They unseal, and one of them runs provision.sh: see docs/vault.md.
while [ ! -e "$seal/initialised" ]; do
    if [ "$(code)" = 2 ]; then
        ${server.program} operator init -status >/dev/null 2>&1
        case $? in
        # Somebody may hold the keys of an initialised server: that one is never touched.
        0) grep -q root_token "$seal/init.new" 2>/dev/null && mv "$seal/init.new" "$seal/init.json"
            touch "$seal/initialised" ;;
        2) initialise -key-shares=${keys.length} -key-threshold=${threshold} -pgp-keys=${keys.join(",")} \\
            -root-token-pgp-key=${keys[0]} 2> "$seal/init.error" ||
            if grep -qi pgp "$seal/init.error"; then refused; else begin_anew; fi ;;
        esac
    fi
    sleep 1
done
`,
    );
}
