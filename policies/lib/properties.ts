/**
 * Properties of a resource as policies get them: plain data in which, during a preview, some values are not known yet.
 *
 * Only reading a property that is unknown or of the wrong type fails, so a rule goes on with the others. The messages name the
 * property, never its value: policies see secrets in clear text.
 */

import * as policy from "@pulumi/policy";

/** The SDK's error for a policy that reads a value which a preview cannot know. The SDK's type declarations leave it out. */
interface UnknownValue extends Error {
    readonly unknownTypeSentinel: string;
    readonly props: readonly string[];
}
const UnknownValueError = policy.UnknownValueError as unknown as new (
    sentinel: string,
    path: readonly string[],
) => UnknownValue;

/** Placeholder in a {@link snapshot} for a value that the preview does not know. */
export class Unknown {
    constructor(public readonly cause: UnknownValue) {}
}

/** The SDK's mark of an unknown string: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Error of a rule that needs a value which this preview cannot know. The next preview, or the update itself, can. */
export class UnknownProperty extends Error {
    constructor(
        public readonly path: string,
        public readonly sentinel = UNKNOWN_STRING,
    ) {
        super(`${path} is not known during preview`);
    }
}

/** Error of a rule that reads a property of another type than its schema says. The rule cannot be checked, which is a violation. */
export class WrongType extends Error {
    constructor(
        public readonly path: string,
        expected: string,
    ) {
        super(`\`${path}\` has the wrong type; write ${expected}`);
    }
}

/** Copies what the SDK hands to a policy and puts an {@link Unknown} where touching the value throws. */
export function snapshot(value: unknown): unknown {
    if (Array.isArray(value)) {
        return Array.from({ length: value.length }, (_, index) => snapshotOf(value, index));
    }
    if (isPlainObject(value)) {
        return Object.fromEntries(Object.keys(value).map((key) => [key, snapshotOf(value, key)]));
    }
    // Assets and archives are objects with promises inside; no rule looks into them.
    return typeof value === "object" && value !== null ? {} : value;
}

function snapshotOf(owner: object, key: string | number): unknown {
    let value: unknown;
    try {
        value = (owner as Record<string | number, unknown>)[key];
    } catch (error) {
        if (error instanceof UnknownValueError) {
            return new Unknown(error);
        }
        throw error;
    }
    return snapshot(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return false;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * The error that makes the SDK report, as advice, that a policy could not be run during a preview. Throw it after the
 * violations have been reported, so that these count.
 */
export function notRunDuringPreview(
    gaps: readonly { readonly subject: string; readonly unknown: UnknownProperty }[],
): Error {
    const error = new UnknownValueError(gaps[0]?.unknown.sentinel ?? UNKNOWN_STRING, []);
    error.message = `not known yet: ${gaps.map(({ subject, unknown }) => `${subject} ${unknown.path}`).join(", ")}`;
    return error;
}

/** Typed access to a {@link snapshot}. Absent and `null` are both `undefined`. */
export class Properties {
    constructor(
        private readonly data: Readonly<Record<string, unknown>>,
        private readonly path = "",
    ) {}

    /** Whether there is a value, known or not. */
    has(key: string): boolean {
        const value = this.data[key];
        return value !== undefined && value !== null;
    }

    keys(): string[] {
        return Object.keys(this.data).filter((key) => this.has(key));
    }

    /** @throws {UnknownProperty} @throws {WrongType} */
    text(key: string): string | undefined {
        return this.read(key, "a string", (value) => typeof value === "string");
    }

    /** @throws {UnknownProperty} @throws {WrongType} */
    number(key: string): number | undefined {
        return this.read(key, "a number", (value) => typeof value === "number");
    }

    /** @throws {UnknownProperty} @throws {WrongType} */
    flag(key: string): boolean | undefined {
        return this.read(key, "true or false", (value) => typeof value === "boolean");
    }

    /** @throws {UnknownProperty} @throws {WrongType} */
    object(key: string): Properties | undefined {
        const value = this.read<Record<string, unknown>>(key, "an object", isPlainObject);
        return value && new Properties(value, this.pathTo(key));
    }

    /** The strings of a list. Yields every readable string before it throws, so that a rule sees every bad value. */
    *texts(key: string): Generator<string> {
        yield* this.elements(key, (list, index) => list.text(index));
    }

    /** The objects of a list. Yields every readable object before it throws. */
    *objects(key: string): Generator<Properties> {
        yield* this.elements(key, (list, index) => list.object(index));
    }

    private *elements<T>(key: string, read: (list: Properties, index: string) => T | undefined): Generator<T> {
        const values = this.read<unknown[]>(key, "a list", Array.isArray) ?? [];
        const list = new Properties(Object.fromEntries(Object.entries(values)), this.pathTo(key));
        const errors: unknown[] = [];
        for (const index of Object.keys(values)) {
            let value: T | undefined;
            try {
                value = read(list, index);
            } catch (error) {
                errors.push(error);
            }
            if (value !== undefined) {
                yield value;
            }
        }
        if (errors.length > 0) {
            throw errors[0];
        }
    }

    private read<T>(key: string, expected: string, accepts: (value: unknown) => boolean): T | undefined {
        const value = this.data[key];
        if (value === undefined || value === null) {
            return undefined;
        }
        if (value instanceof Unknown) {
            throw new UnknownProperty(this.pathTo(key), value.cause.unknownTypeSentinel);
        }
        if (!accepts(value)) {
            throw new WrongType(this.pathTo(key), expected);
        }
        return value as T;
    }

    private pathTo(key: string): string {
        return this.path === "" ? key : /^\d+$/.test(key) ? `${this.path}[${key}]` : `${this.path}.${key}`;
    }
}
