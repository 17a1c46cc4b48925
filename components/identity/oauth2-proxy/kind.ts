/** oauth2-proxy: the edge asks it before it passes a request on to a protected route. */

import type { Kind } from "../../kind";

/** Name of its service. */
export const OAUTH2_PROXY = "oauth2-proxy";

export const OAUTH2_PROXY_PORT = 4180;

export const oauth2Proxy: Kind<object, never> = {
    role: "guest",
    service: OAUTH2_PROXY,
    // Logins of older releases can be bypassed (GHSA-5hvv-m4w4-gf6v, GHSA-7x63-xv5r-3p2x).
    fixedRelease: [7, 15, 2],
    image: "oauth2-proxy",
    ports: { http: OAUTH2_PROXY_PORT },
    limits: { memoryMiB: 64, cpus: 0.5, processes: 4096 },
    probe: () => ({
        test: ["CMD-SHELL", `wget -q -O /dev/null http://127.0.0.1:${OAUTH2_PROXY_PORT}/ping`],
        startPeriod: 15,
    }),
};
