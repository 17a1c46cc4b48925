/**
 * Decodes each message of the engine about a resource once, instead of once for each rule.
 *
 * The SDK decodes a resource for every resource rule, and the whole stack for every stack rule. The results are equal, and no rule
 * changes what it is given.
 */

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the namespace of `import *` is read-only
import deserialize = require("@pulumi/policy/deserialize");
import { version } from "@pulumi/policy/package.json";

/** Release of the SDK that this was written for and measured with. Other releases keep their own decoding. */
export const MEASURED_WITH = "v1.21.0";

/** Property by which the SDK's proxies return the object behind them. */
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
            // Only remediations ask for proxied secrets, and remediations change what they get.
            return decode(message, proxySecrets);
        }
        const known = decoded.get(message) ?? decode(message, proxySecrets);
        decoded.set(message, known);
        return known;
    };
}

/**
 * The decoded message behind the `props` of a rule: the same object for every rule that looks at the message.
 *
 * @returns undefined with an SDK whose proxies do not return it
 */
export function decodedMessage(props: object): object | undefined {
    const target: unknown = (props as Readonly<Record<string, unknown>>)[TARGET];
    return typeof target === "object" && target !== null ? target : undefined;
}
