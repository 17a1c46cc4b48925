/** How an agent starts: it first removes outdated files of an earlier agent. Pure. */

import { type Delivery, TOKEN_FILE } from "../../../model/secrets/delivery";
import { FILES, type ServiceFile } from "../../hardening/files";
import { RENDERED_SECRETS } from "./kind";

const SCRIPT = "agent.sh";
const DECLARED = "rendered-files";

/**
 * Removes files that are no longer declared or now have another source, and becomes the agent. Plain POSIX sh: the images
 * have busybox and nothing else.
 *
 * The volume outlives an agent while its application runs. The file of a removed row would keep its value there. When a row
 * takes over another row's file name, the file would keep the other row's value until its own value exists. Unchanged files
 * stay, so that an application does not miss them while its agent is replaced.
 *
 * An agent of an earlier release left no list of sources; for its files, only the names decide.
 */
export const AGENT_SH = `#!/bin/sh
# usage: agent.sh <list of declared files> <directory of rendered files> <program> [argument...]
# A line of the list is a file's name and where it comes from.
set -eu
declared=$1
directory=$2
shift 2
before=$directory/.rendered-files

for path in "$directory"/*; do
    file=\${path##*/}
    line=$(awk -v file="$file" '$1 == file' "$declared")
    if [ -z "$line" ] || { [ -f "$before" ] && ! grep -qxF "$line" "$before"; }; then
        rm -rf "$path"
    fi
done
cp "$declared" "$before.new"
mv "$before.new" "$before"
exec "$@"
`;

/** The part of a container that starts an agent. */
export interface AgentStart {
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
    readonly files: readonly ServiceFile[];
}

/**
 * @param agent - program and arguments
 * @param handsToken - whether the agent hands its login to the application
 */
export function agentStart(agent: readonly string[], deliveries: readonly Delivery[], handsToken: boolean): AgentStart {
    const sources = deliveries.map(({ file, from, path }) => `${file} ${from} ${path}`);
    const lines = [...sources, ...(handsToken ? [`${TOKEN_FILE} token`] : [])];
    return {
        entrypoint: ["/bin/sh", `${FILES}/${SCRIPT}`],
        command: [`${FILES}/${DECLARED}`, RENDERED_SECRETS, ...agent],
        files: [
            { path: SCRIPT, content: AGENT_SH },
            { path: DECLARED, content: lines.map((line) => `${line}\n`).join("") },
        ],
    };
}
