/** The script of a MariaDB server, as text. That the server takes it is seen in the integration tests. */

import { LEASES } from "../../../components/foundation/mariadb/leases";
import { identityIn } from "../../../components/foundation/database-server";
import { databaseScript, ROOT } from "../../../components/foundation/mariadb/sql";

const databases = [
    { name: "blog_test", user: "blog", clients: ["shop-api"] },
    { name: "order_log_test", user: "order_log", clients: [] },
];
const script = databaseScript(databases, ["first", "second"]);
const managed = databaseScript(databases, ["first", "second"], "third");

test("each database has one user with its password, and a role for whoever may use it", () => {
    expect(script).toContain("CREATE DATABASE IF NOT EXISTS blog_test;");
    expect(script).toContain("CREATE USER IF NOT EXISTS blog@'%' IDENTIFIED BY 'first';");
    expect(script).toContain("ALTER USER order_log@'%' IDENTIFIED BY 'second'");
    expect(script).toContain("GRANT order_log_clients TO order_log@'%';");
    expect(script).toContain("SET DEFAULT ROLE order_log_clients FOR order_log@'%';");
});

test("no user is without a password for a moment", () => {
    const made = managed.match(/CREATE USER IF NOT EXISTS .*/g) ?? [];
    expect(made).toHaveLength(3);
    expect(made.filter((line) => !/ IDENTIFIED BY '\w+';$/.test(line))).toEqual([]);
});

test("a grant is for one database: an underscore is no wildcard", () => {
    const granted = script.match(/ ON `[^`]+`/g);
    expect(granted).toEqual([String.raw` ON ${"`"}blog\_test${"`"}`, String.raw` ON ${"`"}order\_log\_test${"`"}`]);
});

test("clients may bring tables, and nothing that would belong to the login that made it", () => {
    const [rights = ""] = /GRANT SELECT.* ON/.exec(script) ?? [];
    expect(rights).toContain("CREATE, ALTER, DROP, INDEX");
    expect(rights).not.toMatch(/VIEW|TRIGGER|ROUTINE|EVENT|GRANT OPTION|ALL/);
});

test("everything can be applied again", () => {
    const creations = managed.match(/^CREATE .*/gm) ?? [];
    expect(creations.filter((line) => !/IF NOT EXISTS|OR REPLACE/.test(line))).toEqual([]);
});

test("root has no password and is reached over the socket, one statement a line", () => {
    const lines = ROOT.trimEnd().split("\n");
    expect(lines.every((line) => line.endsWith(";"))).toBe(true);
    expect(ROOT).toContain("USING 'invalid' OR unix_socket AS 'mysql'");
});

describe("a server that Vault manages", () => {
    const added = managed.slice(script.length);

    test("has everything that it has otherwise, then a login for Vault", () => {
        expect(managed.startsWith(script)).toBe(true);
        expect(added).toContain("CREATE USER IF NOT EXISTS vault_manager@'%' IDENTIFIED BY 'third';");
    });

    test("that login may call two procedures, and nothing else", () => {
        expect(added.match(/^GRANT .*/gm)).toEqual([
            "GRANT EXECUTE ON PROCEDURE strata.begin_login TO vault_manager@'%';",
            "GRANT EXECUTE ON PROCEDURE strata.end_login TO vault_manager@'%';",
        ]);
    });

    test("both look at the name before they do anything", () => {
        const bodies = added.split("CREATE OR REPLACE PROCEDURE ").filter((part) => /^strata\.(begin|end)_/.test(part));
        expect(bodies).toHaveLength(2);
        for (const body of bodies) {
            expect(body.indexOf("CALL strata.refuse_others(login)")).toBeGreaterThan(0);
            expect(body.indexOf("CALL strata.refuse_others(login)")).toBeLessThan(body.indexOf("EXECUTE IMMEDIATE"));
        }
    });

    test("a login is locked before its sessions end, and removed after", () => {
        const body = added.slice(added.indexOf("PROCEDURE strata.end_login"));
        const steps = ["ACCOUNT LOCK", "KILL HARD", "DROP USER"].map((step) => body.indexOf(step));
        expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    });
});

test("what Vault has forgotten ends, once it is older than any lease", () => {
    expect(script).not.toContain("EVENT");
    const [days] = /UNIX_TIMESTAMP\(\) - (\d+) \* 86400/.exec(managed)?.slice(1) ?? [];
    // The longest credentialTtl that a stack may have, four times.
    expect(Number(days)).toBeGreaterThan((4 * 86_400) / 86_400);
    const { usernameTemplate } = LEASES.options;
    expect(usernameTemplate).toMatch(/^\{\{ printf "v-%s-%s-%s" .* \(unix_time\) /);
    expect(managed).toContain("REGEXP '^v-.*-[0-9]{10}$'");
});

test("the number of the data is read from what is printed, whatever else is", () => {
    expect(identityIn("1\nidentity=420d59b7-ec5c-11f1-8ec1-02fc00000001\n")).toBe(
        "420d59b7-ec5c-11f1-8ec1-02fc00000001",
    );
    expect(identityIn("")).toBe("");
});
