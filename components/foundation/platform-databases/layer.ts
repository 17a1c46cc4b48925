/** The platform's own Postgres, for layers that need databases (requirement C1). Without such a layer it does not exist. */

import { platformService, platformZone } from "../../../model/platform-service";
import type { Layer } from "../../layer";
import { databaseName, databaseUser } from "../databases";
import { POSTGRES_PORT } from "../postgres/kind";

/** Name of the server's service. */
export const PLATFORM_POSTGRES = "postgres";

/** Zone of the server and its clients. */
const ZONE = "platform-db-net";

const SUBNETS = { [ZONE]: 6 };

export const platformDatabases: Layer = {
    name: "foundation",
    subnets: SUBNETS,
    services: [PLATFORM_POSTGRES],
    guests: [],
    contribute({ config, environment, databases }) {
        if (databases.length === 0) {
            return {};
        }
        const clients = [...new Set(databases.flatMap((database) => database.clients))];
        return {
            zones: [platformZone(config, ZONE, SUBNETS[ZONE], "data")],
            services: [
                platformService(config, {
                    kind: "postgres",
                    name: PLATFORM_POSTGRES,
                    layer: "foundation",
                    spec: {
                        databases: databases.map(({ name, clients: own, extensions = [] }) => ({
                            name: databaseName(name, environment),
                            role: databaseUser(name),
                            extensions,
                            clients: own,
                            migrates: true,
                        })),
                    },
                    zones: [ZONE],
                }),
            ],
            additions: clients.map((service) => ({ service, zones: [ZONE], startsAfter: [PLATFORM_POSTGRES] })),
            flows: clients.map((from) => ({ from, to: PLATFORM_POSTGRES, port: POSTGRES_PORT, zone: ZONE })),
        };
    },
};
