/**
 * What the engine sends about a resource is decoded once, and not again for each rule.
 *
 * The SDK decodes a resource for every rule over resources, and the whole stack for every rule over it. Copies of one message are the
 * same, and no rule changes what it is given.
 */

// eslint-disable-next-line @typescript-eslint/no-require-imports -- what `import *` gives cannot be changed
import deserialize = require("@pulumi/policy/deserialize");
import { version } from "@pulumi/policy/package.json";

/** The SDK that this was written for and measured with. Another one decodes as it likes. */
export const MEASURED_WITH = "v1.21.0";

/** Name under which the SDK's proxies give what they stand in front of. */
const TARGET = "__getSpecialProxyTarget";

type Decode = (message: object, proxySecrets: boolean) => object;

/** Replaces the SDK's decoding. Its modules look the function up at each call. */
export function decodeOnce(
    sdk = deserialize as unknown as { deserializeProperties: Decode },
    installed: string | undefined = version,
): void {
    const { deserializeProperties: decode } = sdk;
    if (installed !== MEASURED_WITH) {
        return;
    }
    const decoded = new WeakMap<object, object>();
    sdk.deserializeProperties = (message, proxySecrets) => {
        if (proxySecrets) {
            // Only remediations ask for that, and they change what they get.
            return decode(message, proxySecrets);
        }
        const known = decoded.get(message) ?? decode(message, proxySecrets);
        decoded.set(message, known);
        return known;
    };
}

/**
 * The decoded message behind what a rule is given: the same object for each rule that is asked about the message.
 *
 * @returns undefined with an SDK whose proxies do not tell
 */
export function decodedMessage(props: object): object | undefined {
    const target: unknown = (props as Readonly<Record<string, unknown>>)[TARGET];
    return typeof target === "object" && target !== null ? target : undefined;
}
