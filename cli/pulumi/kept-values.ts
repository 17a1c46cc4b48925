/** Values in Vault that change hands: from people to the program, which overwrites them, or back, which deletes all versions. */

import { MOUNT } from "../../model/resource-types";
import { mountOf, type SecretSource } from "../../model/secrets/secret";
import { Failure, npmRun } from "../failure";
import type { Declared } from "../stacks/platform";
import type { AdministratorLogins } from "./logins";
import { refuseMovedValues } from "./moved-values";
import type { KnownState } from "./state";
import { askVault, enterVault, type VaultLogin } from "./vault-api";

/** A value that an update would overwrite or delete. */
export interface ChangedHands {
    /** In Vault, as `psra/kv/jwt`. */
    readonly path: string;
    readonly source: SecretSource;
    /** URN of what writes it now; missing when people do. */
    readonly writer?: string;
    /** The state's declaration leaves the path to people. */
    readonly wasWritten: boolean;
}

/** What the declaration would take over or give back. Pure. */
export function changedHands(
    { values, writtenPaths, data }: Pick<KnownState, "values" | "writtenPaths" | "data">,
    { platform, config }: Pick<Declared, "platform" | "config">,
): ChangedHands[] {
    const secrets = config.identity?.vault === undefined ? [] : (platform.secrets ?? []);
    const mounts = new Set(data.filter(({ type }) => type === MOUNT).map(({ name }) => name));
    return secrets
        .filter((secret) => secret.engine === "kv" && mounts.has(mountOf(secret)))
        .map((secret) => {
            const path = `${mountOf(secret)}/${secret.path}`;
            const writer = values.find((it) => it.path === path)?.urn;
            const wasWritten = writtenPaths.includes(path);
            return { path, source: secret.source, wasWritten, ...(writer !== undefined && { writer }) };
        })
        .filter(({ source, writer }) => (source === "written") === (writer !== undefined));
}

/**
 * Looks for values where the program would begin to write, and refuses what would destroy one.
 *
 * @param logins - read only when Vault has to be asked
 * @param deleteData - paths of values that may go
 * @throws Failure when a value would be overwritten or deleted
 */
export async function refuseChangedHands(
    state: Pick<KnownState, "values" | "writtenPaths" | "data" | "secrets" | "generated">,
    declared: Pick<Declared, "platform" | "config">,
    stack: string,
    logins: () => Promise<AdministratorLogins>,
    deleteData: readonly string[] = [],
): Promise<void> {
    refuseMovedValues(state, declared, stack, deleteData);
    const changed = changedHands(state, declared).filter(({ path }) => !deleteData.includes(path));
    if (changed.length === 0) return;
    const isThere = changed.some(({ writer }) => writer === undefined) ? await lookingAt(logins) : undefined;
    const stakes = await Promise.all(
        changed.map(async (one) => {
            if (one.writer !== undefined) return [one];
            // Who cannot look goes by what was declared: people may have written where they were told to.
            return ((await isThere?.(one.path)) ?? one.wasWritten) ? [one] : [];
        }),
    );
    const going = stakes.flat();
    if (going.length === 0) return;
    const options = going.flatMap(({ path }) => ["--delete-data", `'${path}'`]);
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
    throw new Failure(
        `values in Vault would be destroyed: ${going.map(({ path }) => path).join(", ")}; nothing was touched`,
        `${keep.join("; ")}; if they may go: ${npmRun("up", stack, ...options)}`,
        undefined,
        going.map((one) => `  ${describe(one)}`),
    );
}

function describe({ path, source, writer }: ChangedHands): string {
    return writer === undefined
        ? `${path} holds what people wrote, and its source is ${source} now: the program would overwrite it`
        : `${path} holds what the program wrote, and its source is written now: all its versions would be deleted`;
}

/** @returns whether there is anything at a path; `undefined` where that cannot be told */
async function lookingAt(
    logins: () => Promise<AdministratorLogins>,
): Promise<((path: string) => Promise<boolean | undefined>) | undefined> {
    const { vault } = await logins();
    const token = vault && (await enterVault(vault)).token;
    return vault && token !== undefined ? (path) => isAt(vault, token, path) : undefined;
}

/** Lists names only: the program may not read what people wrote. */
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
