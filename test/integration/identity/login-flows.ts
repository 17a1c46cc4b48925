/** What the login asks for after an update of the realm that no setting of ours has caused. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BROWSER_FLOW, DIRECT_GRANT_FLOW } from "../../../model/identity/login-flows";
import { pkce } from "../../support/browser";
import { admin, expectCode, expectGate, expectSuccess, stack } from "./live";
import { KEYCLOAK_EDITS } from "./keycloak-edits";
import { enter, loginUrl, newBrowser, NEW_ADMIN, REDIRECT, redeemCode, USER } from "./people";

interface State {
    readonly deployment: {
        readonly resources: {
            readonly type: string;
            readonly inputs: Record<string, unknown>;
            readonly outputs: Record<string, unknown>;
        }[];
    };
}

/** The state as of a provider that lacked a setting, and as after the realm's creation: with the flows that it began with. */
async function makeStateOlder(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "strata-state-"));
    const file = join(folder, "state.json");
    try {
        expectSuccess(await stack.pulumi("stack", "export", "--file", file));
        const state = JSON.parse(readFileSync(file, "utf8")) as State;
        const realm = state.deployment.resources.find(({ type }) => type === "keycloak:index/realm:Realm")!;
        for (const half of [realm.inputs, realm.outputs]) {
            half["otpPolicy"] = { ...(half["otpPolicy"] as object), lookAheadWindow: 0 };
        }
        Object.assign(realm.outputs, { browserFlow: "browser", directGrantFlow: "direct grant" });
        writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
        expectSuccess(await stack.pulumi("stack", "import", "--file", file));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function bindings(): Promise<string[]> {
    const { browserFlow, directGrantFlow } = await admin.realm<Record<string, string>>("GET", "");
    return [browserFlow ?? "", directGrantFlow ?? ""];
}

/** A user is in by the password, and by the session's cookie afterwards; an administrator is asked for the second factor after it. */
async function expectLogins(): Promise<void> {
    const browser = newBrowser();
    const { verifier, challenge } = pkce();
    const first = await enter(browser, USER, challenge);
    expect((await redeemCode(browser, first, verifier)).status).toBe(200);
    const again = pkce();
    const end = await browser.follow(await browser.get(loginUrl(again.challenge)), REDIRECT);
    expect((await redeemCode(browser, end, again.verifier)).status).toBe(200);
    const asked = await enter(newBrowser(), NEW_ADMIN, pkce().challenge);
    expect([asked.status, asked.location]).toEqual([200, undefined]);
    expect(asked.body).toMatch(/name="(otp|totp)"/);
}

const DECLARED = [BROWSER_FLOW.alias, DIRECT_GRANT_FLOW.alias];

export function loginFlowsTests(): void {
    test("an update of the realm that comes from the provider keeps the login as it is (G-1)", async () => {
        await makeStateOlder();
        const ended = await stack.pulumi("up", "--yes", "--skip-preview");
        expectSuccess(ended);
        expect(ended.stdout).toMatch(/~ 1 updated/);
        expect(await bindings()).toEqual(DECLARED);
        const asked = await enter(newBrowser(), NEW_ADMIN, pkce().challenge);
        expect([asked.status, asked.location]).toEqual([200, undefined]);
        expect(asked.body).toMatch(/name="(otp|totp)"/);
        await expectGate(0);
    });

    test.each(["the second factor before the password", "the cookie after the forms"])(
        "people log in as before once `up --refresh` has put back an order: %s (G-3)",
        async (order) => {
            const edit = KEYCLOAK_EDITS.find(({ what }) => what === order)!;
            const declared = await edit.read();
            await expectLogins();
            await edit.change();
            expect(await edit.read()).not.toEqual(declared);
            expectSuccess(await stack.strata("up", "--refresh"));
            expect(await edit.read()).toEqual(declared);
            await expectLogins();
        },
    );

    test("`status` and `up` say when the realm logs people in otherwise than declared, and `up --refresh` puts it back", async () => {
        await admin.realm("PUT", "", { browserFlow: "browser" });
        for (const verb of ["status", "up"]) {
            const ended = await stack.strata(verb);
            expectCode(ended, 1);
            expect(ended.stdout).toContain('browserFlow is "browser", declared: "strata browser"');
        }
        expectSuccess(await stack.strata("up", "--refresh"));
        expect(await bindings()).toEqual(DECLARED);
        expectSuccess(await stack.strata("status"));
    });
}
