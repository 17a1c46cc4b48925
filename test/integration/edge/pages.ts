import { ask } from "../../support/http";
import { docker, run } from "../../support/live-engine";
import { type EdgeStand, sendRaw, statusOf } from "../../support/edge-stand";
import { SESSION } from "./stand";

/** Who may show a page in a frame. */
export function framingTests(stand: () => EdgeStand): void {
    const headersOf = async (host: string, path = "/") => {
        const { address, ports, authority } = stand();
        return (await ask({ host, address, port: ports["https"] ?? 0, path, authority })).headers;
    };

    test("nobody, unless the route says otherwise", async () => {
        expect((await headersOf("stand.example.com"))["x-frame-options"]).toBe("DENY");
        expect((await headersOf("closed.example.com"))["x-frame-options"]).toBe("DENY");
    });

    test("with same-origin and own, what the route asks for", async () => {
        expect((await headersOf("framed.example.com"))["x-frame-options"]).toBe("SAMEORIGIN");
        expect((await headersOf("own.example.com"))["x-frame-options"]).toBe("SAMEORIGIN");
    });

    test("Keycloak says it itself, for each of its pages", async () => {
        const login = await headersOf("auth.example.com", "/realms/acme/protocol/openid-connect/auth");
        expect(login["x-frame-options"]).toBe("SAMEORIGIN");
        expect(login["content-security-policy"]).toContain("frame-ancestors 'self'");
        expect(login["referrer-policy"]).toBe("no-referrer");
        for (const page of ["3p-cookies/step1.html", "login-status-iframe.html"]) {
            const headers = await headersOf("auth.example.com", `/realms/acme/protocol/openid-connect/${page}`);
            expect(headers).not.toHaveProperty("x-frame-options");
            expect(headers).not.toHaveProperty("content-security-policy");
            expect(headers).toMatchObject({
                "strict-transport-security": expect.any(String) as string,
                "x-content-type-options": "nosniff",
            });
        }
    });
}

/** Requests that a page sends by itself are told 401, people are sent to the login. */
export function backgroundTests(stand: () => EdgeStand): void {
    const status = async (lines: readonly string[], target = "/page"): Promise<number> => {
        const request = [`GET ${target} HTTP/1.1`, "Host: closed.example.com", "Connection: close", ...lines];
        return statusOf(await sendRaw(stand(), "closed.example.com", request));
    };
    const PEOPLE = [
        [],
        ["Accept: text/html,application/xhtml+xml"],
        ["Accept: */*"],
        ["Sec-Fetch-Mode: navigate"],
        ["Sec-Fetch-Mode: navigate", "Accept: text/html, application/json"],
    ];
    const PAGES = [
        ["Sec-Fetch-Mode: cors"],
        ["Sec-Fetch-Mode: no-cors"],
        ["Sec-Fetch-Mode: same-origin", "Accept: text/html"],
        ["Sec-Fetch-Mode: websocket", "Connection: Upgrade", "Upgrade: websocket"],
        ["X-Requested-With: XMLHttpRequest"],
        ["x-requested-with: xmlhttprequest", "Accept: */*"],
        ["Accept: application/json"],
        ["Accept: application/json, text/plain, */*"],
    ];

    test.each(PEOPLE.map((lines) => [lines.join(", ") || "nothing", lines] as const))(
        "%s: to the login",
        async (_, lines) => {
            expect(await status(lines)).toBe(302);
        },
    );

    test.each(PAGES.map((lines) => [lines.join(", "), lines] as const))("%s: 401", async (_, lines) => {
        expect(await status(lines)).toBe(401);
    });

    test("with a session both reach the service, with who it is; without the role neither does", async () => {
        for (const lines of [[], ["Sec-Fetch-Mode: cors"]]) {
            const before = stand().seen.length;
            expect(await status([...lines, `Cookie: ${SESSION.user}`, "X-Auth-Request-User: forged"])).toBe(200);
            const seen = stand()
                .seen.slice(before)
                .find(({ service }) => service === "stand-closed");
            expect(seen?.rawHeaders).toEqual(expect.arrayContaining(["X-Auth-Request-User", "user"]));
            expect(seen?.rawHeaders).not.toContain("forged");
            expect(await status([...lines, `Cookie: ${SESSION.stranger}`])).toBe(403);
        }
    });
}

/** The edge's own pages, redirect and health. */
export function managementTests(stand: () => EdgeStand): void {
    const at = (entryPoint: string, host: string, path: string) => {
        const { address, ports } = stand();
        return ask({ host, address, port: ports[entryPoint] ?? 0, path });
    };

    test.each(["127.0.0.1", "localhost", "127.0.0.1:9400", "localhost:9400"])("%s is answered", async (host) => {
        expect((await at("traefik", host, "/api/overview")).status).toBe(200);
        expect((await at("traefik", host, "/metrics")).status).toBe(200);
        expect((await at("vault", host, "/v1/sys/health")).status).toBe(200);
        expect((await at("keycloak", host, "/admin/")).status).toBe(200);
    });

    test.each([
        "rebound.attacker.example",
        "rebound.attacker.example:9400",
        "localhost.attacker.example",
        "127.0.0.1.nip.example",
        "stand.example.com",
        "0.0.0.0",
        "[::1]",
        "",
    ])("a page at %s that leads here is told nothing", async (host) => {
        for (const [entryPoint, path] of [
            ["traefik", "/api/rawdata"],
            ["traefik", "/metrics"],
            ["vault", "/v1/sys/health"],
            ["keycloak", "/admin/"],
        ] as const) {
            const { status } = await at(entryPoint, host, path);
            expect(`${path} ${status}`).toBe(`${path} 404`);
        }
    });

    test.each(["127.0.0.1", "localhost:9402"])(
        "Keycloak's console at %s keeps Keycloak's word on frames",
        async (host) => {
            for (const path of ["/admin/master/console/", "/realms/master/protocol/openid-connect/auth"]) {
                const { headers } = await at("keycloak", host, path);
                expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
                expect(headers["content-security-policy"]).toContain("frame-ancestors 'self'");
                expect(headers["referrer-policy"]).toBe("no-referrer");
            }
            // The console loads these in a frame and hangs when it may not.
            for (const page of ["3p-cookies/step1.html", "login-status-iframe.html"]) {
                const { status, headers } = await at(
                    "keycloak",
                    host,
                    `/realms/master/protocol/openid-connect/${page}`,
                );
                expect(status).toBe(200);
                expect(headers).not.toHaveProperty("x-frame-options");
                expect(headers).not.toHaveProperty("content-security-policy");
            }
        },
    );

    test("plain HTTP leads to HTTPS, path and query included", async () => {
        const { status, headers } = await at("http", "stand.example.com", "/a%20b?c=d%2Fe");
        expect([301, 308]).toContain(status);
        expect(headers["location"]).toBe("https://stand.example.com/a%20b?c=d%2Fe");
    });

    test("its health check, the one that the engine runs, sees it well and sees it gone", async () => {
        const check = ["exec", stand().container, "traefik", "healthcheck", "--configFile=/etc/strata/traefik.yaml"];
        expect((await run("docker", check)).code).toBe(0);
    });

    test("it warns of nothing that the configuration could say", async () => {
        const warnings = (await stand().log()).split("\n").filter((line) => /"level":"(warn|error|fatal)"/.test(line));
        const known = /Traefik can reject some encoded characters|Error calling|dashboard/;
        expect(warnings.filter((line) => !known.test(line))).toEqual([]);
    });

    test("its version is one whose headers have one spelling", async () => {
        const version = await docker(["exec", stand().container, "traefik", "version"]);
        const [, major, minor, patch] = (/Version:\s+v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
        expect([major, minor]).toEqual([3, 7]);
        expect(patch).toBeGreaterThanOrEqual(12);
    });
}
