import { decodedMessage } from "./decode-once";
import { Properties, snapshot } from "./properties";

/** One resource as a rule sees it. */
export interface Subject {
    readonly urn: string;
    readonly type: string;
    /** The physical name if it is known, else the logical one. */
    readonly name: string;
    readonly properties: Properties;
    /** The same properties, for resources that are read as a whole. */
    readonly data: Readonly<Record<string, unknown>>;
    /** Whether the engine refuses to delete it. */
    readonly protect: boolean;
}

/** Arguments that the SDK passes to resource policies and, once per resource, to stack policies. */
export interface PolicyArgs {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly props: Record<string, unknown>;
    readonly opts: { readonly protect: boolean };
}

/** Makes a subject, and never throws. Reading an unknown value later throws for that value only. */
export function toSubject({ urn, type, name, props, opts }: PolicyArgs): Subject {
    const data = snapshotOnce(props);
    const physical = data["name"];
    return {
        urn,
        type,
        name: typeof physical === "string" ? physical : name,
        properties: new Properties(data),
        data,
        protect: opts.protect,
    };
}

/** Snapshots, by the decoded message that they copy. */
const taken = new WeakMap<object, Record<string, unknown>>();

function snapshotOnce(props: object): Record<string, unknown> {
    const message = decodedMessage(props);
    const data = (message && taken.get(message)) ?? (snapshot(props) as Record<string, unknown>);
    if (message !== undefined) {
        taken.set(message, data);
    }
    return data;
}

/** A resource and what is wrong with it. */
export interface Finding {
    readonly name: string;
    /** @default - the violation belongs to the stack */
    readonly urn?: string;
    /** Goes on after `<name> breaks <rule>:`, and ends with the change to make. */
    readonly problem: string;
}
