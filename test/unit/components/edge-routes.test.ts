import { priorityOf, ruleOf, unclearRuleOf } from "../../../components/edge/traefik/routes";
import { mixedHosts } from "../../../model/mixed-hosts";

const HOST = "Host(`shop.example.com`)";
const rule = (path: string, auth = false): string => ruleOf({ host: "shop.example.com", path, auth });

test("an open path is itself and what is below it, character by character", () => {
    expect(rule("/")).toBe(HOST);
    expect(rule("/v1")).toBe(`${HOST} && (Path(\`/v1\`) || PathPrefix(\`/v1/\`))`);
    expect(rule("/realms/acme/")).toBe(`${HOST} && PathPrefix(\`/realms/acme/\`)`);
});

describe("a protected path", () => {
    const pattern = (path: string): RegExp => {
        const [, text = ""] = /PathRegexp\(`\(\?i\)(.*)`\)$/.exec(rule(path, true)) ?? [];
        return new RegExp(text, "i");
    };

    test.each(["/admin", "/admin/", "/admin/users", "/ADMIN/x", "/admin.json", "/admin;a=b", "/admin x", "/admin\t"])(
        "covers %j",
        (path) => {
            expect(path).toMatch(pattern("/admin"));
            expect(path).toMatch(pattern("/admin/"));
        },
    );

    test.each(["/", "/administrator", "/admin-guide", "/admin_2", "/admin2", "/x/admin"])(
        "does not cover %j",
        (path) => {
            expect(path).not.toMatch(pattern("/admin"));
        },
    );

    test("means its characters, not a pattern", () => {
        expect("/v1.0/x").toMatch(pattern("/v1.0"));
        expect("/v1x0/x").not.toMatch(pattern("/v1.0"));
    });

    test("that is the whole host is the whole host", () => {
        expect(rule("/", true)).toBe(HOST);
    });
});

test("the longer path comes first, with and without a slash at its end", () => {
    const paths = ["/admin/reports/", "/", "/admin", "/admin/", "/admin/reports"];
    const inOrder = paths.toSorted((a, b) => priorityOf({ path: b }) - priorityOf({ path: a }));
    expect(inOrder).toEqual(["/admin/reports/", "/admin/reports", "/admin", "/admin/", "/"]);
    expect(priorityOf({ path: "/admin" })).toBe(priorityOf({ path: "/admin/" }));
});

test("unclear paths are refused on hosts where a path decides, and on no other", () => {
    const route = (host: string, auth: boolean) => ({ host, auth });
    const routes = [route("a", true), route("a", false), route("b", true), route("c", false), route("c", false)];
    expect(mixedHosts(routes)).toEqual(["a"]);
    const [, text = ""] = /PathRegexp\(`(.*)`\)$/.exec(unclearRuleOf("a")) ?? [];
    const unclear = new RegExp(text.replace("\\x{FFFD}", "\\uFFFD"));
    for (const path of ["/;/admin", "/x/..;/admin", "/\t", "/\0", "/\uFFFD"]) expect(path).toMatch(unclear);
    for (const path of ["/", "/caf\u00e9", "/a b", "/a,b:c@d"]) expect(path).not.toMatch(unclear);
});
