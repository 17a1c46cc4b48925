/** `strata rotate secret-ids`: new logins for the services' agents, before the old ones end by themselves. */

import { ExitCode, Failure, npmRun, rejected } from "../failure";
import type { KnownState } from "../pulumi/state";
import { deploy, type UpOptions } from "./up";

/** Options of `rotate`. */
export interface RotateOptions extends UpOptions {
    /** Names of services. @default all */
    readonly service?: readonly string[];
}

const SECRET_IDS = "secret-ids";

/**
 * An update that replaces secret-ids: each new one is made, handed to its agent, which logs in with it, and only then is the old
 * one taken back.
 *
 * @returns exit code: 0 everything runs and is healthy, 1 something does not
 * @throws Failure when there is nothing of the kind, or no such service
 */
export function rotate([what = ""]: readonly string[], options: RotateOptions): Promise<number> {
    if (what !== SECRET_IDS)
        throw rejected("rotate", what, [SECRET_IDS], `run: ${npmRun("strata", undefined, "rotate", SECRET_IDS)}`);
    return deploy(["strata", "rotate", SECRET_IDS], options, async ({ pulumi, stack }) =>
        replaceArguments(await pulumi.state(), stack.name, options.service),
    );
}

/** What makes `pulumi up` replace the secret-ids of these services. Pure. */
export function replaceArguments(
    { secretIds }: Pick<KnownState, "secretIds">,
    stack: string,
    services?: readonly string[],
): string[] {
    const known = secretIds.map(({ service }) => service).sort();
    if (known.length === 0) {
        throw new Failure(
            `${stack} has no ${SECRET_IDS}: services have logins in stacks with strata:identity.vault`,
            `set it to { vault: {} } in the stack's file, then run: ${npmRun("up", stack)}`,
            ExitCode.unknown,
        );
    }
    for (const service of services ?? []) {
        if (!known.includes(service)) throw rejected("--service", service, known, "name one of these, or none for all");
    }
    return secretIds
        .filter(({ service }) => services === undefined || services.includes(service))
        .flatMap(({ urn }) => ["--replace", urn]);
}
