import { TOKEN_FILE } from "../../../model/secrets/delivery";
import { FILES, type ServiceFile } from "../../hardening/files";
import type { ApplicationSpec } from "./kind";

const SCRIPT = "reload.sh";

/**
 * Script that runs a service and tells it when a file with a secret has changed. Plain POSIX sh: the image is the product's
 * own.
 *
 * The script is in the service's own container because no other container may signal the service. For that, an agent would
 * have to share the service's process namespace or hold the engine's socket. After a restart of the engine, a container in
 * another container's namespace may never start again. The script looks every two seconds, and acts once the files have
 * settled. The token that an agent writes changes daily and is read for each request, so it does not count.
 */
export const RELOAD_SH = `#!/bin/sh
# usage: reload.sh <signal, or restart> <program> [argument...]
set -u
case $1 in restart) signal=TERM ;; *) signal=\${1#SIG} ;; esac
shift

sums() {
    for file in "$SECRETS_DIR"/*; do
        case $file in */${TOKEN_FILE}) ;; *) cksum "$file" ;; esac
    done 2>/dev/null
}

watch() {
    seen=$(sums)
    while sleep 2 && kill -0 "$child" 2>/dev/null; do
        now=$(sums)
        if [ "$now" != "$seen" ] && sleep 1 && [ "$(sums)" = "$now" ]; then
            seen=$now
            echo "a secret has changed: SIG$signal" >&2
            kill -s "$signal" "$child"
        fi
    done
}

"$@" &
child=$!
# Interrupts are ignored by what a script starts in the background, so both ask the service to stop.
trap 'kill -s TERM "$child"' TERM INT
watch &
watcher=$!

# A signal ends the wait before the service has ended.
wait "$child"
status=$?
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    status=$?
done
wait "$child" 2>/dev/null
last=$?
[ "$last" -eq 127 ] || status=$last
kill "$watcher" 2>/dev/null
exit "$status"
`;

/** How an application's process is started: as declared, or by the script that reports changed secrets. */
export interface Process {
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
    readonly files: readonly ServiceFile[];
}

/** @param rendered - whether an agent renders files that can change */
export function processOf({ command, reload }: ApplicationSpec, rendered: boolean): Process {
    if (command === undefined) {
        return { files: [] };
    }
    if (reload === undefined || !rendered) {
        const [program = "", ...rest] = command;
        return { entrypoint: [program], command: rest, files: [] };
    }
    return {
        entrypoint: ["/bin/sh", `${FILES}/${SCRIPT}`],
        command: [reload, ...command],
        files: [{ path: SCRIPT, content: RELOAD_SH }],
    };
}
