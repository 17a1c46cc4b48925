import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { CookieJar } from "tough-cookie";

import { proxyConfiguration } from "../../../components/identity/oauth2-proxy/oauth2-proxy";
import { LABEL } from "../../../model/names";
import type { EdgeStand } from "../../support/edge-stand";
import { eventually } from "../../support/eventually";
import { ask, type Answer } from "../../support/http";
import { imageOf } from "../../support/images";
import { docker } from "../../support/live-engine";
import { platform } from "./stand";

/** Where the real oauth2-proxy listens. It knows Keycloak's addresses from its configuration and needs no Keycloak to begin a login. */
export const PROXY_ADDRESS = "127.0.0.90";

const HOST = "closed.example.com";
const PAGE = `https://${HOST}/`;

/** Starts oauth2-proxy with the configuration that the program makes; it goes with the containers of the environment. */
export async function startProxy(environment: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "strata-oauth2-proxy-"));
    mkdirSync(join(folder, "secrets"));
    if (platform.realm === undefined) throw new Error("the platform has no realm");
    const text = proxyConfiguration(platform.realm, [HOST], "c".repeat(32));
    writeFileSync(join(folder, "secrets", "client"), "secret");
    writeFileSync(join(folder, "secrets", "oauth2-proxy.cfg"), text.replace("0.0.0.0:", `${PROXY_ADDRESS}:`));
    execFileSync("chmod", ["-R", "a+rX", folder]);
    await docker([
        ...["run", "--detach", `--label=${LABEL.environment}=${environment}`, "--network=host", "--read-only"],
        ...["--cap-drop=ALL", "--user=65532:65532", `--volume=${folder}:/etc/strata:ro`],
        await imageOf("oauth2-proxy"),
        "--config=/etc/strata/secrets/oauth2-proxy.cfg",
    ]);
    await eventually("oauth2-proxy answers", async () => {
        const { status } = await ask({ host: "proxy", address: PROXY_ADDRESS, port: 4180, path: "/ping" });
        return status === 200;
    });
    // It has read them.
    rmSync(folder, { recursive: true });
}

/** What a browser without a session collects. */
export function loginTests(stand: () => EdgeStand): void {
    const visit = async (jar: CookieJar, headers: Readonly<Record<string, string>>): Promise<Answer> => {
        const { address, ports, authority } = stand();
        const cookie = await jar.getCookieString(PAGE);
        const answer = await ask({
            host: HOST,
            address,
            port: ports["https"] ?? 0,
            authority,
            headers: { Accept: "text/html", ...headers, ...(cookie !== "" && { Cookie: cookie }) },
        });
        for (const line of [answer.headers["set-cookie"] ?? []].flat()) await jar.setCookie(line, PAGE);
        return answer;
    };
    /** A fast machine asks more often than the route lets anybody. */
    const patiently = async (request: () => Promise<Answer>): Promise<Answer> => {
        for (;;) {
            const answer = await request();
            if (answer.status !== 429) return answer;
            await setTimeout(500);
        }
    };
    const newJar = (): CookieJar => new CookieJar(undefined, { prefixSecurity: "strict" });

    test.each([60, 400])("%i times to the login is one cookie, of a size that every service takes", async (times) => {
        const jar = newJar();
        for (let time = 0; time < times; time++) {
            const { status, headers } = await patiently(() => visit(jar, { "Sec-Fetch-Mode": "navigate" }));
            expect(status).toBe(302);
            expect(headers["location"]).toContain("https://auth.example.com/realms/acme/protocol/openid-connect/auth");
        }
        expect((await jar.getCookies(PAGE)).map(({ key }) => key)).toEqual(["__Host-strata_csrf"]);
        expect((await jar.getCookieString(PAGE)).length).toBeLessThan(1024);
    });

    test.each([
        ["Sec-Fetch-Mode", "cors"],
        ["X-Requested-With", "XMLHttpRequest"],
        ["Accept", "application/json"],
    ])("a page that polls with %s: %s is told 401 and gets no cookie", async (name, value) => {
        const jar = newJar();
        for (let time = 0; time < 60; time++) expect((await visit(jar, { [name]: value })).status).toBe(401);
        expect(await jar.getCookies(PAGE)).toEqual([]);
    });
}
