/**
 * Makes the stack traces that nobody reads cheap.
 *
 * The SDK notes where each promise and resource was made by reading `new Error().stack`, some thousands of times for a program of this size, and each reading
 * maps every frame to its TypeScript source. Those errors have no message; every error that a person could see has one and
 * is mapped as before. Halves the time of a preview; costs the origin of a leaked promise in the SDK's own debug output.
 */
const mapped = Error.prepareStackTrace?.bind(Error);

Error.prepareStackTrace = (error, frames) =>
    error.message === "" || mapped === undefined ? String(error) : (mapped(error, frames) as unknown);
