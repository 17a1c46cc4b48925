import { type EdgeStand, sendRaw, statusOf } from "../../support/edge-stand";
import { SESSION } from "./stand";

/** Ways to write `/admin` that some server takes for it. */
const ADMIN = [
    "/admin",
    "/admin/",
    "/admin/users",
    "/ADMIN",
    "/Admin/users",
    "//admin",
    "///admin",
    "/./admin",
    "/x/../admin",
    "/x/..//admin",
    "/%61dmin",
    "/%2e/admin",
    "/x/%2e%2e/admin",
    "/x/..%2fadmin",
    "/x/..%2Fadmin",
    "/%2fadmin",
    "/x%2f..%2fadmin",
    "/%5cadmin",
    "/x/..%5cadmin",
    "/\\admin",
    "/.%2fadmin",
    "/;/admin",
    "/x/..;/admin",
    "/admin;a=b",
    "/admin%3ba=b",
    "/admin%00",
    "/%00/admin",
    "/admin%20",
    "/admin%09",
    "/%09/admin",
    "/admin.json",
    "/admin?a=b",
    "/admin%3fa=b",
    "/admin%23a",
    "/%2561dmin",
    "/x/..%252fadmin",
    "/%c0%afadmin",
    "/x/.%c0%ae/admin",
    "https://stand.example.com/admin",
    "http://stand.example.com//admin",
];

/** Paths at Keycloak's host that lead out of the realm's pages. */
const KEYCLOAK = [
    "/",
    "/admin/",
    "/admin/master/console/",
    "/realms",
    "/realms/",
    "/realms/master/",
    "/realms/acme",
    "/realms/acmeother/",
    "/realms/ACME/",
    "/realms/acme/../master/",
    "/realms/acme/..%2fmaster/",
    "/realms/acme/..%2Fmaster/",
    "/realms/acme%2f..%2fmaster/",
    "/realms/acme/%2e%2e/master/",
    "/realms/acme/%2e%2e%2fmaster/",
    "/realms/acme/..%5cmaster/",
    "/realms/acme/%252e%252e/master/",
    "/realms/acme/%00/../../master/",
    "/realms//master/",
    "/realms/./master/",
    "/realms/acme/../../admin/",
    "/realms/%6daster/",
    "/resources/../admin/",
    "/resources/..%2fadmin/",
    "/resources/%2e%2e/metrics",
    "/resources",
    "/resourcesx/",
    "/metrics",
    "/health",
    "/%2fadmin/",
    "//admin/",
    "/js/keycloak.js",
];

/** Every path that a server might make of one: decoded twice, without parameters, folders resolved, in lower case. */
export function readings(path: string): string[] {
    const decode = (text: string): string =>
        text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    const once = decode(path);
    return [path, once, decode(once)].flatMap((text) => {
        const bare = text.replaceAll("\\", "/").replaceAll("\0", "");
        return [bare, bare.replace(/;[^/]*/g, ""), bare.replace(/\s+/g, "")].map((it) => {
            const [file = ""] = it.toLowerCase().split(/[?#]/);
            return new URL(`http://host/${file.replace(/\/+/g, "/")}`).pathname.replace(/\/+/g, "/");
        });
    });
}

/** A path says who is asked for a session, so it must mean the same to the edge and to the service. */
export function pathTests(stand: () => EdgeStand): void {
    const ask = async (host: string, target: string, lines: readonly string[] = []) => {
        const before = stand().seen.length;
        const request = [`GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...lines];
        const answer = await sendRaw(stand(), host, request);
        return {
            status: statusOf(answer),
            reached: stand()
                .seen.slice(before)
                .filter(({ service }) => service !== "oauth2-proxy"),
        };
    };

    test.each(ADMIN)("nobody without a session reaches what %s may mean", async (target) => {
        const { status, reached } = await ask("stand.example.com", target);
        const meant = reached.filter(({ url }) => readings(url).some((it) => /^\/admin([/.]|$)/.test(it)));
        expect(meant).toEqual([]);
        expect([302, 400, 404]).toContain(status);
    });

    test("with a session, the protected path and what is below it lead to the service", async () => {
        for (const target of ["/admin", "/admin/", "/admin/users?a=b"]) {
            const { status, reached } = await ask("stand.example.com", target, [`Cookie: ${SESSION.user}`]);
            expect([status, reached.map(({ service }) => service)]).toEqual([200, ["stand-panel"]]);
        }
        const refused = await ask("stand.example.com", "/admin", [`Cookie: ${SESSION.stranger}`]);
        expect([refused.status, refused.reached]).toEqual([403, []]);
    });

    test.each([
        "/",
        "/administrator",
        "/admin-guide",
        "/admin_2",
        "/page/admin",
        "/caf%C3%A9",
        "/a%20b",
        "/a,b",
        "/a:b@c",
    ])("%s is another path and open", async (target) => {
        const { status, reached } = await ask("stand.example.com", target);
        expect([status, reached.map(({ service, url }) => `${service} ${url}`)]).toEqual([
            200,
            [`stand-site ${target}`],
        ]);
    });

    test("path parameters are refused only where a path decides", async () => {
        expect((await ask("plain.example.com", "/page;a=b")).status).toBe(200);
        expect((await ask("stand.example.com", "/page;a=b")).status).toBe(400);
    });

    test("encoded slashes reach only a service that asks for them, as they were sent", async () => {
        const target = "/projects/group%2Fname";
        expect((await ask("plain.example.com", target)).status).toBe(400);
        const { status, reached } = await ask("coded.example.com", target);
        expect([status, reached.map(({ url }) => url)]).toEqual([200, [target]]);
    });

    test.each(KEYCLOAK)("Keycloak's %s is not public", async (target) => {
        const { reached } = await ask("auth.example.com", target);
        expect(
            reached.filter(({ url }) => !readings(url).every((it) => /^\/(realms\/acme|resources)\//.test(it))),
        ).toEqual([]);
    });

    test("Keycloak's realm and resources are public", async () => {
        for (const target of ["/realms/acme/account/", "/resources/abc/welcome.css"]) {
            const { status, reached } = await ask("auth.example.com", target);
            expect([status, reached.map(({ url }) => url)]).toEqual([200, [target]]);
        }
    });
}
