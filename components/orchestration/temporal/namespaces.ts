/** How a namespace is made for each product: through the server's own frontend, which only its container reaches. Pure. */

import { type Namespace, TEMPORAL_HEALTH_PORT } from "./kind";

const DAY = 86_400;

/**
 * A script for `sh` inside the server's container. A namespace that exists gets its declared retention; one that is no longer declared
 * stays, with its workflows.
 *
 * @see https://docs.temporal.io/namespaces
 */
export function namespacesScript(namespaces: readonly Namespace[]): string {
    return [
        "set -eu",
        `api() { wget -q -O - --header 'Content-Type: application/json' "$@"; }`,
        `at=http://127.0.0.1:${TEMPORAL_HEALTH_PORT}/api/v1/namespaces`,
        ...namespaces.map(({ name, retention }) => {
            const seconds = `${retention * DAY}s`;
            const create = JSON.stringify({ namespace: name, workflowExecutionRetentionPeriod: seconds });
            const update = JSON.stringify({ config: { workflowExecutionRetentionTtl: seconds } });
            return (
                `if api $at/${name} >/dev/null 2>&1; then api --post-data '${update}' $at/${name}/update; ` +
                `else api --post-data '${create}' $at; fi >/dev/null`
            );
        }),
        "",
    ].join("\n");
}
