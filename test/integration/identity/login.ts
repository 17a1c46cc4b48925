import { createPublicKey, verify as verifySignature, type JsonWebKey } from "node:crypto";

import { type Browser, type Page, pkce } from "../../support/browser";
import { admin, outputs } from "./live";
import {
    enter,
    giveSecondFactor,
    loginUrl,
    NEW_ADMIN,
    newBrowser,
    REDIRECT,
    redeemCode,
    setUpSecondFactor,
    USER,
} from "./people";

interface Claims {
    readonly iss: string;
    readonly aud: string | string[];
    readonly azp: string;
    readonly tenant: string;
    readonly realm_access: { readonly roles: readonly string[] };
    readonly exp: number;
    readonly iat: number;
}

/** Claims of the token in the answer to a code. Its signature is one of the published keys'. */
export async function claimsIn(browser: Browser, { body: answer }: Page): Promise<Claims> {
    const { access_token: token } = JSON.parse(answer) as { access_token: string };
    const [header = "", payload = "", signature = ""] = token.split(".");
    const { kid, alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string; alg: string };
    expect(alg).toBe("RS256");
    const { body } = await browser.get(outputs.identity.jwksUrl);
    const key = (JSON.parse(body) as { keys: (JsonWebKey & { kid: string })[] }).keys.find((it) => it.kid === kid);
    const publicKey = createPublicKey({ key: key ?? {}, format: "jwk" });
    const data = Buffer.from(`${header}.${payload}`);
    expect(verifySignature("RSA-SHA256", data, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
}

/** People log in to a product. */
export function loginTests(): void {
    test("a user gets a token with the user's roles, the client as audience, and the tenant", async () => {
        const browser = newBrowser();
        const { verifier, challenge } = pkce();
        const end = await enter(browser, USER, challenge);
        expect(end.location).toMatch(new RegExp(`^${REDIRECT.replaceAll(".", "\\.")}\\?`));
        const answer = await redeemCode(browser, end, verifier);
        expect(answer.status).toBe(200);
        const claims = await claimsIn(browser, answer);
        expect(claims).toMatchObject({ iss: outputs.identity.issuer, aud: "psra", azp: "psra", tenant: "acme" });
        expect(claims.realm_access.roles).toEqual(["psra-user"]);
        expect(claims.exp - claims.iat).toBe(300);
    });

    test("a login without PKCE, to another address or redeemed with another verifier ends without a token", async () => {
        const browser = newBrowser();
        const without = await browser.get(loginUrl(undefined));
        expect(without.location).toContain("error=invalid_request");
        const { challenge } = pkce();
        const elsewhere = await browser.get(loginUrl(challenge, `${REDIRECT}/more`));
        expect([elsewhere.status, elsewhere.location]).toEqual([400, undefined]);
        const end = await enter(browser, USER, challenge);
        expect((await redeemCode(browser, end, pkce().verifier)).status).toBe(400);
    });

    test("a wrong password lets nobody in, and neither does a right one outside a browser", async () => {
        const wrong = await enter(newBrowser(), { ...USER, password: "wrong" }, pkce().challenge);
        expect([wrong.status, wrong.location]).toEqual([200, undefined]);
        expect(wrong.body).toContain("Invalid username or password");
        const direct = await admin.token(
            { grant_type: "password", client_id: "admin-cli", username: USER.username, password: USER.password },
            outputs.identity.realm,
        );
        expect(direct.status).not.toBe(200);
        expect(direct.body).not.toContain("access_token");
    });

    test("an administrator has to set up a second factor first, and is asked for it from then on", async () => {
        const first = newBrowser();
        const { verifier, challenge } = pkce();
        const page = await enter(first, NEW_ADMIN, challenge);
        expect(page.location).toBeUndefined();
        const done = await setUpSecondFactor(first, page, NEW_ADMIN);
        const answer = await redeemCode(first, await first.follow(done, REDIRECT), verifier);
        const claims = await claimsIn(first, answer);
        expect([...claims.realm_access.roles].sort()).toEqual(["psra-admin", "psra-user", "second-factor"]);
        expect(claims.tenant).toBe("globex");

        const later = newBrowser();
        const again = pkce();
        const asked = await enter(later, NEW_ADMIN, again.challenge);
        expect(asked.location).toBeUndefined();
        const refused = await later.submit(asked, { otp: "000000" });
        expect([refused.status, refused.location]).toEqual([200, undefined]);
        const through = await giveSecondFactor(later, refused, NEW_ADMIN);
        const end = await later.follow(through, REDIRECT);
        expect((await redeemCode(later, end, again.verifier)).status).toBe(200);
    });
}
