/** Finds secrets in places where they must not be. Pure. */

/** A value that must not be found. */
export interface Canary {
    /** Name of the secret, for the report; the value itself is never printed. */
    readonly name: string;
    readonly value: string;
}

/** Shortest line to look for, in characters: shorter lines would be found by chance. */
const SHORTEST = 16;

/** Leaks as `<canary> in <place>`. Looks for every canary in all forms in which programs write it. */
export function findLeaks(canaries: readonly Canary[], places: ReadonlyMap<string, string>): string[] {
    const needles = canaries.flatMap(({ name, value }) => formsOf(value).map((form) => ({ name, form })));
    const leaks = [...places].flatMap(([place, text]) =>
        needles.filter(({ form }) => text.includes(form)).map(({ name }) => `${name} in ${place}`),
    );
    return [...new Set(leaks)];
}

function formsOf(value: string): string[] {
    // Lines of a PEM file appear one by one, joined, or with escaped line ends.
    const lines = value.split("\n").filter((line) => line.length >= SHORTEST && !line.startsWith("-----"));
    return lines.flatMap((line) => [
        line,
        encodeURIComponent(line),
        Buffer.from(line).toString("hex"),
        ...base64Forms(line),
    ]);
}

/** Base64 forms of a value. Inside a longer encoded text, a value begins at one of three positions in a group. */
function base64Forms(value: string): string[] {
    return [0, 1, 2].map((shift) => {
        const encoded = Buffer.from(`${"\0".repeat(shift)}${value}`).toString("base64");
        // A group that also encodes other bytes differs each time, so it is cut off.
        const first = shift === 0 ? 0 : 4;
        const complete = Math.floor((shift + Buffer.byteLength(value)) / 3) * 4;
        return encoded.slice(first, complete);
    });
}

/**
 * Canaries of a stack: every value that its exported state marks as secret, at any depth.
 *
 * @param exported - what `pulumi stack export --show-secrets` prints
 */
export function canariesOf(exported: unknown): Canary[] {
    const { deployment } = exported as { deployment: { resources: { urn: string; outputs?: unknown }[] } };
    const found = deployment.resources.flatMap(({ urn, outputs }) =>
        secretTexts(outputs, false).map((value) => ({ name: urn.split("::").at(-1) ?? urn, value })),
    );
    const byValue = new Map(found.filter(({ value }) => isTelling(value)).map((canary) => [canary.value, canary]));
    return [...byValue.values()];
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";

function secretTexts(value: unknown, secret: boolean): string[] {
    if (typeof value === "string") {
        return secret ? [value] : [];
    }
    if (Array.isArray(value)) {
        return value.flatMap((item) => secretTexts(item, secret));
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const { [SIGNATURE]: mark, plaintext } = value as Record<string, unknown>;
    if (mark !== undefined && typeof plaintext === "string") {
        return secretTexts(JSON.parse(plaintext), true);
    }
    return Object.values(value).flatMap((item) => secretTexts(item, secret));
}

/**
 * Whether a value is a generated password or id, a URL with a password, or a private key. Other values marked as secret may be seen:
 * providers mark whole lists as secret when one value in them is, so paths and scripts are marked, too.
 */
function isTelling(value: string): boolean {
    return [
        /^[A-Za-z0-9]{24,}$/,
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        /^\$2[aby]\$\S+$/,
        /^[a-z]+:\/\/[^\s:]+:[^\s@]+@\S+$/,
        /^-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    ].some((form) => form.test(value));
}
