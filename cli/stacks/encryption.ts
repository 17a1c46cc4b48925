/** How a stack's secrets are encrypted: the settings that Pulumi keeps in a stack file and, for other checkouts, in the state. */

import type { StackFile } from "./copy";

/** Settings of a stack file. Empty where Pulumi Cloud encrypts: it needs none. */
export type Encryption = Pick<StackFile, "secretsprovider" | "encryptedkey" | "encryptionsalt">;

/** The settings that a file has. Pure. */
export function encryptionIn({ secretsprovider, encryptedkey, encryptionsalt }: StackFile): Encryption {
    return {
        ...(secretsprovider !== undefined && { secretsprovider }),
        ...(encryptedkey !== undefined && { encryptedkey }),
        ...(encryptionsalt !== undefined && { encryptionsalt }),
    };
}

/**
 * The settings that a state was encrypted with, in the form of a stack file. Every operator can read them, so a second checkout
 * needs nothing of the first one's files. Pure.
 *
 * @param exported - what `pulumi stack export` printed
 * @returns `undefined` when the state does not say, as before the first run at Pulumi Cloud
 */
export function encryptionOf(exported: unknown): Encryption | undefined {
    const { deployment } = (exported ?? {}) as {
        deployment?: { secrets_providers?: { type?: string; state?: Readonly<Record<string, string>> } } | null;
    };
    if (!deployment?.secrets_providers) return undefined;
    const { type, state = {} } = deployment.secrets_providers;
    if (type === "passphrase") return encryptionIn({ encryptionsalt: state["salt"] ?? "" });
    if (type === "cloud") {
        return encryptionIn({ secretsprovider: state["url"] ?? "", encryptedkey: state["encryptedkey"] ?? "" });
    }
    return {};
}
