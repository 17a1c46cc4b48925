/**
 * Values in Vault whose writer changes. When the program takes a value over from people, it overwrites the value. When people take
 * it over from the program, all its versions are deleted.
 */

import { MOUNT } from "../../model/resource-types";
import { mountOf, placeOf, type SecretSource } from "../../model/secrets/secret";
import { Failure, npmRun } from "../failure";
import type { Declared } from "../stacks/platform";
import { type AdministratorLogins, vaultRefuses } from "./logins";
import { lettingGo, refuseMovedValues } from "./moved-values";
import type { KnownState } from "./state";
import { askVault, enterVault, type VaultLogin } from "./vault-api";

/** A value that an update would overwrite or delete. */
export interface ChangedHands {
    /** In Vault, as `psra/kv/jwt`. */
    readonly path: string;
    readonly source: SecretSource;
    /** URN of the resource that writes it now; missing when people write it. */
    readonly writer?: string;
    /** Who writes the path by the state's declaration; missing when that does not name the path. */
    readonly was?: "people" | "program";
}

type Known = Pick<KnownState, "values" | "secrets" | "generated" | "data">;

/** The values whose writer the declaration changes. Pure. */
export function changedHands(
    { values, secrets: before, data }: Omit<Known, "generated">,
    { platform }: Pick<Declared, "platform">,
): ChangedHands[] {
    const mounts = new Set(data.filter(({ type }) => type === MOUNT).map(({ name }) => name));
    return platform.secrets
        .filter((secret) => secret.engine === "kv" && mounts.has(mountOf(secret)))
        .map((secret): ChangedHands => {
            const path = placeOf(secret);
            const writer = values.find((it) => it.path === path)?.urn;
            const was = before.find((it) => it.engine === "kv" && placeOf(it) === path)?.source;
            return {
                path,
                source: secret.source,
                ...(writer !== undefined && { writer }),
                ...(was !== undefined && { was: was === "written" ? "people" : "program" }),
            };
        })
        .filter(({ source, writer }) => (source === "written") === (writer !== undefined));
}

/** Circumstances in which values are looked for. */
export interface Occasion {
    /** Whether Vault does not answer yet. It is asked again before anything is written in it. */
    readonly isSilent?: boolean;
    /** The end of a refusal's message: what was changed before it. @default nothing was touched */
    readonly outcome?: string;
}

/**
 * Looks for values at the paths where the program would begin to write, and refuses an update that would destroy a value. When the
 * program cannot look, it also refuses a path that was not the program's.
 *
 * @param logins - read only when Vault has to be asked
 * @param deleteData - paths of values that may go
 * @throws Failure when a value would be overwritten or deleted, or when that cannot be told
 */
export async function refuseChangedHands(
    state: Known,
    declared: Pick<Declared, "platform">,
    stack: string,
    logins: () => Promise<AdministratorLogins>,
    deleteData: readonly string[] = [],
    { isSilent = false, outcome = "nothing was touched" }: Occasion = {},
): Promise<void> {
    refuseMovedValues(state, declared, stack, deleteData);
    const changed = changedHands(state, declared).filter(({ path }) => !deleteData.includes(path));
    if (changed.length === 0) return;
    const takes = changed.some(({ writer }) => writer === undefined);
    const look = takes ? await lookingAt(logins) : undefined;
    const judged = await Promise.all(changed.map(async (one) => [one, await standingOf(one, look)] as const));
    const of = (standing: Standing): ChangedHands[] => judged.flatMap(([one, its]) => (its === standing ? [one] : []));
    const going = of("goes");
    if (going.length > 0) throw destroyed(going, stack, outcome);
    const untold = of("cannot be told");
    if (untold.length > 0 && !isSilent) throw (await vaultRefuses(await logins())) ?? unseen(untold, stack, outcome);
}

/** What becomes of a value when the declaration is carried out. */
type Standing = "goes" | "is not there" | "cannot be told";

async function standingOf({ path, writer, was }: ChangedHands, look: Look | undefined): Promise<Standing> {
    if (writer !== undefined) return "goes";
    const found = await look?.(path);
    if (found !== undefined) return found ? "goes" : "is not there";
    // People may have written at a path that was theirs.
    if (was === "people") return "goes";
    // A first update that was cut off leaves no login, and its paths were the program's already.
    return look === undefined && was === "program" ? "is not there" : "cannot be told";
}

function destroyed(going: readonly ChangedHands[], stack: string, outcome: string): Failure {
    const kept = going.flatMap(({ writer }) => writer ?? []);
    const keep = [
        ...(kept.length < going.length
            ? ["move the value to another path in Vault, or leave its source at written"]
            : []),
        ...(kept.length > 0
            ? [
                  `keep the program's value for people to go on with: pulumi state delete ${kept.map((urn) => `'${urn}'`).join(" ")} --stack ${stack}, with the variables of ${npmRun("strata", stack, "env")}`,
              ]
            : []),
    ];
    return new Failure(
        `values in Vault would be destroyed: ${going.map(({ path }) => path).join(", ")}; ${outcome}`,
        `${keep.join("; ")}; if they may go: ${lettingGo(stack, going)}`,
        undefined,
        going.map((one) => `  ${describe(one)}`),
    );
}

function unseen(untold: readonly ChangedHands[], stack: string, outcome: string): Failure {
    return new Failure(
        `Vault does not say whether values lie where the program would begin to write: ${untold.map(({ path }) => path).join(", ")}; ${outcome}`,
        `take these rows out, update without them, and put them back: an update gives the program the right to look; ` +
            `if nothing that lies there is needed: ${lettingGo(stack, untold)}`,
    );
}

function describe({ path, source, writer }: ChangedHands): string {
    return writer === undefined
        ? `${path} holds what people wrote, and its source is ${source} now: the program would overwrite it`
        : `${path} holds what the program wrote, and its source is written now: all its versions would be deleted`;
}

/** Looks at a path. @returns whether there is a value; `undefined` when that cannot be told */
type Look = (path: string) => Promise<boolean | undefined>;

/** @returns nothing when the state has no login */
async function lookingAt(logins: () => Promise<AdministratorLogins>): Promise<Look | undefined> {
    const { vault } = await logins();
    if (vault === undefined) return undefined;
    const { token } = await enterVault(vault);
    return (path) => (token === undefined ? Promise.resolve(undefined) : isAt(vault, token, path));
}

/** Whether there is a value at a path. Lists names only, because the program may not read what people wrote. */
async function isAt(vault: VaultLogin, token: string, path: string): Promise<boolean | undefined> {
    const [owner = "", engine = "", ...inside] = path.split("/");
    const name = inside.at(-1);
    const folder = [owner, engine, "metadata", ...inside.slice(0, -1)].join("/");
    const { status, isDone, text } = await askVault(vault, "GET", `${folder}?list=true`, { token });
    if (status === 404) return false;
    if (!isDone) return undefined;
    const { data } = JSON.parse(text) as { data?: { keys?: string[] } };
    return data?.keys?.some((key) => key === name);
}
