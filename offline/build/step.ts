/**
 * Settings that all parts of the offline set-up share.
 */
export interface OfflineContext {
    /** Root of the strata checkout: where `package.json`, `node_modules` and `offline/` are. */
    readonly projectRoot: string;
    /** Root of the cache, shared by all checkouts: `${STRATA_CACHE:-${XDG_CACHE_HOME:-~/.cache}/strata}`. */
    readonly cache: string;
    /** Environment in which the steps start their commands. Steps add to it, and never read `process.env`. */
    readonly environment: NodeJS.ProcessEnv;
}

/**
 * One artefact of the offline set-up: a binary, a plugin, an image.
 *
 * Steps of one lane run in the order of their list. Each is idempotent and atomic: an interrupted run leaves either the old artefact or
 * the new one, so starting again resumes.
 */
export interface Step {
    /** Unique, readable, and usable as a file name: `toolchain-pulumi`, `plugin-docker`. */
    readonly name: string;
    /**
     * Lane of the step. Steps of different lanes do not depend on each other, so one may compile while the other downloads or links.
     * @default the lane of everything but images
     */
    readonly lane?: "images";
    /** Whether the artefact exists and was made from the current inputs. Takes milliseconds. */
    isCurrent(): Promise<boolean>;
    /**
     * Makes the artefact.
     *
     * @param log - receives progress, a line at a time, without the line break
     * @throws StepError naming the step, the command, its last lines and the log file
     */
    run(log: (line: string) => void): Promise<void>;
}
