/** Compares the login flows of a realm and their bindings with the declared ones. */

import {
    BROWSER_FLOW,
    DIRECT_GRANT_FLOW,
    type FlowBindings,
    type LiveExecution,
    wrongBindings,
    wrongStep,
} from "../../model/identity/login-flows";
import { type KeycloakAdmin, Refused } from "./keycloak-admin";

/** @returns one sentence for each difference; empty when all is as declared */
export async function loginProblems(keycloak: KeycloakAdmin): Promise<string[]> {
    const wrong = wrongBindings(await keycloak.ask<FlowBindings>("GET", ""));
    for (const flow of [BROWSER_FLOW, DIRECT_GRANT_FLOW]) {
        try {
            const path = `/authentication/flows/${encodeURIComponent(flow.alias)}/executions`;
            const step = wrongStep(flow, await keycloak.ask<LiveExecution[]>("GET", path));
            if (step !== undefined) wrong.push(step);
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            wrong.push(error.message);
        }
    }
    return wrong.map((text) => `logins of the realm ${keycloak.login.realm}: ${text}`);
}
