/** What Pulumi needs to reach a stack's state: the backend, the login, and what opens the secrets. */

import { basename } from "node:path";

import { isThrowaway } from "../../model/environments";
import { Failure } from "../failure";
import { type Backend, BACKEND_FORMS, backendOf, credentialsFolder } from "./backend";
import { readStackFile } from "./copy";
import { needsPassphrase, passphraseVariables } from "./passphrase";
import { hasState, type Stack } from "./stack";

/** A way to a stack's state. */
export interface StateAccess {
    readonly backend: Backend;
    /** Variables of `pulumi`. */
    readonly variables: NodeJS.ProcessEnv;
}

/**
 * Refuses a stack whose operator has not said where its state is and what opens its secrets. Reads files and variables only: nothing
 * is made, started or asked, so this can come before everything else.
 *
 * @throws Failure with a line for each thing that is missing
 */
export function requireLogin(stack: Stack, caller: NodeJS.ProcessEnv = process.env): void {
    if (!isThrowaway(stack.name)) stateAccess(stack, caller);
}

/**
 * How `pulumi` reaches the state of a stack. Makes the passphrase of a throw-away stack on its first use, and nothing else.
 *
 * @param caller - the operator's environment
 * @throws Failure with a line for each thing that the operator has not said
 */
export function stateAccess(stack: Stack, caller: NodeJS.ProcessEnv = process.env): StateAccess {
    const backend = backendOf(stack, caller);
    const passphrase = passphraseVariables(stack, backend, caller);
    const isLocked = passphrase === undefined && needsPassphrase(readStackFile(stack.source), backend);
    if (backend === undefined || isLocked) throw unsaid(stack, backend, isLocked);
    return {
        backend,
        variables: {
            ...(isThrowaway(stack.name) ? {} : { PULUMI_CREDENTIALS_PATH: credentialsFolder(caller) }),
            PULUMI_BACKEND_URL: backend.url,
            ...passphrase,
        },
    };
}

/** Whether a passphrase is given. */
export function hasPassphrase({ variables }: StateAccess): boolean {
    return (variables.PULUMI_CONFIG_PASSPHRASE ?? variables.PULUMI_CONFIG_PASSPHRASE_FILE) !== undefined;
}

function unsaid(stack: Stack, backend: Backend | undefined, isLocked: boolean): Failure {
    const where = `pulumi login <url>, or export PULUMI_BACKEND_URL=<url> (${BACKEND_FORMS.join(", ")})`;
    const key =
        "export PULUMI_CONFIG_PASSPHRASE_FILE=<file with the passphrase>, " +
        `or a secretsprovider in ${basename(stack.source)}`;
    const older =
        backend === undefined && hasState(stack)
            ? [`  (this checkout has a state of ${stack.name}: export PULUMI_BACKEND_URL=file://${stack.stateFolder})`]
            : [];
    const what = [
        backend === undefined ? "where its state is" : "",
        isLocked ? "what its secrets are encrypted with" : "",
    ];
    return new Failure(
        `nothing says for ${stack.name} ${what.filter(Boolean).join(" and ")}; missing:`,
        "do that, then run it again; nothing was touched",
        undefined,
        [...(backend === undefined ? [`  ${where}`] : []), ...(isLocked ? [`  ${key}`] : []), ...older],
    );
}
