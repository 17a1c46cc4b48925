/** A server that speaks Vault's API: HashiCorp's or OpenBao, see `servers.ts`. */

import type { Kind } from "../../kind";
import { NUMBERED } from "./data";
import { VAULT_PORT, vaultTest } from "./servers";

export { isSealedBy, sealCommand, sealFolder, VAULT_INSIDE, VAULT_PORT, VAULT_SERVERS } from "./servers";

/** Name of the kind, and of its service. */
export const VAULT = "vault";

/** Vault's address for services and agents. */
export const VAULT_ADDRESS = `http://${VAULT}:${VAULT_PORT}`;

/** Added to `strata:management.port`: the port of Vault's API on the host. */
export const VAULT_MANAGEMENT_OFFSET = 1;

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
    // Twice what the server itself needs: the health check starts the same large program a second time, in the same memory.
    // Within 256 MiB a configured server dropped its own code pages until it stopped answering.
    limits: { memoryMiB: 512, cpus: 0.5, processes: 4096 },
    // Its volume starts with the rights that the image gives it.
    keepsImageUser: true,
    inside: { provider: "vault", dataOf: VAULT, keepsValues: true, numbered: NUMBERED },
    probe: (_service, { vault: settings }) => ({ test: vaultTest(settings, VAULT_PORT), startPeriod: 30 }),
};
