/** Errors that end a command with a sentence for the user instead of a stack trace. */

import { EngineError } from "../engine/error";

/** Exit codes of every verb. */
export const ExitCode = {
    /** All is as it should be. */
    holds: 0,
    /** Something is broken: a service, the isolation, a declaration that a policy refuses, an update that failed half-way. */
    broken: 1,
    /**
     * Could not tell, or refused before anything was touched: wrong options, a wrong stack file, a machine or an engine that cannot
     * run the stack, a stack that somebody else works on. Also an update that waits for Vault's operators.
     */
    unknown: 2,
    /** Changes although `--expect-no-changes` was given. */
    changes: 7,
    /** Stopped by Ctrl-C. */
    interrupted: 130,
} as const;

/**
 * Ends the command. `message` says what, which value and what is accepted; `next` what to do.
 */
export class Failure extends Error {
    override readonly name = "Failure";

    /**
     * @param message - one sentence, no trailing period needed
     * @param next - the next step, as a command where there is one
     * @param exitCode - one of {@link ExitCode}. @default 2, because most failures happen before anything was touched
     * @param details - lines of evidence (the end of a log, a check's output), printed below the message
     */
    constructor(
        message: string,
        readonly next: string,
        readonly exitCode: number = ExitCode.unknown,
        readonly details: readonly string[] = [],
    ) {
        super(message);
    }
}

/**
 * A command as the user can type it in the checkout: `npm run up -- --stack staging`.
 *
 * @param stack - left out when it is the default
 */
export function npmRun(verb: string, stack?: string, ...words: readonly string[]): string {
    const all = [...words, ...(stack === undefined || stack === "local" ? [] : ["--stack", stack])];
    return `npm run ${verb}${all.length > 0 ? ` -- ${all.join(" ")}` : ""}`;
}

/**
 * A wrong option or argument.
 *
 * @param option - as the user writes it, for example `--stack`
 * @param value - what was given
 * @param accepted - the values that would do; an empty list means that there are none
 * @param next - the next step
 */
export function rejected(option: string, value: string, accepted: readonly string[], next: string): Failure {
    const list = accepted.length > 0 ? accepted.join(", ") : "nothing";
    return new Failure(`${option}: ${JSON.stringify(value)} is unknown; accepted: ${list}`, next);
}

/**
 * An error as a sentence for a person. A {@link Failure} stays as it is. Errors with a text for people (of the engine, of the
 * isolation probe or of a build) lose their stack trace. What the language itself throws is a mistake in strata and needs its
 * stack trace: the result is `undefined`.
 */
export function asFailure(error: unknown): Failure | undefined {
    if (error instanceof Failure) return error;
    if (error instanceof EngineError) {
        return new Failure(error.message, error.next, error.isBroken ? ExitCode.broken : ExitCode.unknown);
    }
    if (!(error instanceof Error)) return undefined;
    const unwritable = asUnwritable(error);
    if (unwritable) return unwritable;
    if (error.constructor !== Error || "code" in error) return undefined;
    const [what = "", ...details] = error.message.split("\n");
    return new Failure(
        what,
        `mend what it says, then run it again; ${npmRun("doctor")} says more`,
        ExitCode.unknown,
        details,
    );
}

const UNWRITABLE: Readonly<Record<string, string>> = {
    EACCES: "this user may not write there",
    EPERM: "this user may not write there",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
};

/** Refusals of the file system: a fault of the machine, not of strata. Node says ENOENT when `mkdir` meets a read-only file system. */
function asUnwritable({ code = "", path, syscall }: NodeJS.ErrnoException): Failure | undefined {
    const why = UNWRITABLE[code === "ENOENT" && syscall === "mkdir" ? "EROFS" : code];
    if (why === undefined || path === undefined) return undefined;
    return new Failure(
        `${path} cannot be written: ${why}`,
        "make room or give this user the folder; the cache can be elsewhere (STRATA_CACHE), the state is in the checkout",
    );
}
