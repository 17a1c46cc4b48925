/** What messages say of a value: itself when it can be no secret, else what it is. */

/** Characters of a value that messages quote. */
const LONGEST = 40;

/** Whether a text is a short plain word: a name, a path, an address. One with other characters could be a password, or hold one. */
export function isPlain(text: string): boolean {
    return text.length <= LONGEST && /^[A-Za-z0-9._/-]*$/.test(text);
}

/** A number, a switch or a short plain word as it is, of everything else its type. */
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
