import { identityIn } from "../../../components/foundation/database-server";
import { LEASES } from "../../../components/foundation/postgres/leases";
import { databaseScript } from "../../../components/foundation/postgres/sql";

const databases = [
    { name: "shop_test", role: "shop", extensions: ["vector"], clients: ["shop-api"] },
    { name: "audit_test", role: "audit", extensions: [], clients: [] },
];
const script = databaseScript(databases, ["first", "second"]);

test("each database begins with its own variables, from the maintenance database", () => {
    const starts = script
        .split("\n")
        .filter((line) => /^\\(set (database|owner|role|password)|connect postgres)/.test(line));
    expect(starts).toEqual([
        "\\set database shop_test",
        "\\set owner shop_test_owner",
        "\\set role shop",
        "\\set password first",
        "\\connect postgres",
        "\\set database audit_test",
        "\\set owner audit_test_owner",
        "\\set role audit",
        "\\set password second",
        "\\connect postgres",
    ]);
});

test("extensions: uuid and pgcrypto everywhere, others where declared", () => {
    const extensions = [...script.matchAll(/CREATE EXTENSION IF NOT EXISTS "([^"]+)"/g)].map(([, name]) => name);
    expect(extensions).toEqual(["uuid-ossp", "pgcrypto", "vector", "uuid-ossp", "pgcrypto"]);
});

test("the first failing statement ends it", () => {
    expect(script.startsWith("\\set ON_ERROR_STOP on\n")).toBe(true);
});

describe("the server's identity", () => {
    test("is printed before anything is changed", () => {
        expect(script.split("\n").slice(2, 4)).toEqual([
            "SELECT system_identifier AS identity FROM pg_control_system() \\gset",
            "\\echo identity=:identity",
        ]);
    });

    test("is read from what is printed, whatever else is", () => {
        expect(identityIn("identity=7713557934794678303\n isolate_descendants \n-----\n \n(1 row)\n\n")).toBe(
            "7713557934794678303",
        );
        expect(identityIn("")).toBe("");
    });
});

describe("a server that Vault manages", () => {
    const managed = databaseScript(databases, ["first", "second"], "third");

    const added = managed.slice(script.length);

    test("has everything that it has otherwise, then a login for Vault", () => {
        expect(managed.startsWith(script)).toBe(true);
        expect(added.match(/^\\set .*$/gm)).toEqual([
            "\\set manager vault_manager",
            "\\set password third",
            "\\set role shop",
            "\\set role audit",
        ]);
        expect(added.match(/^GRANT :"role" .*$/gm)).toEqual(
            Array.from(databases, () => 'GRANT :"role" TO :"manager" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;'),
        );
    });

    test("gives that login nothing but the making of roles", () => {
        expect(managed).toContain(
            'ALTER ROLE :"manager" LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT',
        );
        expect(managed).not.toMatch(/pg_(read|write)_all_data|pg_signal_backend/);
        expect(added.match(/^GRANT (USAGE|EXECUTE) .*$/gm)).toEqual([
            'GRANT USAGE ON SCHEMA strata TO :"manager";',
            'GRANT EXECUTE ON FUNCTION strata.end_login(text) TO :"manager";',
        ]);
    });

    test("frees ended logins in each database, then removes them", () => {
        expect(added.match(/^(\\connect .*|SELECT format.*)$/gm)).toEqual([
            "\\connect postgres",
            "SELECT format('CREATE ROLE %I LOGIN', :'manager') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'manager') \\gexec",
            "\\connect shop_test",
            expect.stringContaining("REASSIGN OWNED"),
            "\\connect audit_test",
            expect.stringContaining("REASSIGN OWNED"),
            "\\connect postgres",
            expect.stringContaining("DROP ROLE"),
        ]);
    });
});

test("only a program that brings its own schema may create tables", () => {
    const grant = 'GRANT CREATE ON SCHEMA public TO :"role";';
    expect(script).not.toContain(grant);
    const [shop, audit] = databases;
    expect(databaseScript([shop!, { ...audit!, migrates: true }], ["first", "second"]).split(grant)).toHaveLength(2);
});

describe("a database with migrations", () => {
    const [shop, audit] = databases;
    const migrated = [{ ...shop!, migrations: ["shop-migrate"] }, audit!];
    const own = databaseScript(migrated, ["first", "second"], "third");

    test("has a role for them, without a password and without a login", () => {
        const [, part] = own.split("\\set migrations ");
        expect(part!.startsWith("shop_migrations\n")).toBe(true);
        expect(part).toContain('ALTER ROLE :"migrations" NOLOGIN');
        expect(part).toContain('GRANT :"owner" TO :"migrations" WITH ADMIN FALSE, INHERIT FALSE, SET FALSE;');
        expect(own.match(/^\\set (migrations|password) .*$/gm)).toEqual([
            "\\set password first",
            "\\set migrations shop_migrations",
            "\\set password second",
            "\\set password third",
        ]);
    });

    test("lets Vault put logins into that role, and makes a function for Vault", () => {
        expect(own.match(/^\\set role .*$/gm)?.slice(-3)).toEqual([
            "\\set role shop",
            "\\set role shop_migrations",
            "\\set role audit",
        ]);
        const functions = "strata.grant_owner(text, text), strata.begin_migrations(text, text)";
        expect(own).toContain(`REVOKE ALL ON FUNCTION ${functions} FROM PUBLIC;`);
        expect(own).toContain(`GRANT EXECUTE ON FUNCTION ${functions} TO :"manager";`);
    });

    test("others have nothing of it", () => {
        expect(databaseScript(databases, ["first", "second"], "third")).not.toContain("migrations");
    });

    test("a login for migrations becomes the owner, others do not", () => {
        expect(LEASES.creation("shop_migrations").at(-1)).toBe(
            "SELECT strata.begin_migrations('{{name}}', 'shop_migrations');",
        );
        expect(LEASES.creation("shop").join()).not.toContain("begin_migrations");
    });
});

// A schema that is not named stands before all others, and a temporary table in it before the catalogue's of the same name.
test("no function can be misled by temporary tables of its caller", () => {
    const all = databases.map((database) => ({ ...database, migrations: ["shop-migrate"] }));
    const functions = databaseScript(all, ["first", "second"], "third").split("CREATE OR REPLACE FUNCTION ").slice(1);
    const heads = functions.map((text) => text.split(/^AS |^RETURN /m)[0]!);
    const asSuperuser = heads.filter((head) => head.includes("SECURITY DEFINER"));
    expect(asSuperuser.map((head) => head.split("(")[0])).toEqual([
        ...databases.flatMap(() => ["strata.withhold_copies", "strata.after_ddl"]),
        "strata.end_login",
        "strata.grant_owner",
    ]);
    const paths = heads.flatMap((head) => /^SET search_path = (.*)$/m.exec(head)?.[1] ?? []);
    expect(paths.length).toBeGreaterThan(asSuperuser.length);
    expect(new Set(paths)).toEqual(new Set(["pg_catalog, pg_temp"]));
    expect(asSuperuser.filter((head) => !head.includes("SET search_path"))).toEqual([]);
});
