import { connect } from "node:http2";

import { type EdgeStand, sendRaw, type Seen, statusOf } from "../../support/edge-stand";
import { SESSION } from "./stand";

/** Every character that HTTP allows in a name and that is neither a letter, a digit nor a dash (RFC 9110, 5.6.2). */
const ALIAS_CHARACTERS = [..."!#$%&'*+.^_`|~"];

/** Headers that say who a visitor is, or where a request comes from. */
const MEANT = ["X-Auth-Request-User", "X-Auth-Request-Email", "X-Forwarded-User", "X-Tenant-Id", "Remote-User"];
const ALSO_MEANT = [
    ...["Remote-Groups", "Remote-Email", "Remote-Name", "X-WEBAUTH-USER", "X-WEBAUTH-ROLE", "X-Authenticated-User"],
    ...["X-authentik-username", "X-authentik-groups", "X-authentik-jwt", "X-Forwarded-Groups", "X-Forwarded-Email"],
    ...[
        "X-Goog-Authenticated-User-Email",
        "X-MS-CLIENT-PRINCIPAL-NAME",
        "X-Amzn-Oidc-Identity",
        "Tailscale-User-Login",
    ],
    ...[
        "Impersonate-User",
        "X-Remote-Group",
        "X-Pomerium-Claim-Email",
        "X-SSL-Client-S-DN",
        "X-Scope-OrgID",
        "SM-USER",
    ],
    ...["X-Userinfo", "X-Forwarded-Client-Cert", "X-Current-User", "Authenticated-User", "OIDC-Claim-Sub", "Tenant-Id"],
    ...["Forwarded", "X-Original-URL", "X-Rewrite-URL", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"],
];
/** Names that nobody has listed; where a session is asked for, they go by rule. */
const BY_RULE = [
    "Remote-Office",
    "X-authentik-new",
    "X-Acme-User",
    "X-Acme-User-Role",
    "X-Webauth-Team",
    "X-Portal-Tenant-Key",
    "Shib-Mail",
];
/** What looks like one and is the visitor's to send. */
const HIS_OWN = [
    "User-Agent",
    "X-Requested-With",
    "X-Request-Id",
    "X-Auth-Token",
    "Authorization",
    "X-CSRF-Token",
    "Referer",
];
const FORWARDED = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip"];

/** All spellings of a name that a server may take for it: PHP, CGI and WSGI turn everything that is no letter or digit into `_`. */
function spellings(name: string): string[] {
    const changed = ALIAS_CHARACTERS.flatMap((character) => [
        name.replaceAll("-", character),
        name.replace("-", character),
        `${name}${character}`,
        `${character}${name}`,
    ]);
    return [...changed, name, name.toLowerCase(), name.toUpperCase(), name.replaceAll("-", "_").toUpperCase()];
}

/** As PHP, CGI and WSGI name the variable of a header. */
const variableOf = (name: string): string =>
    name
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, "_")
        .replace(/^_+|_+$/g, "");

/** Names and values that reached the service. */
function headersOf({ rawHeaders }: Seen): [name: string, value: string][] {
    return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : []));
}

const FORGED = "forged-7";

/** What a service may believe. */
export function headerTests(stand: () => EdgeStand): void {
    const request = (host: string, lines: readonly string[]): string[] => [
        "GET /page HTTP/1.1",
        `Host: ${host}`,
        "Connection: close",
        ...lines,
    ];
    /** The request as the service of that name saw it. */
    const reached = async (service: string, host: string, lines: readonly string[]): Promise<Seen> => {
        const before = stand().seen.length;
        const answer = await sendRaw(stand(), host, request(host, lines));
        const seen = stand()
            .seen.slice(before)
            .find((it) => it.service === service);
        if (seen === undefined) throw new Error(`${service} was not reached: ${answer}`);
        return seen;
    };

    describe.each([
        ["without a session", "stand-site", "stand.example.com", []],
        ["with one", "stand-closed", "closed.example.com", [`Cookie: ${SESSION.user}`]],
    ])("%s", (_, service, host, cookies) => {
        test.each([...MEANT, ...FORWARDED])("no spelling of %s reaches a service", async (name) => {
            const forged = spellings(name).map((spelling) => `${spelling}: ${FORGED}`);
            const headers = headersOf(await reached(service, host, [...cookies, ...forged]));
            expect(headers.filter(([, value]) => value.includes(FORGED))).toEqual([]);
            // What the edge sets itself has one spelling and one value.
            const names = headers.map(([header]) => header).filter((header) => variableOf(header) === variableOf(name));
            expect(names.length).toBeLessThanOrEqual(1);
            expect(names.filter((header) => !/^[A-Za-z0-9-]+$/.test(header))).toEqual([]);
        });
    });

    test.each([
        ["without a session", "stand-site", "stand.example.com", []],
        ["with one", "stand-closed", "closed.example.com", [`Cookie: ${SESSION.user}`]],
    ])("%s: what other proxies say of a visitor is not said by himself", async (_, service, host, cookies) => {
        const forged = ALSO_MEANT.map((name) => `${name}: ${FORGED}`);
        const own = HIS_OWN.map((name) => `${name}: own-${name.toLowerCase()}`);
        const headers = headersOf(await reached(service, host, [...cookies, ...forged, ...own]));
        expect(headers.filter(([, value]) => value.includes(FORGED))).toEqual([]);
        const values = headers.map(([, value]) => value);
        expect(HIS_OWN.filter((name) => !values.includes(`own-${name.toLowerCase()}`))).toEqual([]);
    });

    test("behind a session, names that nobody has listed go by rule, and the proxy's own stay", async () => {
        const lines = [`Cookie: ${SESSION.user}`, ...BY_RULE.map((name) => `${name}: ${FORGED}`)];
        const headers = headersOf(await reached("stand-closed", "closed.example.com", lines));
        expect(headers.filter(([, value]) => value.includes(FORGED))).toEqual([]);
        const said = headers.filter(([name]) => name.startsWith("X-Auth-Request-"));
        expect(new Map(said)).toEqual(
            new Map([
                ["X-Auth-Request-User", "user"],
                ["X-Auth-Request-Email", "user@example.com"],
                ["X-Auth-Request-Groups", "role:stand-user"],
            ]),
        );
    });

    test("what the proxy says is not removed by whoever names it in Connection", async () => {
        const names = "X-Auth-Request-User, X-Auth-Request-Email, X-Forwarded-For, Cookie";
        const lines = [`Cookie: ${SESSION.user}`, `Connection: close, ${names}`, "X-Auth-Request-User: forged-7"];
        const answer = await sendRaw(stand(), "closed.example.com", request("closed.example.com", lines));
        // The visitor's own cookie goes, and so does the session.
        expect(statusOf(answer)).toBe(302);
        const kept = [`Cookie: ${SESSION.user}`, "Connection: X-Auth-Request-User, X-Auth-Request-Email, Upgrade"];
        const headers = new Map(headersOf(await reached("stand-closed", "closed.example.com", kept)));
        expect(headers.get("X-Auth-Request-User")).toBe("user");
        expect(headers.get("X-Auth-Request-Email")).toBe("user@example.com");
        expect(headers.get("X-Forwarded-For")).toMatch(/^127\./);
    });

    test("HTTP/2 forges no more than HTTP/1.1", async () => {
        const { address, ports, authority } = stand();
        const session = connect(`https://closed.example.com:${ports["https"]}`, {
            ca: authority,
            servername: "closed.example.com",
            lookup: (_name, options, callback) => {
                if (options.all) callback(null, [{ address, family: 4 }]);
                else callback(null, address, 4);
            },
        });
        try {
            const forged = Object.fromEntries(
                MEANT.flatMap(spellings).map((name) => [name.toLowerCase(), FORGED] as const),
            );
            const before = stand().seen.length;
            const status = await new Promise<number>((resolve, reject) => {
                const stream = session.request({ ":path": "/page", cookie: SESSION.user, ...forged });
                stream.on("response", (headers) => resolve(Number(headers[":status"])));
                stream.on("error", reject);
                session.on("error", reject);
                stream.resume().end();
            });
            expect(status).toBe(200);
            const seen = stand()
                .seen.slice(before)
                .find(({ service }) => service === "stand-closed");
            const headers = headersOf(seen as Seen);
            expect(headers.filter(([, value]) => value.includes(FORGED))).toEqual([]);
            expect(new Map(headers).get("X-Auth-Request-User")).toBe("user");
        } finally {
            session.destroy();
        }
    });

    test("an upgrade to h2c does not become a connection behind the edge", async () => {
        const upgrade = [
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
        ];
        const answer = await sendRaw(stand(), "stand.example.com", request("stand.example.com", upgrade));
        expect(statusOf(answer)).not.toBe(101);
        const preface = ["PRI * HTTP/2.0", "", "SM"];
        expect(await sendRaw(stand(), "stand.example.com", preface)).not.toContain("101 Switching");
    });
}
