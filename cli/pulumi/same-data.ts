/**
 * Whether a volume holds the data that the state knows. The same volume can hold other data: somebody emptied it by hand, or a server
 * began anew in it. Servers number their data when they make it, and the state has these numbers.
 */

import { LABEL } from "../../model/names";
import type { NumberedData, NumberedResources, Unsure } from "../../components/kind";
import { kindOf } from "../../components/kinds";
import type { Engine } from "../../engine/engine";
import type { AdministratorLogins } from "./logins";
import type { KnownState } from "./state";
import type { KnownData } from "./state-data";
import type { KnownObject } from "./state-objects";
import { askVault, enterVault } from "./vault-api";

/** Whether data is the state's. `other` also means that there is no data. */
export type Sameness = "same" | "other" | Unsure;

/** What is asked about data: the engine, and Vault with these logins. */
export interface DataWitnesses {
    readonly engine: Pick<Engine, "docker">;
    /** Read only when an open Vault has to be asked. */
    readonly logins: () => Promise<AdministratorLogins>;
}

/** Milliseconds until a server counts as silent. */
const PATIENCE = 10_000;

/** Asks the server of a data volume, or looks into the volume when its server does not run. */
export async function sameData(
    known: KnownData,
    volume: KnownObject,
    state: Pick<KnownState, "containers" | "vaultProgram">,
    witnesses: DataWitnesses,
): Promise<Sameness> {
    const server = serverOf(volume, state);
    if (server === undefined) return { unsure: "the state has no server for it" };
    const { numberedData, inside } = kindOf({ kind: known.server });
    if (numberedData !== undefined) return sameNumber(known, numberedData, volume, server, witnesses.engine);
    if (inside?.numbered === undefined) return { unsure: "its server gives its data no number" };
    return sameInside(known, inside.numbered, server, state.vaultProgram, witnesses);
}

/** The container whose data is in a volume. */
export function serverOf(
    { labels }: Pick<KnownObject, "labels">,
    { containers }: Pick<KnownState, "containers">,
): KnownObject | undefined {
    return containers.find((it) => it.mustRun && it.labels[LABEL.service] === labels[LABEL.service]);
}

/** Arguments of `docker run` for a container that can read every file of a volume, and do nothing else. */
export function lookInto(volume: string, at: string, image: string, program: string): string[] {
    return [
        ...["run", "--rm", "--network=none", "--user=0:0", "--cap-drop=ALL", "--cap-add=DAC_READ_SEARCH"],
        ...["--security-opt=no-new-privileges:true", "--read-only", "--memory=64m", "--pull=never"],
        ...["--log-driver=none", `--volume=${volume}:${at}:ro,nocopy`, `--entrypoint=${program}`, image],
    ];
}

/** Compares a number that is in a file of the volume, which can be read while the server writes. */
async function sameNumber(
    { numbers }: KnownData,
    data: NumberedData,
    { name }: KnownObject,
    server: KnownObject,
    engine: Pick<Engine, "docker">,
): Promise<Sameness> {
    const [program, ...args] = data.command;
    const asked = data.read(await engine.docker(["exec", server.id, program, ...args], PATIENCE));
    if (typeof asked === "string") return numbers.includes(asked) ? "same" : "other";
    const looking = lookInto(name, data.volume, server.image ?? "", program);
    const looked = data.read(await engine.docker([...looking, ...args]));
    return typeof looked === "string" ? (numbers.includes(looked) ? "same" : "other") : looked;
}

/** Compares the numbers of what is inside Vault. Its API lists them after a login. */
async function sameInside(
    { numbers }: KnownData,
    numbered: NumberedResources,
    server: KnownObject,
    program: string | undefined,
    { engine, logins }: DataWitnesses,
): Promise<Sameness> {
    if (program === undefined) return { unsure: "the state does not say which server it is" };
    const asked = await engine.docker(["exec", server.id, ...numbered.command(program)], PATIENCE);
    const standing = numbered.standing(asked);
    if (standing === "new") return "other";
    if (standing !== "open") return standing;
    const { vault } = await logins();
    if (vault === undefined) return { unsure: "no login to Vault can be read from the state" };
    const { token, status } = await enterVault(vault);
    if (token === undefined) {
        return { unsure: status === undefined ? "Vault does not answer" : "Vault does not let the program in" };
    }
    const { isDone, text } = await askVault(vault, "GET", numbered.path, { token });
    const found = isDone ? numbered.read(text) : undefined;
    if (found === undefined) return { unsure: "Vault does not say what is mounted" };
    return numbers.some((number) => found.includes(number)) ? "same" : "other";
}
