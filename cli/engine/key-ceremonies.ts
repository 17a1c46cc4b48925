/**
 * Ceremonies with Vault's unseal keys that are under way. Vault 1.21 lets anybody who reaches its API begin one without a login
 * (CVE-2026-5807): nobody gets anything by it without the keys, but an operator cannot begin another one meanwhile.
 */

import { VAULT_INSIDE } from "../../components/foundation/vault/kind";
import type { RunningContainer } from "../../engine/containers";
import type { Engine } from "../../engine/engine";

/** What can be begun. */
type Kind = "root generation" | "rekey";

/** One that somebody began. */
export interface Ceremony {
    readonly kind: Kind;
    /** Unseal keys that were given. */
    readonly progress: number;
    /** Unseal keys that it takes. */
    readonly required: number;
    /** Command that ends it; it needs no login either. */
    readonly cancel: string;
}

const COMMANDS: Readonly<Record<Kind, string>> = { "root generation": "generate-root", rekey: "rekey" };

/** What the server knows of one. */
interface Attempt extends Pick<Ceremony, "progress" | "required"> {
    /** Names it, and is told to everybody. */
    readonly nonce: string;
}

/**
 * Asks an open server, which answers without a login. OpenBao refuses to answer, because it lets nobody begin one without a login.
 *
 * @param program - of the server; see `components/foundation/vault/servers.ts`
 */
export async function ceremoniesIn(
    engine: Pick<Engine, "docker">,
    { id, name }: Pick<RunningContainer, "id" | "name">,
    program: string,
): Promise<Ceremony[]> {
    const address = `-address=${VAULT_INSIDE}`;
    const asked = (Object.keys(COMMANDS) as Kind[]).map(async (kind): Promise<Ceremony[]> => {
        const command = [program, "operator", COMMANDS[kind]];
        const { code, stdout } = await engine.docker(
            ["exec", id, ...command, "-status", "-format=json", address],
            10_000,
        );
        const begun = code === 0 ? readAttempt(stdout) : undefined;
        if (begun === undefined) return [];
        const { nonce, progress, required } = begun;
        // Vault 1.21 cancels a rekey only for whoever names it, and answers "EOF" without.
        const which = kind === "rekey" ? [`-nonce=${nonce}`] : [];
        const cancel = ["docker", "exec", name, ...command, "-cancel", ...which, address].join(" ");
        return [{ kind, progress, required, cancel }];
    });
    return (await Promise.all(asked)).flat();
}

/** Reads what `operator generate-root -status` or `operator rekey -status` prints. Pure. @returns undefined when nothing is begun */
export function readAttempt(text: string): Attempt | undefined {
    try {
        const { started, nonce, progress, required } = JSON.parse(text) as Partial<Record<string, unknown>>;
        return started === true
            ? { nonce: String(nonce), progress: Number(progress), required: Number(required) }
            : undefined;
    } catch {
        return undefined;
    }
}
