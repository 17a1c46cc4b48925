/** `strata rotate`: new logins for the services' agents and new certificates for authorities, before the old ones end. */

import { ExitCode, Failure, npmRun, rejected } from "../failure";
import { INTERMEDIATE_SECONDS } from "../../model/secrets/authority";
import { AUTHORITY_NOTICE_DAYS } from "../pulumi/endings";
import { type Begin, type Deed, NOTHING_ELSE } from "../pulumi/deeds";
import type { KnownState } from "../pulumi/state";
import { unprotect } from "../pulumi/state-document";
import { deploy, type UpOptions } from "./up";

/** Options of `rotate`. */
export interface RotateOptions extends UpOptions {
    /** Names of services. @default all */
    readonly service?: readonly string[];
}

const SECRET_IDS = "secret-ids";
const AUTHORITIES = "authorities";

/**
 * An update that replaces secret-ids, or one that signs the authorities' certificates anew.
 *
 * Each agent gets its new secret-id and logs in with it; only then is the old secret-id revoked. The authorities' keys stay.
 *
 * @returns exit code: 0 everything runs and is healthy, 1 something does not
 * @throws Failure when there is nothing of the kind, or no such service
 */
export function rotate([what = ""]: readonly string[], options: RotateOptions): Promise<number> {
    const begin = { [AUTHORITIES]: authorities, [SECRET_IDS]: secretIds }[what];
    if (begin === undefined)
        throw rejected(
            "rotate",
            what,
            [SECRET_IDS, AUTHORITIES],
            `run: ${npmRun("strata", undefined, "rotate", SECRET_IDS)}`,
        );
    return deploy(["strata", "rotate", what], options, begin(options));
}

function secretIds({ service }: RotateOptions): Begin {
    return ({ stack }, state) =>
        Promise.resolve({ ...NOTHING_ELSE, args: replaceArguments(state, stack.name, service) });
}

/** New certificates of the authorities. */
export function authorities(): Begin {
    return ({ stack }, state) => {
        const { roots, args } = authorityArguments(state, stack.name, Date.now());
        return Promise.resolve({ ...NOTHING_ELSE, args, deeds: roots.length > 0 ? [replacing(roots)] : [] });
    };
}

/** Takes the protection off root authorities: Pulumi does not replace a protected resource. */
function replacing(roots: readonly string[]): Deed {
    return {
        says: ["the root authority ends before the authorities that it would sign: it is made anew too"],
        toState: async ({ pulumi }) => {
            await pulumi.rewrite((exported) => unprotect(exported, roots));
            return [];
        },
    };
}

/** Arguments that make `pulumi up` replace the secret-ids of these services. Pure. */
export function replaceArguments(
    { secretIds }: Pick<KnownState, "secretIds">,
    stack: string,
    services?: readonly string[],
): string[] {
    const known = secretIds.map(({ service }) => service).sort();
    if (known.length === 0) {
        throw new Failure(
            `${stack} has no ${SECRET_IDS}: no service of it has logged in to Vault yet`,
            `run: ${npmRun("up", stack)}`,
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

/**
 * Arguments that make `pulumi up` sign the authorities' certificates anew. A root that would end before them is made anew too.
 * Roots are protected, so their protection has to be taken off first. Pure.
 */
export function authorityArguments(
    { authorities }: Pick<KnownState, "authorities">,
    stack: string,
    now: number,
): { readonly roots: readonly string[]; readonly args: readonly string[] } {
    if (authorities.length === 0) {
        throw new Failure(
            `${stack} has no ${AUTHORITIES}: products with a \`pki\` secret have one`,
            `what it has: ${npmRun("status", stack)}`,
        );
    }
    const needed = now + INTERMEDIATE_SECONDS * 1000 + AUTHORITY_NOTICE_DAYS * 24 * 3600 * 1000;
    const roots = authorities.filter(({ isRoot, ends }) => isRoot && ends < needed).map(({ urn }) => urn);
    const replaced = [...roots, ...authorities.filter(({ isRoot }) => !isRoot).map(({ urn }) => urn)];
    return { roots, args: replaced.flatMap((urn) => ["--replace", urn]) };
}
