/** Names of environments, and which environments are throw-away. */

import { slug } from "./grammar";

/** The form of an environment's name, which is the stack's: part of every physical name and of every database's. */
export const ENVIRONMENT_NAME = slug(20);

/** Prefix of the environments of tests, for them alone: what tests leave behind is removed without a question. */
export const TEST_PREFIX = "test-";

/**
 * Environments that tests create and remove. `operators` is not a throw-away environment: a test with two operators runs
 * there and answers the questions that strata asks outside throw-away environments.
 */
export const RESERVED_FOR_TESTS: readonly string[] = [`${TEST_PREFIX}*`, "operators"];

/** Environments whose data may be deleted at any time: the one on a person's own machine, and those of tests. */
export const THROWAWAY: readonly string[] = ["local", `${TEST_PREFIX}*`];

/**
 * Whether an environment is among those that a setting names.
 *
 * @param names - `local`, or `test-*` for all that begin with `test-`
 */
export function isAmong(environment: string | undefined, names: unknown): boolean {
    return ((names as readonly string[] | undefined) ?? []).some((name) =>
        name.endsWith("*") ? environment?.startsWith(name.slice(0, -1)) : environment === name,
    );
}

/** Whether an environment is one of {@link THROWAWAY}. */
export function isThrowaway(environment: string): boolean {
    return isAmong(environment, THROWAWAY);
}
