/**
 * Whether a volume holds the data that the state knows. A volume can be the same while its data is another's: emptied by hand, or
 * begun anew by a server. Servers number their data when they make it, and the state has these numbers.
 */

import { LABEL } from "../../model/names";
import { POSTGRES_DATA } from "../../components/foundation/postgres/kind";
import { VAULT_INSIDE } from "../../components/foundation/vault/kind";
import type { Engine } from "../../engine/engine";
import type { Ended } from "../processes";
import type { AdministratorLogins } from "./logins";
import type { KnownState } from "./state";
import type { KnownData } from "./state-data";
import type { KnownObject } from "./state-objects";
import { askVault, enterVault } from "./vault-api";

/** `other` also means that there is none. */
export type Sameness = "same" | "other" | { readonly unsure: string };

/** Who is asked. */
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
    return known.server === "vault"
        ? sameVault(known, server, state.vaultProgram, witnesses)
        : samePostgres(known, volume, server, witnesses.engine);
}

/** The container whose data a volume is. */
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

/** The number is in a file of the cluster, which can be read while the server writes. */
async function samePostgres(
    { numbers }: KnownData,
    { name }: KnownObject,
    server: KnownObject,
    engine: Pick<Engine, "docker">,
): Promise<Sameness> {
    const asked = await engine.docker(["exec", server.id, "pg_controldata", POSTGRES_DATA.cluster], PATIENCE);
    const told = readCluster(asked);
    if (typeof told === "string") return numbers.includes(told) ? "same" : "other";
    const image = server.image ?? "";
    const looked = readCluster(
        await engine.docker([...lookInto(name, POSTGRES_DATA.volume, image, "pg_controldata"), POSTGRES_DATA.cluster]),
    );
    return typeof looked === "string" ? (numbers.includes(looked) ? "same" : "other") : looked;
}

/**
 * Reads what `pg_controldata` says. Pure.
 *
 * @returns the number of the cluster; empty when there is no cluster
 * @see https://www.postgresql.org/docs/17/app-pgcontroldata.html
 */
export function readCluster({ code, stdout, stderr }: Ended): string | { readonly unsure: string } {
    const number = /^Database system identifier: +(\d+)$/m.exec(stdout)?.[1];
    if (code === 0 && number !== undefined) return number;
    if (/pg_control".*No such file or directory/.test(stderr)) return "";
    return { unsure: (stderr.trim() || stdout.trim()).split("\n").at(-1) || `pg_controldata ended with ${code}` };
}

/** An accessor is made with its mount: those of the state are not in a Vault that was begun anew. */
async function sameVault(
    { numbers }: KnownData,
    server: KnownObject,
    program: string | undefined,
    { engine, logins }: DataWitnesses,
): Promise<Sameness> {
    if (program === undefined) return { unsure: "the state does not say which server it is" };
    const command = [program, "status", "-format=json", `-address=${VAULT_INSIDE}`];
    const { initialized, sealed } = readSeal(await engine.docker(["exec", server.id, ...command], PATIENCE));
    if (initialized === undefined) return { unsure: "Vault does not answer" };
    if (!initialized) return "other";
    if (sealed !== false) return { unsure: "Vault is sealed" };
    const { vault } = await logins();
    if (vault === undefined) return { unsure: "no login to Vault can be read from the state" };
    const { token, status } = await enterVault(vault);
    if (token === undefined) {
        return { unsure: status === undefined ? "Vault does not answer" : "Vault does not let the program in" };
    }
    const mounts = accessorsIn(await askVault(vault, "GET", "sys/mounts", { token }));
    if (mounts === undefined) return { unsure: "Vault does not say what is mounted" };
    return numbers.some((number) => mounts.includes(number)) ? "same" : "other";
}

interface Seal {
    readonly initialized?: boolean;
    readonly sealed?: boolean;
}

/** Its own exit codes: 0 unsealed, 2 sealed or not initialised, anything else could not tell. */
function readSeal({ code, stdout }: Ended): Seal {
    if (code !== 0 && code !== 2) return {};
    try {
        return JSON.parse(stdout) as Seal;
    } catch {
        return {};
    }
}

function accessorsIn({ isDone, text }: { isDone: boolean; text: string }): string[] | undefined {
    if (!isDone) return undefined;
    const { data } = JSON.parse(text) as { data?: Record<string, { accessor?: string }> };
    return data && Object.values(data).flatMap(({ accessor }) => accessor ?? []);
}
