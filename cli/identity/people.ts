/** The people of a realm: looked at and changed through the administration API. */

import { randomInt } from "node:crypto";

import { SECOND_FACTOR_ROLE } from "../../model/identity/realm";
import { halfChanged } from "./half-changed";
import type { KeycloakAdmin } from "./keycloak-admin";

/** A person, as `strata person list` shows it. */
export interface Person {
    readonly username: string;
    readonly email: string | undefined;
    readonly enabled: boolean;
    readonly groups: readonly string[];
    readonly tenant: string | undefined;
    readonly hasSecondFactor: boolean;
    /** What Keycloak asks for at the next login. */
    readonly requiredActions: readonly string[];
}

/** The data of a new person. */
export interface NewPerson {
    readonly username: string;
    readonly email: string;
    readonly firstName?: string | undefined;
    readonly lastName?: string | undefined;
    readonly groups: readonly string[];
    readonly tenant?: string | undefined;
}

interface User {
    readonly id: string;
    readonly username: string;
    readonly email?: string;
    readonly enabled: boolean;
    readonly attributes?: Readonly<Record<string, readonly string[]>>;
    readonly requiredActions?: readonly string[];
}

interface Credential {
    readonly id: string;
    readonly type: string;
}

interface Group {
    readonly id: string;
    readonly path: string;
}

/** The action that Keycloak requires of a person who has to set up a second factor. */
const SET_UP_FACTOR = "CONFIGURE_TOTP";

/** People for each request. */
const PAGE = 100;

/** Letters and digits that cannot be mistaken for each other. */
const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Number of letters of a temporary password: more than 100 bits. */
const LENGTH = 20;

/** A password for one login: there Keycloak asks for a new one. */
export function temporaryPassword(): string {
    return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/** Everybody with an account, by name. */
export async function listPeople(keycloak: KeycloakAdmin): Promise<Person[]> {
    const people: Person[] = [];
    for (let first = 0; ; first += PAGE) {
        const query = `first=${first}&max=${PAGE}&briefRepresentation=false`;
        const users = await keycloak.ask<User[]>("GET", `/users?${query}`);
        for (const user of users) people.push(await describe(keycloak, user));
        if (users.length < PAGE) return people.sort((a, b) => a.username.localeCompare(b.username));
    }
}

/** Number of accounts in the realm. */
export function countPeople(keycloak: KeycloakAdmin): Promise<number> {
    return keycloak.ask<number>("GET", "/users/count");
}

/** @param username - as it is written in the realm: in small letters */
export async function findPerson(keycloak: KeycloakAdmin, username: string): Promise<User | undefined> {
    const query = `username=${encodeURIComponent(username)}&exact=true`;
    const found = await keycloak.ask<User[]>("GET", `/users?${query}`);
    // Keycloak ignores an empty username, and answers with all people.
    return found.find((user) => user.username === username);
}

/**
 * Makes an account with a temporary password. At the first login Keycloak asks for a new one, and for a second factor if a
 * group has a role that needs one.
 *
 * @returns the temporary password, which is nowhere else
 * @throws Refused when the realm does not take what is said about the person
 */
export async function addPerson(keycloak: KeycloakAdmin, person: NewPerson): Promise<string> {
    const password = temporaryPassword();
    await keycloak.ask("POST", "/users", {
        username: person.username,
        email: person.email,
        // The operator vouches for the address: forward authentication lets nobody in without a verified address.
        emailVerified: true,
        enabled: true,
        firstName: person.firstName,
        lastName: person.lastName,
        groups: person.groups,
        attributes: { ...(person.tenant !== undefined && { tenant: [person.tenant] }) },
        requiredActions: await firstActions(keycloak, person.groups),
        credentials: [{ type: "password", value: password, temporary: true }],
    });
    return password;
}

/** A new temporary password, and a second factor to be set up anew. Ends the person's sessions. @returns the password */
export async function resetPerson(keycloak: KeycloakAdmin, user: User): Promise<string> {
    const password = temporaryPassword();
    const path = `/users/${user.id}`;
    await keycloak.ask("PUT", `${path}/reset-password`, { type: "password", value: password, temporary: true });
    const credentials = await keycloak.ask<Credential[]>("GET", `${path}/credentials`);
    for (const { id } of credentials.filter(isSecondFactor)) {
        await keycloak.ask("DELETE", `${path}/credentials/${id}`);
    }
    const groups = await groupsOf(keycloak, user);
    const current = await keycloak.ask<User>("GET", path);
    await keycloak.ask("PUT", path, { ...current, requiredActions: await firstActions(keycloak, groups) });
    await keycloak.ask("POST", `${path}/logout`);
    return password;
}

/**
 * Puts a person into these groups and no others. Ends the person's sessions, because rights are given at a login. A person who
 * now needs a second factor and has none sets it up at the next login.
 *
 * @throws Refused when nothing was changed, for example for a group that the realm does not have
 * @throws Failure with what is done and what is not, when a later step is refused
 */
export async function setGroups(
    keycloak: KeycloakAdmin,
    { id, username }: Pick<User, "id" | "username">,
    groups: readonly string[],
): Promise<void> {
    const path = `/users/${id}`;
    const found = await groupsAt(keycloak, groups);
    const wanted = found.map((group, index) => ({ id: group.id, name: groups[index] ?? group.id }));
    const held = (await keycloak.ask<Group[]>("GET", `${path}/groups`)).map((group) => ({
        id: group.id,
        name: group.path.slice(1),
    }));
    const leaves = held.filter((group) => !wanted.some((other) => other.id === group.id));
    const joins = wanted.filter((group) => !held.some((other) => other.id === group.id));
    let [left, joined] = [0, 0];
    try {
        for (const group of leaves) {
            await keycloak.ask("DELETE", `${path}/groups/${group.id}`);
            left += 1;
        }
        await requireSecondFactor(keycloak, path, found);
        for (const group of joins) {
            await keycloak.ask("PUT", `${path}/groups/${group.id}`);
            joined += 1;
        }
        await keycloak.ask("POST", `${path}/logout`);
    } catch (error) {
        const names = (some: typeof wanted): string[] => some.map(({ name }) => name);
        throw halfChanged(username, error as Error, {
            left: names(leaves.slice(0, left)),
            toLeave: names(leaves.slice(left)),
            joined: names(joins.slice(0, joined)),
            toJoin: names(joins.slice(joined)),
        });
    }
}

/** Makes Keycloak ask a person without a second factor for one, when a group needs it. @param path - of the person */
async function requireSecondFactor(keycloak: KeycloakAdmin, path: string, groups: readonly Group[]): Promise<void> {
    const credentials = await keycloak.ask<Credential[]>("GET", `${path}/credentials`);
    if (credentials.some(isSecondFactor) || !(await needsSecondFactor(keycloak, groups))) return;
    const current = await keycloak.ask<User>("GET", path);
    const requiredActions = [...new Set([...(current.requiredActions ?? []), SET_UP_FACTOR])];
    await keycloak.ask("PUT", path, { ...current, requiredActions });
}

/** Allows or forbids a person to log in. A person who is forbidden to is also logged out everywhere that asks Keycloak. */
export async function setEnabled(keycloak: KeycloakAdmin, { id }: User, enabled: boolean): Promise<void> {
    const current = await keycloak.ask<User>("GET", `/users/${id}`);
    await keycloak.ask("PUT", `/users/${id}`, { ...current, enabled });
    if (!enabled) await keycloak.ask("POST", `/users/${id}/logout`);
}

async function describe(keycloak: KeycloakAdmin, user: User): Promise<Person> {
    const [groups, credentials] = await Promise.all([
        groupsOf(keycloak, user),
        keycloak.ask<Credential[]>("GET", `/users/${user.id}/credentials`),
    ]);
    return {
        username: user.username,
        email: user.email,
        enabled: user.enabled,
        groups,
        tenant: user.attributes?.["tenant"]?.[0],
        hasSecondFactor: credentials.some(isSecondFactor),
        requiredActions: user.requiredActions ?? [],
    };
}

/** Paths of a person's groups without the leading slash. Paths, because a nested group may have the name of a group at the top. */
async function groupsOf(keycloak: KeycloakAdmin, { id }: User): Promise<string[]> {
    const groups = await keycloak.ask<Group[]>("GET", `/users/${id}/groups`);
    return groups.map(({ path }) => path.slice(1)).sort();
}

async function firstActions(keycloak: KeycloakAdmin, groups: readonly string[]): Promise<string[]> {
    const factor = await needsSecondFactor(keycloak, await groupsAt(keycloak, groups));
    return ["UPDATE_PASSWORD", ...(factor ? [SET_UP_FACTOR] : [])];
}

async function needsSecondFactor(keycloak: KeycloakAdmin, groups: readonly Group[]): Promise<boolean> {
    let needs = false;
    for (const { id } of groups) {
        const roles = await keycloak.ask<{ name: string }[]>("GET", `/groups/${id}/role-mappings/realm/composite`);
        needs ||= roles.some(({ name }) => name === SECOND_FACTOR_ROLE);
    }
    return needs;
}

/** @param paths - without the leading slash. @throws Refused for a group that the realm does not have */
async function groupsAt(keycloak: KeycloakAdmin, paths: readonly string[]): Promise<Group[]> {
    const found: Group[] = [];
    for (const path of paths) found.push(await keycloak.ask<Group>("GET", `/group-by-path/${encodeURI(path)}`));
    return found;
}

function isSecondFactor({ type }: Credential): boolean {
    return type === "otp" || type === "webauthn";
}
