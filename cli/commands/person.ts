/** `strata person add|list|groups|enable|disable|reset|forget`: the people who may log in. They are data of the realm and declared nowhere. */

import { nearest } from "../../model/nearest";
import { type Realm, TENANT_PATTERN } from "../../model/identity/realm";
import { ExitCode, Failure, npmRun, rejected } from "../failure";
import { forgetPerson } from "../identity/forget";
import { type KeycloakAdmin, keycloakOf, Refused } from "../identity/keycloak-admin";
import { addPerson, findPerson, listPeople, resetPerson, setEnabled, setGroups } from "../identity/people";
import { firstPerson, loginPlaces } from "../identity/first-person";
import { Progress } from "../output/progress";
import { confirmByName, type Terminal, terminalOf } from "../output/question";
import { table } from "../output/text";
import { loginsOnce } from "../pulumi/logins";
import { lookAt, open, type Session, type StackOptions } from "../session";
import { foundations } from "../setup/setup";
import { isKeptHere } from "../stacks/backend";
import { type Declared, declaredBy } from "../stacks/platform";
import { hasState } from "../stacks/stack";
import { wantedBy } from "../stacks/supply";

/** Options of all verbs about people. */
export interface PersonOptions extends StackOptions {
    readonly json?: boolean;
}

/** Options of `person add`. */
export interface AddOptions extends PersonOptions {
    readonly username: string;
    readonly email: string;
    readonly firstName?: string;
    readonly lastName?: string;
    /** Names of declared groups. @default none: the person may log in and has no rights */
    readonly group?: readonly string[];
    /** The customer whose data the person sees. */
    readonly tenant?: string;
}

/** Options of `person groups`. */
export interface GroupsOptions extends PersonOptions {
    /** Names of declared groups: these, and no others. */
    readonly group?: readonly string[];
    /** The person is in no group from now on. */
    readonly none?: boolean;
}

/** Options of `person forget`. */
export interface ForgetOptions extends PersonOptions {
    /** The username, instead of typing it. */
    readonly confirm?: string;
}

/** What the realm's user profile accepts, as far as strata can check it before it asks Keycloak. */
const USERNAME = /^[a-z0-9][a-z0-9._@-]{2,254}$/;
const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u;
const TENANT = new RegExp(TENANT_PATTERN);

const ENDS_LATER = "  tokens and logins that a session has handed out already end later: docs/first-login.md says when";

interface Place extends Session {
    readonly declared: Declared & { readonly realm: Realm };
    readonly progress: Progress;
    readonly logins: ReturnType<typeof loginsOnce>;
    readonly keycloak: KeycloakAdmin;
}

/** Makes an account, and shows its temporary password once. @returns exit code: 0 done */
export async function add(options: AddOptions): Promise<number> {
    checkNewPerson(options);
    const { keycloak, declared, progress, stack } = await enter(options, ({ realm }) =>
        checkGroups(options.group ?? [], realm, options),
    );
    const { username, email, firstName, lastName, tenant, group: groups = [] } = options;
    if (await findPerson(keycloak, username)) {
        throw new Failure(
            `${JSON.stringify(username)} exists already in the realm ${declared.realm.name}; nothing was changed`,
            `${npmRun("strata", stack.name, "person", "list")} lists the people, "person reset" gives one a new temporary password`,
        );
    }
    const password = await explained(addPerson(keycloak, { username, email, firstName, lastName, groups, tenant }));
    const places = loginPlaces(declared, groups);
    if (options.json) console.log(JSON.stringify({ username, email, groups, password, ...places }, undefined, 2));
    progress.line(
        "✓",
        `${username} may log in${groups.length > 0 ? `: ${groups.join(", ")}` : ", and is in no group"}`,
    );
    showPassword(progress, password, places.account);
    for (const url of places.protected) progress.print(`  then: ${url}`);
    return ExitCode.holds;
}

/** @returns exit code: 0 listed */
export async function list(options: PersonOptions): Promise<number> {
    const { keycloak, progress, stack, declared } = await enter(options);
    const people = await listPeople(keycloak);
    if (options.json) console.log(JSON.stringify({ stack: stack.name, people }, undefined, 2));
    if (people.length === 0) {
        progress.line("·", `the realm ${declared.realm.name} has no people`);
        progress.print(`  next: ${firstPerson(stack.name)}`);
        return ExitCode.holds;
    }
    const rows = people.map(({ username, email, enabled, groups, tenant, hasSecondFactor }) => [
        username,
        email ?? "-",
        enabled ? "yes" : "no",
        hasSecondFactor ? "yes" : "no",
        tenant ?? "-",
        groups.join(", ") || "-",
    ]);
    const lines = table(["USERNAME", "EMAIL", "ENABLED", "SECOND FACTOR", "TENANT", "GROUPS"], rows);
    lines.forEach((line) => progress.print(line));
    return ExitCode.holds;
}

/** Puts a person into the given groups, and out of all others. @returns exit code: 0 done */
export async function groups([username = ""]: readonly string[], options: GroupsOptions): Promise<number> {
    const { group: wanted = [], none = false } = options;
    if (none === wanted.length > 0) {
        throw new Failure(
            none ? "--none and --group contradict each other" : "nothing says which groups the person is to be in",
            none
                ? "leave one of them out: --none takes the person out of all groups, --group out of all but these"
                : "give --group with all groups that the person is to be in, those that stay among them, or --none",
        );
    }
    const work: Work = async ({ keycloak, progress }, user) => {
        await explained(setGroups(keycloak, user, wanted));
        if (options.json) console.log(JSON.stringify({ username, groups: wanted }, undefined, 2));
        progress.line("✓", `${username} is in ${wanted.join(", ") || "no group"}; the sessions in Keycloak have ended`);
        progress.print(ENDS_LATER);
    };
    return change(username, options, work, ({ realm }) => checkGroups(wanted, realm, options));
}

/** @returns exit code: 0 the person may log in */
export function enable([username = ""]: readonly string[], options: PersonOptions): Promise<number> {
    return change(username, options, async ({ keycloak, progress }, user) => {
        await explained(setEnabled(keycloak, user, true));
        if (options.json) console.log(JSON.stringify({ username, enabled: true }, undefined, 2));
        progress.line("✓", `${username} may log in`);
    });
}

/** Ends the person's sessions as well. @returns exit code: 0 the person may log in no more */
export function disable([username = ""]: readonly string[], options: PersonOptions): Promise<number> {
    return change(username, options, async ({ keycloak, progress }, user) => {
        await explained(setEnabled(keycloak, user, false));
        if (options.json) console.log(JSON.stringify({ username, enabled: false }, undefined, 2));
        progress.line("✓", `${username} may log in no more, and the sessions in Keycloak have ended`);
        progress.print(ENDS_LATER);
    });
}

/** A new temporary password and second factor, for someone who has lost one. @returns exit code: 0 done */
export function reset([username = ""]: readonly string[], options: PersonOptions): Promise<number> {
    return change(username, options, async ({ keycloak, progress, declared }, user) => {
        const password = await explained(resetPerson(keycloak, user));
        const { account } = loginPlaces(declared, []);
        if (options.json) console.log(JSON.stringify({ username, password, account }, undefined, 2));
        progress.line("✓", `${username} has a new temporary password; the sessions and the second factor are gone`);
        showPassword(progress, password, account);
    });
}

/** Deletes the account once its name was typed. @returns exit code: 0 the person is gone */
export async function forget([username = ""]: readonly string[], options: ForgetOptions): Promise<number> {
    await confirmName(username, options);
    return change(username, options, async ({ keycloak, progress, logins }, user) => {
        await explained(forgetPerson(keycloak, user, (await logins()).vault));
        if (options.json) console.log(JSON.stringify({ username, deleted: true }, undefined, 2));
        progress.line("✓", `${username} is deleted, and cannot be brought back`);
        progress.print("  logs and products know the person still: docs/first-login.md says which");
    });
}

/**
 * Asks for the username before anything is looked at.
 *
 * @param terminal - where a person can be asked
 * @throws Failure when nobody confirms
 */
export async function confirmName(
    username: string,
    options: Pick<ForgetOptions, "confirm" | "json">,
    terminal: Terminal | undefined = terminalOf(options),
): Promise<void> {
    const farewell = {
        name: username,
        what: `this deletes ${username} for good`,
        question: `This deletes ${username} for good; "person disable" can be undone. Type the username to go on: `,
        next: `type the username, or give --confirm ${username}`,
    };
    await confirmByName(farewell, options.confirm, terminal);
}

async function enter(options: PersonOptions, check: (declared: { realm: Realm }) => void = () => {}): Promise<Place> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    const found = await foundations(wantedBy(sight));
    const declared = declaredBy(sight.stack, found, sight.engine.choice);
    const { realm } = declared.platform;
    if (realm === undefined) {
        throw new Failure(
            `${sight.stack.name} has no people: strata:identity.keycloak is not set`,
            `set it in ${sight.stack.source}, then run: ${npmRun("up", sight.stack.name)}`,
        );
    }
    check({ realm });
    if (!hasState(sight.stack) && isKeptHere(sight.stack)) {
        const { name } = sight.stack;
        throw new Failure(`${name} has no people: it was never started here`, `run: ${npmRun("up", name)}`);
    }
    const session = await open(sight, found);
    const logins = loginsOnce(session.pulumi);
    const keycloak = await keycloakOf(session.pulumi, logins);
    return { ...session, progress, declared: { ...declared, realm }, logins, keycloak };
}

type Work = (place: Place, user: NonNullable<Awaited<ReturnType<typeof findPerson>>>) => Promise<void>;

async function change(
    username: string,
    options: PersonOptions,
    work: Work,
    check?: Parameters<typeof enter>[1],
): Promise<number> {
    const place = await enter(options, check);
    const user = await findPerson(place.keycloak, username.toLowerCase());
    if (user === undefined) {
        const known = (await listPeople(place.keycloak)).map((it) => it.username);
        throw unknown("username", username, known, "name one of these");
    }
    await work(place, user);
    return ExitCode.holds;
}

/** Checks the options before Keycloak is asked. @throws Failure for the first that is wrong */
function checkNewPerson({ username, email, tenant }: AddOptions): void {
    const wrong = (option: string, value: string, accepted: string): Failure =>
        new Failure(
            `${option}: ${JSON.stringify(value)} is refused; accepted: ${accepted}`,
            "nothing was changed; correct it",
        );
    if (!USERNAME.test(username)) {
        throw wrong("--username", username, "3 to 255 lower-case letters, digits and . _ @ -, a letter or digit first");
    }
    if (!EMAIL.test(email)) throw wrong("--email", email, "an address like name@example.com");
    if (tenant !== undefined && !TENANT.test(tenant)) {
        throw wrong("--tenant", tenant, "lower-case letters, digits and dashes, a letter first, at most 63");
    }
}

function checkGroups(groups: readonly string[], { groups: declared }: Realm, { stack }: PersonOptions): void {
    const known = declared.map(({ name }) => name);
    for (const group of groups) {
        if (!known.includes(group)) throw unknown("--group", group, known, `name a group that ${stack} declares`);
    }
}

function unknown(option: string, value: string, known: readonly string[], next: string): Failure {
    const meant = nearest(value, known);
    return rejected(option, value, known, meant === undefined ? next : `did you mean ${JSON.stringify(meant)}?`);
}

function showPassword(progress: Progress, password: string, account: string): void {
    progress.print(`  temporary password, shown this once: ${password}`);
    progress.print(`  first login, which asks for another password: ${account}`);
}

/** Turns a refusal by Keycloak into a failure with a next step. */
async function explained<T>(work: Promise<T>): Promise<T> {
    try {
        return await work;
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        throw new Failure(
            error.message,
            "correct what was refused; docs/first-login.md says what a realm takes",
            ExitCode.broken,
        );
    }
}
