/**
 * Skips source mapping for the SDK's internal stack captures, which nobody reads.
 *
 * The SDK records where each promise and resource was made: it reads `new Error().stack` some thousands of times for a program of this
 * size. Each reading maps every frame to its TypeScript source. Those errors have no message; every error that a person could see has
 * one, and is mapped as before. This halves the time of a preview. In return, the SDK's own debug output does not show where a leaked
 * promise was made.
 */
const mapped = Error.prepareStackTrace?.bind(Error);

Error.prepareStackTrace = (error, frames) =>
    error.message === "" || mapped === undefined ? String(error) : (mapped(error, frames) as unknown);
