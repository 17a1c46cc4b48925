/** How long the internal authorities live, in seconds. The command line announces their end and renews them. */

const YEAR = 365 * 24 * 3600;

/** Life of the environment's root: ten years. */
export const ROOT_SECONDS = 10 * YEAR;

/** Longest life of a product's authority. */
export const INTERMEDIATE_SECONDS = 5 * YEAR;
