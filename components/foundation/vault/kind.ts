/** A server that speaks Vault's API: HashiCorp's or OpenBao, see `servers.ts`. */

import type { Kind } from "../../kind";
import { vaultTest } from "./servers";

export { opensItself, VAULT_SERVERS } from "./servers";

/** Name of the server's service. */
export const VAULT = "vault";

export const VAULT_PORT = 8200;

/** Where a program in the server's own container asks it. */
export const VAULT_INSIDE = `http://127.0.0.1:${VAULT_PORT}`;

export const vault: Kind<object, never> = {
    role: "guest",
    service: VAULT,
    management: {
        entryPoint: VAULT,
        // The Go module that `offline/images` builds is the API alone.
        hasPages: (isMadeHere) => !isMadeHere,
        page: (origin, isMadeHere) => (isMadeHere ? `${origin} (Vault's API)` : `${origin}/ui/`),
    },
    image: "vault",
    ports: { api: VAULT_PORT },
    // Twice of what S0 expects: the health check starts the same large program a second time in the same memory, and within
    // 256 MiB a configured server gave up its own code pages until nothing was answered.
    limits: { memoryMiB: 512, cpus: 0.5, processes: 4096 },
    // Its volume begins with the rights that the image gives it.
    keepsImageUser: true,
    hasResources: true,
    probe: (_service, { vault: server, identity }) => ({
        test: vaultTest(server, VAULT_PORT, identity?.vault !== undefined),
        startPeriod: 30,
    }),
};
