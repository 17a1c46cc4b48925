/** The first day of a person: an account from the command line, the first login, and the end of it. */

import { pkce } from "../../support/browser";
import { expectCode, expectSuccess, origin, stack } from "./live";
import { enter, giveSecondFactor, newBrowser, setUpSecondFactor } from "./people";

const NEW = { username: "fay", groups: ["PSRA Administrators"], tenant: "acme" };
const CHOSEN = "a password that fay has chosen";
const WORDS = [
    "--username",
    NEW.username,
    "--email",
    "fay@example.com",
    "--group",
    NEW.groups[0]!,
    "--tenant",
    NEW.tenant,
];

interface Added {
    readonly username: string;
    readonly password: string;
    readonly account: string;
    readonly protected: readonly string[];
}

/** @param first - standard output of the first `up`, when nobody had an account */
export function firstLoginTests(first: () => string): void {
    let added: Added;

    test("the first up says how the first person is made, and where a person logs in", () => {
        expect(first()).toContain("nobody has an account yet");
        expect(first()).toContain("npm run strata -- person add --username <name>");
        expect(first()).toContain(`${origin("auth")}/realms/sevensa/account/`);
    });

    test("`person add` makes an account, and shows its temporary password once", async () => {
        const ended = await stack.strata("person add", ...WORDS, "--json");
        expectSuccess(ended);
        added = JSON.parse(ended.stdout) as Added;
        expect(added).toMatchObject({ username: "fay", account: `${origin("auth")}/realms/sevensa/account/` });
        expect(added.protected).toContain(`${origin("psra")}/`);
        expect(ended.stdout.split(added.password)).toHaveLength(2);
        for (const text of stack.privateFiles().values()) expect(text).not.toContain(added.password);
    });

    test("a person who exists is not changed", async () => {
        const ended = await stack.strata("person add", ...WORDS);
        expectCode(ended, 2);
        expect(ended.stderr).toContain('"fay" exists already');
    });

    test("the temporary password opens the way to a second factor and a password of one's own, and then the route", async () => {
        const browser = newBrowser();
        const form = await browser.follow(await browser.get(`${origin("psra")}/`));
        const factor = await browser.submit(form, { username: "fay", password: added.password });
        const change = await browser.follow(
            await setUpSecondFactor(browser, await browser.follow(factor), { ...NEW, password: "" }),
        );
        expect(change.body).toContain('name="password-new"');
        const chosen = { "password-new": CHOSEN, "password-confirm": CHOSEN };
        const page = await browser.follow(await browser.submit(change, chosen));
        expect([page.status, new URL(page.url).host]).toEqual([200, new URL(origin("psra")).host]);
    });

    test("`person list` shows the second factor", async () => {
        const ended = await stack.strata("person list", "--json");
        expectSuccess(ended);
        const { people } = JSON.parse(ended.stdout) as { people: { username: string }[] };
        expect(people.find(({ username }) => username === "fay")).toEqual({
            username: "fay",
            email: "fay@example.com",
            enabled: true,
            groups: NEW.groups,
            tenant: NEW.tenant,
            hasSecondFactor: true,
            requiredActions: [],
        });
    });

    test("`person groups` puts a person into other groups, and refuses those that nobody declares", async () => {
        const unknown = await stack.strata("person groups", "fay", "--group", "PSRA User");
        expectCode(unknown, 2);
        expect(unknown.stderr).toContain(`did you mean "PSRA Users"?`);
        expectCode(await stack.strata("person groups", "fay"), 2);
        const groupsAfter = async (...words: string[]): Promise<unknown> => {
            expectSuccess(await stack.strata("person groups", "fay", ...words));
            const { stdout } = await stack.strata("person list", "--json");
            const { people } = JSON.parse(stdout) as { people: { username: string; groups: string[] }[] };
            return people.find(({ username }) => username === "fay")?.groups;
        };
        expect(await groupsAfter("--none")).toEqual([]);
        expect(await groupsAfter("--group", ...NEW.groups)).toEqual(NEW.groups);
    });

    test("whoever is disabled is let in no more, and the name of somebody else is refused", async () => {
        const fay = { ...NEW, password: CHOSEN };
        const before = newBrowser();
        const asked = await enter(before, fay, pkce().challenge);
        expect((await giveSecondFactor(before, asked, fay)).status).toBe(302);
        expectSuccess(await stack.strata("person disable", "fay"));
        const after = await enter(newBrowser(), fay, pkce().challenge);
        expect([after.status, after.location]).toEqual([200, undefined]);
        expect(after.body).toContain("Account is disabled");
        const typo = await stack.strata("person disable", "fey");
        expectCode(typo, 2);
        expect(typo.stderr).toContain('next: did you mean "fay"?');
    });

    test("whoever is forgotten is gone, once the name was confirmed", async () => {
        expectCode(await stack.strata("person forget", "fay"), 2);
        expectCode(await stack.strata("person forget", "fay", "--confirm", "fey"), 2);
        expectSuccess(await stack.strata("person forget", "fay", "--confirm", "fay"));
        const listed = await stack.strata("person list", "--json");
        expectSuccess(listed);
        expect(listed.stdout).not.toContain("fay");
        expectCode(await stack.strata("person forget", "fay", "--confirm", "fay"), 2);
    });
}
