/**
 * Ceremonies with Vault's unseal keys that are under way. Vault 1.21 lets anybody who reaches its API begin one without a login
 * (CVE-2026-5807): nobody gets anything by it without the keys, but an operator cannot begin another one meanwhile.
 */

import type { Engine, RunningContainer } from "./engine";

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

/**
 * Asks an open server, which answers without a login. OpenBao refuses to answer, because it lets nobody begin one without a login.
 *
 * @param program - of the server; see `model/vault-server.ts`
 */
export async function ceremoniesIn(
    engine: Pick<Engine, "docker">,
    { id, name }: Pick<RunningContainer, "id" | "name">,
    program: string,
): Promise<Ceremony[]> {
    const asked = (Object.keys(COMMANDS) as Kind[]).map(async (kind): Promise<Ceremony[]> => {
        const command = [program, "operator", COMMANDS[kind]];
        const options = ["-status", "-format=json", "-address=http://127.0.0.1:8200"];
        const { code, stdout } = await engine.docker(["exec", id, ...command, ...options], 10_000);
        const begun = code === 0 ? readAttempt(stdout) : undefined;
        return begun ? [{ kind, ...begun, cancel: `docker exec ${name} ${command.join(" ")} -cancel` }] : [];
    });
    return (await Promise.all(asked)).flat();
}

/** Reads what `operator generate-root -status` or `operator rekey -status` prints. Pure. @returns undefined when nothing is begun */
export function readAttempt(text: string): Pick<Ceremony, "progress" | "required"> | undefined {
    try {
        const { started, progress, required } = JSON.parse(text) as Partial<Record<string, unknown>>;
        return started === true ? { progress: Number(progress), required: Number(required) } : undefined;
    } catch {
        return undefined;
    }
}
