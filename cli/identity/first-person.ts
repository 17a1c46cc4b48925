/** How the first person of an environment gets in, and where people log in. Pure. */

import { ADMIN_GROUP } from "../../model/identity/realm";
import { npmRun } from "../failure";
import type { Declared } from "../stacks/platform";

/** URLs for people. */
export interface LoginPlaces {
    /** A person's own account: password, second factor, sessions. */
    readonly account: string;
    /** Routes that ask for a login and then let the person in. */
    readonly protected: readonly string[];
}

/**
 * Where a member of some groups logs in.
 *
 * @throws RangeError for a stack without Keycloak
 */
export function loginPlaces(
    { platform, config }: Pick<Declared, "platform" | "config">,
    groups: readonly string[],
): LoginPlaces {
    const { realm } = platform;
    if (realm === undefined) throw new RangeError("the stack has no realm");
    const port = config.edge.https.port === 443 ? "" : `:${config.edge.https.port}`;
    const given = realm.groups.filter(({ name }) => groups.includes(name)).flatMap(({ roles }) => roles);
    const routes = platform.services
        .flatMap((service) => service.routes)
        .filter(({ auth, roles = [] }) => auth && (roles.length === 0 || roles.some((role) => given.includes(role))));
    return {
        account: `${realm.issuer}/account/`,
        protected: routes.map(({ host, path }) => `https://${host}${port}${path}`),
    };
}

/** The command that makes the first person. */
export function firstPerson(stack: string): string {
    const words = ["--username", "<name>", "--email", "<address>", "--group", ADMIN_GROUP];
    return npmRun("strata", stack, "person", "add", ...words);
}

/** What is said while nobody has an account. */
export function firstPersonLines(declared: Pick<Declared, "platform" | "config">, stack: string): string[] {
    const { account, protected: urls } = loginPlaces(declared, [ADMIN_GROUP]);
    return [
        "nobody has an account yet; make the first one, with a second factor and a temporary password that is shown once:",
        `  ${firstPerson(stack)}`,
        `  the person logs in at ${[account, ...urls].join(" or ")}`,
    ];
}
