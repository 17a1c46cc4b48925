/** Keycloak: the identity provider. */

import type { Kind } from "../../kind";

/** Name of the server's service. */
export const KEYCLOAK = "keycloak";

/** Name of the service of Keycloak's database. */
export const KEYCLOAK_POSTGRES = "keycloak-postgres";

export const KEYCLOAK_PORT = 8080;

/** Keycloak's address inside its zone, for oauth2-proxy's calls. */
export const KEYCLOAK_INTERNAL = `http://${KEYCLOAK}:${KEYCLOAK_PORT}`;

/** Port of Keycloak's own health and metrics; it listens on the container's loopback address only. */
export const KEYCLOAK_HEALTH_PORT = 9000;

/** Health check in bash: the image has neither curl nor wget. */
const READY =
    `exec 3<>/dev/tcp/127.0.0.1/${KEYCLOAK_HEALTH_PORT}` +
    ` && printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3` +
    ` && head -n 1 <&3 | grep -q ' 200 '`;

export const keycloak: Kind<object, never> = {
    role: "guest",
    service: KEYCLOAK,
    management: {
        entryPoint: KEYCLOAK,
        page: (origin, _isMadeHere, realm) => `${origin}/admin/${realm}/console/`,
    },
    image: "keycloak",
    ports: { http: KEYCLOAK_PORT },
    // 70 % heap and about 300 MB for the rest:
    // https://www.keycloak.org/high-availability/multi-cluster/concepts-memory-and-cpu-sizing
    limits: { memoryMiB: 1280, cpus: 2, processes: 4096 },
    inside: { provider: "keycloak", dataOf: KEYCLOAK_POSTGRES },
    probe: () => ({ test: ["CMD", "bash", "-c", READY], startPeriod: 300 }),
};
