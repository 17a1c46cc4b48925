/** How long the internal authorities live, in seconds. The command line announces their end and renews them. */

const YEAR = 365 * 24 * 3600;

/** Of the environment's root: ten years. */
export const ROOT_SECONDS = 10 * YEAR;

/** Of a product's authority, at most. */
export const INTERMEDIATE_SECONDS = 5 * YEAR;
