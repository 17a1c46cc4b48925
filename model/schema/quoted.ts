/** How messages show a value: the value itself when it cannot be a secret, else its type. */

/** Longest text that messages quote. */
const LONGEST = 40;

/**
 * Whether a text is a short plain word: a name, a path, an address. A text with other characters could be a password or
 * contain one.
 */
export function isPlain(text: string): boolean {
    return text.length <= LONGEST && /^[A-Za-z0-9._/-]*$/.test(text);
}

/** A number, a boolean or a short plain word as it is; the type of everything else. */
export function quoted(value: unknown): string {
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return typeof value === "string" && isPlain(value) ? `"${value}"` : typeOf(value);
}

/** The type of a value, for people. */
export function typeOf(value: unknown): string {
    if (value === null) return "null";
    if (Array.isArray(value)) return value.length > 0 ? "a list" : "an empty list";
    switch (typeof value) {
        case "string":
            return value.length > LONGEST ? `a text of ${value.length} characters` : "a text";
        case "object":
            return "a map";
        default:
            return `a ${typeof value}`;
    }
}
