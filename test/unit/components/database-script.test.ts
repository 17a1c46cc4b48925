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

test("only a program that brings its own schema may create tables", () => {
    const grant = 'GRANT CREATE ON SCHEMA public TO :"role";';
    expect(script).not.toContain(grant);
    const [shop, audit] = databases;
    expect(databaseScript([shop!, { ...audit!, migrates: true }], ["first", "second"]).split(grant)).toHaveLength(2);
});
