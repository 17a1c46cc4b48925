/**
 * The files with which both servers start. Files of one server only are in `hashicorp.ts` and `openbao.ts`. Shell scripts
 * are plain POSIX sh: the images have busybox and nothing else.
 */

import type { VaultSeal } from "../../../model/stack-config";
import { PROVISIONER, PROVISIONER_LOGIN } from "../../../model/vault-names";
import type { VaultServerFacts } from "./servers";
import { FILES } from "../../hardening/files";

type OperatorsSeal = Extract<VaultSeal, { kind: "operators" }>;

/** The program that the scripts call, and the folder where they keep what they write. `bao` reads `VAULT_ADDR` too. */
type Server = Pick<VaultServerFacts, "program" | "data">;

/** Policy of the program's own identity: it may configure everything, and by default reads no product's secrets. */
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

/**
 * The provisioner's role, as Vault reads it back. Its secret-id is valid until it is replaced. It is valid only from the
 * program's networks, and from inside the container, where the scripts run.
 * `components/identity/vault-configuration/provisioner.ts` declares the same role, so that a preview shows changes by hand.
 *
 * @param sources - subnets of the zones in which the edge meets Vault
 */
export function provisionerRole(
    sources: readonly string[],
): Readonly<Record<string, string | number | boolean | readonly string[]>> {
    return {
        bind_secret_id: true,
        secret_id_bound_cidrs: [...sources, "127.0.0.1/32"],
        secret_id_num_uses: 0,
        secret_id_ttl: 0,
        // Vault reads a single address back without its length.
        token_bound_cidrs: [...sources, "127.0.0.1"],
        token_max_ttl: 3600,
        token_no_default_policy: true,
        token_period: 0,
        token_policies: [PROVISIONER],
        token_ttl: 1200,
    };
}

/**
 * Script that replaces the root token: it switches the audit device on, creates the identity that the program logs in with,
 * and revokes the root token. Expects a logged-in CLI. Can be repeated after an interruption.
 *
 * @param sources - see {@link provisionerRole}
 * @param audit - command that switches the audit device on; empty where the server's configuration declares it
 */
export function provisionScript({ program, data }: Server, sources: readonly string[], audit = ""): string {
    const role = Object.entries(provisionerRole(sources)).map(([field, value]) => `${field}=${String(value)}`);
    return `#!/bin/sh
set -eu
export VAULT_ADDR=http://127.0.0.1:8200
${audit}${program} auth list -format=json | grep -q '"${PROVISIONER_LOGIN}/"' || ${program} auth enable approle >/dev/null
# The program adds to its policy later. Whoever runs this again to let it in gives nothing away and takes nothing away.
${program} policy read ${PROVISIONER} >/dev/null 2>&1 || ${program} policy write ${PROVISIONER} ${FILES}/provisioner.hcl >/dev/null
${program} write auth/${PROVISIONER_LOGIN}/role/${PROVISIONER} ${role.join(" \\\n    ")} >/dev/null
${program} write auth/${PROVISIONER_LOGIN}/role/${PROVISIONER}/role-id role_id=${PROVISIONER} >/dev/null
# Refused when it is there already, which is what a repeated run finds.
${program} write auth/${PROVISIONER_LOGIN}/role/${PROVISIONER}/custom-secret-id secret_id=@${FILES}/secrets/provisioner >/dev/null 2>&1 ||
    ${program} write auth/${PROVISIONER_LOGIN}/login role_id=${PROVISIONER} secret_id=@${FILES}/secrets/provisioner >/dev/null
${program} token revoke -self >/dev/null
rm -f "$HOME/.vault-token"
touch ${data}/seal/provisioned
echo "strata: Vault is provisioned, the root token is revoked"
`;
}

/** Number of moved-aside stores after which the scripts stop moving stores. */
const MOST_STORES_ASIDE = 5;

/**
 * Shell functions for a store (`raft/`) that cannot be used. No script deletes a store: a store that looks half made may
 * hold data. `seal/initialising` exists from before a server is initialised until its keys are written down. A store
 * without that marker was not begun here.
 */
export function storeFunctions(data: string): string {
    return `# Whether the store has anything in it.
has_store() { [ -n "$(ls -A ${data}/raft 2>/dev/null)" ]; }
# Said again and again, by whoever looks again or waits for a restart: it has to be among the last lines of the log.
explain() { echo "strata: $1"; sleep 10; }
stop_here() { while :; do explain "$1"; done; }
# The store was begun here and never finished: nobody has its keys, so nothing can be in it. It is kept all the same.
move_aside() {
    if [ "$(ls -d ${data}/raft.* 2>/dev/null | wc -l)" -ge ${MOST_STORES_ASIDE} ]; then
        stop_here "initialising failed ${MOST_STORES_ASIDE} times; nothing was deleted. Look for the reason above (a full disk?), remove ${data}/raft.* and restart the container"
    fi
    aside=${data}/raft.$(date -u +%Y%m%dT%H%M%SZ)
    mv ${data}/raft "$aside"
    rm -f ${data}/seal/initialising
    echo "strata: the server was cut off while it was initialised; its store is kept as $aside, and it begins anew"
}
`;
}

/**
 * Script that runs beside the server: it initialises the server once, and unseals it after each start.
 *
 * @param loop - script text that uses the functions above it
 * @param answer - file in `seal/` for the answer of initialising. Shares of operators (`init.json`) exist nowhere else, so a server
 *   that unseals itself uses a file of another name
 */
export function keeperScript({ program, data }: Server, loop: string, answer: "init.json" | "local.json"): string {
    return `#!/bin/sh
# Keys and tokens are only ever in files of this container: never in arguments, environment or output.
set -u
umask 077
export VAULT_ADDR=http://127.0.0.1:8200
seal=${data}/seal
code() { ${program} status >/dev/null 2>&1; echo $?; } # 0 open, 2 sealed, 1 no answer
initialised() { ${program} operator init -status >/dev/null 2>&1; echo $?; } # 0 yes, 2 no, 1 no answer
field() { tr -d '\\n' < "$seal/${answer}" | sed -n 's/.*"'"$1"'": *\\[\\{0,1\\} *"\\([^"]*\\)".*/\\1/p' | tr -d '\\n'; }
# The file is there as a whole or not at all.
initialise() {
    touch "$seal/initialising"
    ${program} operator init "$@" -format=json > "$seal/init.new" && mv "$seal/init.new" "$seal/${answer}" && rm -f "$seal/initialising"
}
${storeFunctions(data)}begin_anew() {
    move_aside
    kill "$PPID" # the server; the engine starts the container again
    exit 0
}
${loop}`;
}

/** The {@link keeperScript} of a server that operators unseal. */
export function operatorsKeeper(server: Server, { pgpKeys, threshold }: OperatorsSeal): string {
    const keys = pgpKeys.map((_, index) => `${FILES}/pgp/${index + 1}.asc`);
    return keeperScript(
        server,
        `
# Another attempt would end the same way.
refused() {
    grep -i pgp "$seal/init.error"
    rm -f "$seal/initialising"
    stop_here "strata:vault.seal.pgpKeys is refused; accepted: public keys with a valid key for encryption, as gpg --export prints them in base64"
}
# Whoever opens this store with its own key is not held up by operators, and they have no share of it.
if [ -e "$seal/key" ]; then
    rm -f "$seal/initialised" # not healthy
    stop_here "$seal/key opens this store, and strata:vault.seal is operators: they have no shares of it; nothing else was changed. Another seal: docs/vault.md"
fi
# Everything this writes is encrypted to the operators. They unseal, and one of them runs provision.sh: see docs/vault.md.
while :; do
    case $(code) in
    0) break ;;
    2) case $(initialised) in
        # Somebody may hold the keys of an initialised server: that one is never touched, unless it was begun here and its keys
        # were never written down.
        0) grep -q root_token "$seal/init.new" 2>/dev/null && mv "$seal/init.new" "$seal/init.json"
            if [ -e "$seal/initialising" ] && [ ! -s "$seal/init.json" ]; then begin_anew; fi
            rm -f "$seal/initialising"
            break ;;
        2) if [ -s "$seal/init.json" ] || [ -e "$seal/provisioned" ]; then
                rm -f "$seal/initialised" # not healthy
                stop_here "${server.data}/seal belongs to a store that is not in ${server.data}/raft; nothing else was changed. Restore raft/ from a backup, or move seal/ away to begin with an empty server, and restart the container"
            fi
            if [ -e "$seal/initialising" ] && has_store; then begin_anew; fi
            initialise -key-shares=${keys.length} -key-threshold=${threshold} -pgp-keys=${keys.join(",")} \\
            -root-token-pgp-key=${keys[0]} 2> "$seal/init.error" ||
            if grep -qi pgp "$seal/init.error"; then refused; else cat "$seal/init.error"; fi ;;
        esac ;;
    esac
    sleep 1
done
touch "$seal/initialised"
`,
        "init.json",
    );
}

/** Limits of the audit log: number of finished files and their size in MiB, besides the file that is being written. */
export interface AuditLimits {
    readonly fileMiB: number;
    readonly files: number;
}

/** At most 704 MiB; finished files are compressed to about a tenth where the image has gzip. */
export const AUDIT_LIMITS: AuditLimits = { fileMiB: 64, files: 10 };

/** MiB of free disk below which the log warns: a server that cannot write its audit log answers no request. */
const LOW_DISK_MIB = 512;

/**
 * Script that runs beside the server: it begins a new audit file when one is full, and deletes the oldest. The server
 * reopens its file at SIGHUP.
 */
export function rotateScript({ data }: Pick<Server, "data">, { fileMiB, files }: AuditLimits = AUDIT_LIMITS): string {
    return `#!/bin/sh
set -u
umask 077
log=${data}/audit/audit.log
told=0
while :; do
    sleep 10
    if [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -ge ${fileMiB * 1024 * 1024} ]; then
        mv "$log" "$log.$(date -u +%Y%m%dT%H%M%SZ)"
        kill -HUP "$PPID"
        waited=0
        until [ -e "$log" ] || [ "$waited" -ge 30 ]; do sleep 1; waited=$((waited + 1)); done
        # Only once the server writes elsewhere. What cannot be compressed stays as it is.
        if [ -e "$log" ]; then for file in "$log".*Z; do gzip "$file" 2>/dev/null; done; fi
        ls -1r "$log".* | tail -n +${files + 1} | while read -r file; do rm -f "$file"; done
    fi
    free=$(df -Pk ${data} | awk 'END { print $4 }')
    if [ "\${free:-${LOW_DISK_MIB * 1024}}" -lt ${LOW_DISK_MIB * 1024} ]; then
        [ $((told % 60)) = 0 ] && echo "strata: $((free / 1024)) MiB of disk are left for data and audit log; when none is, the server answers nobody"
        told=$((told + 1))
    else
        told=0
    fi
done
`;
}
