/**
 * Ceremonies with Vault's unseal keys that are under way. Vault 1.21 lets anybody who reaches its API begin a ceremony without a
 * login (CVE-2026-5807). Without the keys the ceremony yields nothing, but meanwhile an operator cannot begin another one.
 */

import { VAULT_INSIDE } from "../../components/foundation/vault/kind";
import type { RunningContainer } from "../../engine/containers";
import type { Engine } from "../../engine/engine";

/** Kinds of ceremonies. */
type Kind = "root generation" | "rekey";

/** A ceremony that is under way. */
export interface Ceremony {
    readonly kind: Kind;
    /** Unseal keys that were given. */
    readonly progress: number;
    /** Unseal keys that it takes. */
    readonly required: number;
    /** Command that ends it; it needs no login either. */
    readonly cancel: string;
}

/** Vault 1.21 cancels a rekey only when its nonce is given, and answers "EOF" without. */
const COMMANDS: Readonly<Record<Kind, { readonly name: string; readonly cancelNeedsNonce: boolean }>> = {
    "root generation": { name: "generate-root", cancelNeedsNonce: false },
    rekey: { name: "rekey", cancelNeedsNonce: true },
};

/** What the server tells about a ceremony. */
interface Attempt extends Pick<Ceremony, "progress" | "required"> {
    /** Identifies the ceremony. The server tells it to anybody. */
    readonly nonce: string;
}

/** How the client says that the server refused. OpenBao refuses, because its ceremonies need a login. */
const REFUSED = /\bCode: 4\d\d\b/;

/**
 * Asks an unsealed server for its ceremonies; it answers without a login.
 *
 * @param program - of the server; see `components/foundation/vault/servers.ts`
 * @returns `unknown` when it does not answer
 */
export async function ceremoniesIn(
    engine: Pick<Engine, "docker">,
    { id, name }: Pick<RunningContainer, "id" | "name">,
    program: string,
): Promise<readonly Ceremony[] | "unknown"> {
    const address = `-address=${VAULT_INSIDE}`;
    const asked = (Object.keys(COMMANDS) as Kind[]).map(async (kind): Promise<readonly Ceremony[] | "unknown"> => {
        const { name: operation, cancelNeedsNonce } = COMMANDS[kind];
        const command = [program, "operator", operation];
        const { code, stdout, stderr } = await engine.docker(
            ["exec", id, ...command, "-status", "-format=json", address],
            10_000,
        );
        if (code !== 0) return REFUSED.test(stderr) ? [] : "unknown";
        const begun = readAttempt(stdout);
        if (begun === "none" || begun === "unknown") return begun === "none" ? [] : begun;
        const { nonce, progress, required } = begun;
        const which = cancelNeedsNonce ? [`-nonce=${nonce}`] : [];
        const cancel = ["docker", "exec", name, ...command, "-cancel", ...which, address].join(" ");
        return [{ kind, progress, required, cancel }];
    });
    const found = (await Promise.all(asked)).flat();
    const ceremonies = found.filter((it) => it !== "unknown");
    // A ceremony that is known is reported, even if the other kind could not be asked for.
    return ceremonies.length === 0 && found.length > 0 ? "unknown" : ceremonies;
}

/** Reads what `operator generate-root -status` or `operator rekey -status` prints. Pure. @returns `none` when nothing is begun */
export function readAttempt(text: string): Attempt | "none" | "unknown" {
    try {
        const { started, nonce, progress, required } = JSON.parse(text) as Partial<Record<string, unknown>>;
        if (started === false) return "none";
        return started === true &&
            typeof nonce === "string" &&
            typeof progress === "number" &&
            typeof required === "number"
            ? { nonce, progress, required }
            : "unknown";
    } catch {
        return "unknown";
    }
}
