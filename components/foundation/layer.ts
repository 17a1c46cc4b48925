/** The base of all other layers: the server that keeps secrets. */

import { consoleRoutes } from "../../model/identity/consoles";
import { secretManagers } from "../../model/identity/realm";
import { platformService, platformZone } from "../../model/platform-service";
import { isProgram } from "../kinds";
import type { Layer } from "../layer";
import { VAULT, VAULT_MANAGEMENT_OFFSET, VAULT_PORT, VAULT_SERVERS } from "./vault/kind";

/** Zone between Vault and the edge. */
export const VAULT_ZONE = "vault-net";

const SUBNETS = { [VAULT_ZONE]: 5 };

export const foundation: Layer = {
    name: "foundation",
    subnets: SUBNETS,
    services: [VAULT],
    guests: [VAULT],
    contribute: ({ config, products, services }) => ({
        zones: [platformZone(config, VAULT_ZONE, SUBNETS[VAULT_ZONE], "platform")],
        services: [
            platformService(config, {
                kind: VAULT,
                name: VAULT,
                layer: "foundation",
                spec: {},
                image: VAULT_SERVERS[config.vault.server].image,
                zones: [VAULT_ZONE],
                routes: consoleRoutes("vault", config, VAULT_PORT, secretManagers(products)),
            }),
        ],
        // Requirement A3: Vault is up before every service that asks it for secrets. The edge does not ask Vault.
        additions: services.filter(isProgram).map(({ name }) => ({ service: name, startsAfter: [VAULT] })),
        // Providers and operators reach Vault through this entry point only.
        entryPoints: [
            {
                name: VAULT,
                inside: 9001,
                offset: VAULT_MANAGEMENT_OFFSET,
                to: { service: VAULT, port: VAULT_PORT, zone: VAULT_ZONE },
            },
        ],
    }),
};
