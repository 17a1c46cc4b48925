/** How the first person of an environment gets in, and where people log in. Pure. */

import { ADMIN_GROUP } from "../../model/identity/realm";
import { npmRun } from "../failure";
import { accountPage, hasPages, publicUrl } from "./pages";
import type { Declared } from "../stacks/platform";

type Pages = Pick<Declared, "platform" | "config">;
type Route = Pages["platform"]["services"][number]["routes"][number];

/** URLs for people. */
export interface LoginPlaces {
    /** A person's own account: password, second factor, sessions. */
    readonly account: string;
    /** Routes with pages that ask for a login and then let the person in. */
    readonly protected: readonly string[];
}

/**
 * Where a member of some groups logs in.
 *
 * @throws RangeError for a stack without Keycloak
 */
export function loginPlaces({ platform, config }: Pages, groups: readonly string[]): LoginPlaces {
    const roles = (platform.realm?.groups ?? []).filter(({ name }) => groups.includes(name)).flatMap((it) => it.roles);
    const letsIn = ({ auth, roles: asked = [] }: Route): boolean =>
        auth && (asked.length === 0 || asked.some((role) => roles.includes(role)));
    const routes = platform.services
        .filter((service) => hasPages(service, config))
        .flatMap((service) => service.routes.filter(letsIn));
    return {
        account: accountPage({ platform }),
        protected: routes.map((route) => publicUrl(config, route)),
    };
}

/** The command that makes the first person. */
export function firstPerson(stack: string): string {
    const words = ["--username", "<name>", "--email", "<address>", "--group", ADMIN_GROUP];
    return npmRun("strata", stack, "person", "add", ...words);
}

/** Lines that are shown while the realm has no accounts. */
export function firstPersonLines(declared: Pages, stack: string): string[] {
    const { account, protected: urls } = loginPlaces(declared, [ADMIN_GROUP]);
    return [
        "nobody has an account yet; make the first one, with a second factor and a temporary password that is shown once:",
        `  ${firstPerson(stack)}`,
        `  the person logs in at ${[account, ...urls].join(" or ")}`,
    ];
}
