/** What `up` and `status` say about the logins of people. */

import { Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { loginsOnce } from "../pulumi/logins";
import type { Pulumi } from "../pulumi/pulumi";
import { keycloakOf, Silent } from "./keycloak-admin";
import { loginProblems } from "./login-check";
import { countPeople } from "./people";

/** The logins of people, read back from Keycloak. */
export interface StateOfLogins {
    /** Differences between the realm's logins and the declared ones; empty when all is well. */
    readonly problems: readonly string[];
    /** How many people have an account; missing when Keycloak could not be asked. */
    readonly people?: number;
    /** Why Keycloak could not be asked. */
    readonly unknown?: string;
}

/**
 * Reads flows, bindings and the number of people. For a server that does not answer, `unknown` says so; nothing is thrown.
 *
 * @param logins - the program's own, where they are known already
 * @param patience - milliseconds for a server that does not answer yet: behind an edge that has just started. @default 20 000
 */
export async function stateOfLogins(
    pulumi: Pulumi,
    logins = loginsOnce(pulumi),
    patience = 20_000,
): Promise<StateOfLogins> {
    const deadline = Date.now() + patience;
    for (;;) {
        try {
            const keycloak = await keycloakOf(pulumi, logins);
            return { problems: await loginProblems(keycloak), people: await countPeople(keycloak) };
        } catch (error) {
            if (!(error instanceof Error)) throw error;
            if (error instanceof Silent && Date.now() < deadline) {
                await new Promise((resolve) => setTimeout(resolve, 1000));
                continue;
            }
            const reason = error instanceof Failure ? error.message : `Keycloak could not be asked: ${error.message}`;
            return { problems: [], unknown: reason };
        }
    }
}

/**
 * Says what is wrong with the logins of people, if anything.
 *
 * @returns whether anything is wrong
 */
export function sayLogins(progress: Progress, { problems, unknown }: StateOfLogins, stack: string): boolean {
    problems.forEach((text) => progress.line("✗", text));
    if (problems.length > 0)
        progress.print(`  next: ${npmRun("up", stack, "--refresh")}, which puts the declared steps back`);
    if (unknown !== undefined) progress.line("!", `the logins of people could not be checked: ${unknown}`);
    return problems.length > 0;
}
