/** What every other layer stands on: Vault, and the databases of the platform itself. */

import { consoleRoutes } from "../../model/identity/consoles";
import { keepersOf } from "../../model/identity/realm";
import { platformService, platformZone } from "../../model/platform-service";
import { hasRole } from "../kinds";
import type { Layer } from "../layer";
import { databaseName, databaseRole } from "./postgres/kind";
import { VAULT, VAULT_PORT, VAULT_SERVERS } from "./vault/kind";

/** The server of the platform's own databases. */
export const PLATFORM_POSTGRES = "postgres";

/** Between Vault and the edge. */
export const VAULT_ZONE = "vault-net";

const DATABASES_ZONE = "platform-db-net";

const SUBNETS = { [VAULT_ZONE]: 5, [DATABASES_ZONE]: 6 };

export const foundation: Layer = {
    name: "foundation",
    subnets: SUBNETS,
    services: [VAULT, PLATFORM_POSTGRES],
    guests: [VAULT],
    contribute({ environment, config, products, services }) {
        const databases = config.platformDatabases.map((name) => ({
            name: databaseName(name, environment),
            role: databaseRole(name),
            extensions: [],
            clients: [],
        }));
        const vault = platformService(config, {
            kind: "vault",
            name: VAULT,
            layer: "foundation",
            spec: {},
            image: VAULT_SERVERS[config.vault.server].image,
            zones: [VAULT_ZONE],
            routes: consoleRoutes("vault", config, VAULT_PORT, keepersOf(products)),
        });
        const postgres = platformService(config, {
            kind: "postgres",
            name: PLATFORM_POSTGRES,
            layer: "foundation",
            spec: { databases },
            zones: [DATABASES_ZONE],
        });
        const hasDatabases = databases.length > 0;
        return {
            zones: [
                platformZone(config, VAULT_ZONE, SUBNETS[VAULT_ZONE], "platform"),
                ...(hasDatabases ? [platformZone(config, DATABASES_ZONE, SUBNETS[DATABASES_ZONE], "data")] : []),
            ],
            services: [...(hasDatabases ? [postgres] : []), vault],
            // Requirement A3: Vault is up before anything that will ask it for secrets. The edge is not among those.
            additions: services
                .filter((service) => hasRole(service, "application"))
                .map(({ name }) => ({ service: name, after: [VAULT] })),
            // Providers and operators reach Vault that way, and only that way.
            entryPoints: [
                { name: VAULT, inside: 9001, offset: 1, to: { service: VAULT, port: VAULT_PORT, zone: VAULT_ZONE } },
            ],
        };
    },
};
