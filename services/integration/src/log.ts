/** Log lines: one JSON object a line, on standard output. */

export type Level = "debug" | "info" | "warn" | "error";

export type Fields = Readonly<Record<string, unknown>>;

export type Log = (level: Level, message: string, fields?: Fields) => void;

/** Logins in URLs, tokens and the like: what a message of a library may quote. */
const SECRETS: readonly [RegExp, string][] = [
    [/(\/\/[^\s:/@]*):[^\s/@]+@/g, "$1:***@"],
    [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, "$1 ***"],
    [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "***"],
    [/\bwhsec_[\w+/=-]+/g, "***"],
];

/** Removes what looks like a secret. The service logs none; this is for messages of libraries. */
export function withoutSecrets(text: string): string {
    return SECRETS.reduce((clean, [pattern, mask]) => clean.replace(pattern, mask), text);
}

/** The text of a line. An error among the fields becomes its message. */
export function logLine(time: Date, level: Level, message: string, fields: Fields = {}): string {
    const plain = Object.entries(fields).map(([name, value]) => [
        name,
        value instanceof Error ? reasonOf(value) : value,
    ]);
    return withoutSecrets(
        JSON.stringify({ time: time.toISOString(), level, message, ...(Object.fromEntries(plain) as Fields) }),
    );
}

/** What an error says, with the error that caused it. Some errors of connections have no message of their own. */
export function reasonOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
    const own = error.message || (error as NodeJS.ErrnoException).code || error.name;
    return inner === undefined ? own : `${own}: ${reasonOf(inner)}`;
}

export const log: Log = (level, message, fields) => {
    process.stdout.write(`${logLine(new Date(), level, message, fields)}\n`);
};
