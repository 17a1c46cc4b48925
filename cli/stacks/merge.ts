/**
 * Settings that have two authors: the committed stack file, and `pulumi config set` on this checkout's copy of it. A record of what
 * was written there last time tells who changed what. Pure.
 */

/** The settings of a stack, by key. */
export type Settings = Readonly<Record<string, unknown>>;

/** What the copy was made of last time. */
export interface CopyRecord {
    /** Settings of the committed file then. */
    readonly source: Settings;
    /** Settings that were written to the copy then. */
    readonly written: Settings;
}

/** Settings for the copy, and where they are not those of the committed file. */
export interface Merged {
    readonly settings: Settings;
    /** Paths of settings that were made on the copy, for example `strata:edge.https.port`. */
    readonly own: readonly string[];
}

/**
 * The committed file's settings with those that were made on the copy.
 *
 * A value that was set on the copy stays until it is removed there with `pulumi config rm`, whatever the committed file says
 * meanwhile. A value that was only taken over follows the committed file. Mappings are merged key by key, lists and secrets are
 * one value.
 *
 * @param source - of the committed file
 * @param copy - as it is now
 * @param record - missing for a copy of an earlier release: only its secrets are known to be its own
 */
export function mergeSettings(source: Settings, copy: Settings, record: CopyRecord | undefined): Merged {
    if (record) return merge(source, copy, record.source, record.written, "");
    const secrets = Object.entries(copy).filter(([key, value]) => isSecret(value) && !(key in source));
    return { settings: { ...Object.fromEntries(secrets), ...source }, own: secrets.map(([key]) => key) };
}

function merge(source: Settings, copy: Settings, before: Settings, written: Settings, prefix: string): Merged {
    const settings: Record<string, unknown> = {};
    const own: string[] = [];
    for (const key of new Set([...Object.keys(source), ...Object.keys(copy)])) {
        const path = prefix === "" ? key : `${prefix}.${key}`;
        const [s, c, b, w] = [source[key], copy[key], before[key], written[key]];
        if ([s, c, b, w].every((value) => isMapping(value))) {
            const inner = merge(s as Settings, c as Settings, b as Settings, w as Settings, path);
            settings[key] = inner.settings;
            own.push(...inner.own);
            continue;
        }
        const value = chosen(s, c, b, w);
        if (value !== undefined) settings[key] = value;
        if (!same(value, s)) own.push(path);
    }
    return { settings, own: own.sort() };
}

function chosen(source: unknown, copy: unknown, before: unknown, written: unknown): unknown {
    const isEdited = !same(copy, written);
    const wasOwn = !same(written, before);
    if (isEdited) return copy === undefined && wasOwn ? source : copy;
    return wasOwn ? written : source;
}

/** A secret as Pulumi writes it into a stack file. */
export function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

function isMapping(value: unknown): boolean {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value);
}

function same(a: unknown, b: unknown): boolean {
    return canonical(a) === canonical(b);
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string | undefined {
    return JSON.stringify(value, (_key, inner: unknown) =>
        isMapping(inner) || isSecret(inner)
            ? Object.fromEntries(Object.entries(inner as Settings).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    );
}
