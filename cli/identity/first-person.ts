/** How the first person of an environment gets in, and where people log in. Pure. */

import { npmRun } from "../failure";
import { accountPage, publicUrl, vaultHasPages } from "./pages";
import type { Declared } from "../stacks/platform";

/** URLs for people. */
export interface LoginPlaces {
    /** A person's own account: password, second factor, sessions. */
    readonly account: string;
    /** Routes that ask for a login, and have something to show after it. */
    readonly protected: readonly string[];
}

/** @throws RangeError for a stack without Keycloak */
export function loginPlaces({ platform, config }: Pick<Declared, "platform" | "config">): LoginPlaces {
    const routes = platform.services
        .filter(({ kind }) => kind !== "vault" || vaultHasPages(config))
        .flatMap((service) => service.routes.filter(({ auth }) => auth));
    return {
        account: accountPage({ platform }),
        protected: routes.map((route) => publicUrl(config, route)),
    };
}

/** The command that makes the first person. */
export function firstPerson(stack: string): string {
    const words = ["--username", "<name>", "--email", "<address>", "--group", "Administrators"];
    return npmRun("strata", stack, "person", "add", ...words);
}

/** What is said while nobody has an account. */
export function firstPersonLines(declared: Pick<Declared, "platform" | "config">, stack: string): string[] {
    const { account, protected: urls } = loginPlaces(declared);
    return [
        "nobody has an account yet; make the first one, with a second factor and a temporary password that is shown once:",
        `  ${firstPerson(stack)}`,
        `  the person logs in at ${[account, ...urls].join(" or ")}`,
    ];
}
