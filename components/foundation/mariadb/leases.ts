/** Logins that Vault makes on a MariaDB server, and ends. */

import type { Leases } from "../../kind";
import { LEASED } from "./names";

/** Both statements are calls of procedures that cannot do more than that: see `sql/030-manager.ts`. */
export const LEASES: Leases = {
    plugin: "mysql-database-plugin",
    block: "mysql",
    options: {
        usernameTemplate: `{{ printf "${LEASED}%s-%s-%s" (.RoleName | truncate 20) (random 20) (unix_time) | truncate 80 }}`,
    },
    // A new login's password crosses as text, so the connection is encrypted. The server makes its certificate anew at each start,
    // so there is nothing to check it against: server and Vault are alone in the zone between them.
    connectionUrl: (host, port) => `{{username}}:{{password}}@tcp(${host}:${port})/?tls=skip-verify`,
    creation: (user) => [`CALL strata.begin_login('{{name}}', '{{password}}', '${user}');`],
    // A login of MariaDB has no time at which it ends by itself: see `sql/040-forgotten.ts`.
    renewal: [],
    revocation: ["CALL strata.end_login('{{name}}');"],
};
