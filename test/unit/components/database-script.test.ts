import { databaseScript } from "../../../components/foundation/sql";

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

describe("a server that Vault manages", () => {
    const managed = databaseScript(databases, ["first", "second"], "third");

    test("has everything that it has otherwise, then a login for Vault", () => {
        expect(managed.startsWith(script)).toBe(true);
        const added = managed.slice(script.length);
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
    });
});

test("only a program that brings its own schema may create tables", () => {
    const grant = 'GRANT CREATE ON SCHEMA public TO :"role";';
    expect(script).not.toContain(grant);
    const [shop, audit] = databases;
    expect(databaseScript([shop!, { ...audit!, migrates: true }], ["first", "second"]).split(grant)).toHaveLength(2);
});
