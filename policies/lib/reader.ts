import { type Properties, UnknownProperty, WrongType } from "./properties";
import type { Finding, Subject } from "./subject";

/** A value that a rule needed and the preview does not know. */
export interface Gap {
    readonly subject: string;
    readonly unknown: UnknownProperty;
}

/** Reads properties of resources, and notes unreadable ones instead of throwing. */
export class Reader {
    /** Properties of the wrong type. */
    readonly faults: Finding[] = [];

    /** @param gaps - values that this preview does not know; reading adds to them */
    constructor(readonly gaps: Gap[] = []) {}

    /** Reads properties of one resource. @returns undefined after noting a value that is unknown or of the wrong type */
    read<T>(subject: Subject, read: (properties: Properties) => T): T | undefined {
        try {
            return read(subject.properties);
        } catch (error) {
            if (error instanceof UnknownProperty) {
                this.gaps.push({ subject: subject.name, unknown: error });
            } else if (error instanceof WrongType) {
                this.faults.push({ name: subject.name, urn: subject.urn, problem: error.message });
            } else {
                throw error;
            }
            return undefined;
        }
    }

    /**
     * A text that the resource's type requires. A missing text counts as unknown: a preview knows nothing about the objects in a
     * server that does not run yet.
     */
    required(subject: Subject, key: string): string | undefined {
        return this.read(subject, (properties) => {
            const text = properties.text(key);
            if (text === undefined) {
                throw new UnknownProperty(key);
            }
            return text;
        });
    }
}
