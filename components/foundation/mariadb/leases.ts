/** How Vault creates and ends logins on a MariaDB server. */

import type { Leases } from "../../kind";
import { LEASED } from "./names";

/** Both statements call procedures that can do nothing else: see `sql/030-manager.ts`. */
export const LEASES: Leases = {
    plugin: "mysql-database-plugin",
    block: "mysql",
    options: {
        usernameTemplate: `{{ printf "${LEASED}%s-%s-%s" (.RoleName | truncate 20) (random 20) (unix_time) | truncate 80 }}`,
    },
    // A new login's password travels as text, so the connection is encrypted. The server creates a new certificate at each
    // start, so Vault cannot check it. Server and Vault are alone in the zone between them.
    connectionUrl: (host, port) => `{{username}}:{{password}}@tcp(${host}:${port})/?tls=skip-verify`,
    creation: (user) => [`CALL strata.begin_login('{{name}}', '{{password}}', '${user}');`],
    // A login of MariaDB cannot expire by itself: see `sql/040-forgotten.ts`.
    renewal: [],
    revocation: ["CALL strata.end_login('{{name}}');"],
};
