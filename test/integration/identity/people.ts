/** The people of this test, and how they fill in Keycloak's forms. */

import { Browser, fieldOf, oneTimeCode, type Page } from "../../support/browser";
import type { Person } from "../../support/keycloak-admin";
import { admin, origin, outputs } from "./live";

const person = (username: string, groups: readonly string[], tenant = "acme"): Person => ({
    username,
    password: `correct horse ${username}`,
    groups,
    tenant,
});

export const PLATFORM_ADMIN = person("pat", ["Administrators"]);
export const PSRA_ADMIN = person("ada", ["PSRA Administrators"]);
export const RENTGUY_ADMIN = person("rob", ["RentGuy Administrators"]);
/** An administrator who has never logged in before. */
export const NEW_ADMIN = person("noa", ["PSRA Administrators"], "globex");
export const USER = person("una", ["PSRA Users"]);
/** In no group. */
export const STRANGER = person("sam", []);
/** In a group inside another one, which has the name of a group that keeps secrets. */
export const NESTED = person("nora", ["PSRA Users/Administrators"]);

/** Everybody who is there from the beginning. */
export const PEOPLE = [PLATFORM_ADMIN, PSRA_ADMIN, RENTGUY_ADMIN, NEW_ADMIN, USER, STRANGER];

/** Secrets of the authenticators that people had to set up, by name. */
export const authenticators = new Map<string, string>();

/** Sets up the second factor that the page asks for. @returns what comes then */
export async function setUpSecondFactor(browser: Browser, page: Page, { username }: Person): Promise<Page> {
    const secret = fieldOf(page, "totpSecret") ?? "";
    expect(secret).not.toBe("");
    authenticators.set(username, secret);
    return browser.submit(page, { totp: oneTimeCode(secret), totpSecret: secret, userLabel: "test" });
}

/** Gives the code that the page asks for. @returns what comes then */
export async function giveSecondFactor(browser: Browser, page: Page, { username }: Person): Promise<Page> {
    // A code works once: the next one is not the one that the set-up has used.
    return browser.submit(page, { otp: oneTimeCode(authenticators.get(username)!, 1) });
}

/** Where the login at a product's client ends. */
export const REDIRECT = `${origin("psra")}/auth/callback`;

/** Where a login at the client `psra` begins. */
export function loginUrl(challenge: string | undefined, redirect = REDIRECT): string {
    const query = new URLSearchParams({
        client_id: "psra",
        response_type: "code",
        scope: "openid",
        redirect_uri: redirect,
        state: "s",
        ...(challenge !== undefined && { code_challenge: challenge, code_challenge_method: "S256" }),
    });
    return `${outputs.identity.issuer}/protocol/openid-connect/auth?${query.toString()}`;
}

/** Name and password at the client `psra`. @returns what comes then */
export async function enter(browser: Browser, { username, password }: Person, challenge: string): Promise<Page> {
    const form = await browser.get(loginUrl(challenge));
    return browser.follow(await browser.submit(form, { username, password }), REDIRECT);
}

/** Redeems the code that a login at the client `psra` ended with. */
export async function redeemCode(browser: Browser, page: Page, verifier: string): Promise<Page> {
    const code = new URL(page.location ?? "none:").searchParams.get("code");
    return browser.post(`${outputs.identity.issuer}/protocol/openid-connect/token`, {
        grant_type: "authorization_code",
        client_id: "psra",
        client_secret: await admin.clientSecret("psra"),
        redirect_uri: REDIRECT,
        code: code ?? "",
        code_verifier: verifier,
    });
}

/** Somebody's browser, with nothing in it yet. */
export function newBrowser(): Browser {
    return new Browser(outputs.authority);
}

/** Logs in where a page asks for a session, with a second factor where it was set up. @returns what the page answered in the end */
export async function visit(browser: Browser, url: string, someone: Person): Promise<Page> {
    const { username, password } = someone;
    const form = await browser.follow(await browser.get(url));
    const next = await browser.follow(await browser.submit(form, { username, password }));
    return authenticators.has(username) ? browser.follow(await giveSecondFactor(browser, next, someone)) : next;
}
