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
