import { TENANT_ISOLATION } from "../../../components/foundation/postgres/sql/020-tenant-isolation";
import { docker, type Ended, inspect } from "../../support/live-engine";
import { asClient, of, SUFFIX } from "./live";

/** Databases, logins, roles and tenants. */
export function postgresTests(): void {
    /** As superuser, through the server's socket: the only way that needs no password. */
    const asAdministrator = async (service: string, database: string, sql: string): Promise<string> => {
        const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database];
        return (await docker(["exec", "-i", of(service), ...psql], { input: sql })).trim();
    };
    /** As the application's role: where the application is, with the login that never changes. */
    const asApplication = (sql: string, url = '"$(cat "$0")"'): Promise<Ended> =>
        asClient("psra-api", "psra-postgres", `psql -X -q -A -t -w -v ON_ERROR_STOP=1 ${url}`, sql);
    const value = async (sql: string): Promise<string> => {
        const { code, stdout, stderr } = await asApplication(sql);
        return code === 0 ? stdout.trim() : `failed with ${code}: ${stderr}`;
    };

    test("has the databases of each product, with vector and uuid where they are asked for", async () => {
        const databases =
            "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'";
        expect(await asAdministrator("bizosaas-postgres", "postgres", databases)).toBe(
            `bizosaas_${SUFFIX} saleor_${SUFFIX}`,
        );
        expect(await asAdministrator("psra-postgres", "postgres", databases)).toBe(`psra_${SUFFIX}`);
        const use =
            "SELECT '[1,2]'::vector <-> '[1,4]'::vector, length(uuid_generate_v4()::text), length(gen_random_uuid()::text)";
        expect(await asAdministrator("bizosaas-postgres", `bizosaas_${SUFFIX}`, use)).toBe("2|36|36");
        const version = await asAdministrator("psra-postgres", "postgres", "SHOW server_version_num");
        expect(Number(version)).toBeGreaterThanOrEqual(160_000);
    });

    test("lets an application in over the network with its password, by SCRAM, and nobody else", async () => {
        expect(await value("SELECT current_user || ' ' || current_database()")).toBe(`psra psra_${SUFFIX}`);
        const methods =
            "SELECT string_agg(DISTINCT type || ' ' || auth_method, ', ') FROM pg_hba_file_rules WHERE auth_method <> 'reject'";
        expect(await asAdministrator("psra-postgres", "postgres", methods)).toBe("host scram-sha-256, local peer");
        const stored = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin";
        expect(await asAdministrator("psra-postgres", "postgres", stored)).toBe("t");

        const wrong = await asApplication("SELECT 1", `postgresql://psra:wrong@psra-postgres/psra_${SUFFIX}`);
        expect(wrong.code).toBe(2);
        expect(wrong.stderr).toContain('password authentication failed for user "psra"');
        const none = await asApplication("SELECT 1", "postgresql://postgres@psra-postgres/postgres");
        expect(none.code).toBe(2);
        expect(none.stderr).toContain("no password supplied");
    });

    test("gives an application a role that owns nothing and can become nobody", async () => {
        const owned = `SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'psra'::regrole AND deptype = 'o'`;
        expect(await value(owned)).toBe("0");
        const rights =
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user";
        expect(await value(rights)).toBe("f|f|f|f|f");
        expect(await value("SELECT count(*) FROM pg_auth_members WHERE member = 'psra'::regrole")).toBe("0");
        expect(await value("CREATE TABLE mine (x int)")).toContain("permission denied for schema public");
        expect(await value(`SET ROLE psra_${SUFFIX}_owner`)).toContain("permission denied to set role");
        expect(
            await value(
                "SELECT has_database_privilege('postgres', 'CONNECT'), has_database_privilege('template1', 'CONNECT')",
            ),
        ).toBe("f|f");
    });

    test("shows each tenant its own rows, and none to whoever names no tenant", async () => {
        // As a migration does it: as the owner. The administrator is above row-level security and fills both tenants' rows in.
        await asAdministrator(
            "psra-postgres",
            `psra_${SUFFIX}`,
            `SET ROLE psra_${SUFFIX}_owner;
         CREATE TABLE orders (id int PRIMARY KEY, tenant_id text NOT NULL, what text NOT NULL);
         SELECT strata.isolate_tenants('orders', 'tenant_id');
         RESET ROLE;
         INSERT INTO orders VALUES (1, 'alpha', 'a1'), (2, 'beta', 'b1'), (3, 'beta', 'b2');`,
        );
        const seen = "SELECT coalesce(string_agg(what, ' ' ORDER BY id), 'nothing') FROM orders;";
        const as = (tenant: string, sql: string): string =>
            `BEGIN; SET LOCAL app.current_tenant_id = '${tenant}'; ${sql} COMMIT;`;
        expect(await value(seen)).toBe("nothing");
        expect(await value(as("alpha", seen))).toBe("a1");
        expect(await value(as("beta", seen))).toBe("b1 b2");
        // The setting ends with its transaction, so a pooled connection does not carry it to the next tenant.
        expect(await value(`${as("beta", seen)} ${seen}`)).toBe("b1 b2\nnothing");
        const refused = 'new row violates row-level security policy "tenant_isolation" for table "orders"';
        expect(await value(as("alpha", "INSERT INTO orders VALUES (4, 'beta', 'b3');"))).toContain(refused);
        expect(await value("INSERT INTO orders VALUES (4, 'alpha', 'a2')")).toContain(refused);
        expect(
            await value(
                as(
                    "alpha",
                    "WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone; ROLLBACK; BEGIN;",
                ),
            ),
        ).toBe("1");
        expect(await value("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")).toContain("must be owner of table orders");
        // FORCE: the owner is held to it as well.
        const owner = `SET ROLE psra_${SUFFIX}_owner; ${seen}`;
        expect(await asAdministrator("psra-postgres", `psra_${SUFFIX}`, owner)).toBe("nothing");
    });

    describe("tenants apart", () => {
        const OWNER = `psra_${SUFFIX}_owner`;
        const asOwner = (sql: string): Promise<string> =>
            asAdministrator("psra-postgres", `psra_${SUFFIX}`, `SET ROLE ${OWNER}; ${sql}`);
        /** As superuser: above row-level security. */
        const fill = (sql: string): Promise<string> => asAdministrator("psra-postgres", `psra_${SUFFIX}`, sql);
        const as = (tenant: string, sql: string): Promise<string> =>
            value(`SET app.current_tenant_id = '${tenant}'; ${sql}`);
        /** The tenants that each relation shows to `alpha` and to whoever names no tenant. */
        const shown = async (column: string, relations: readonly string[]): Promise<string> => {
            const lines = relations.map(
                (name) =>
                    `SELECT '${name}: ' || coalesce(string_agg(DISTINCT ${column}::text, ' '), 'nothing') FROM ${name};`,
            );
            const sql = lines.join(" ");
            return value(`SET app.current_tenant_id = 'alpha'; ${sql} RESET app.current_tenant_id; ${sql}`);
        };
        const apart = (relations: readonly string[]): string =>
            [...relations.map((name) => `${name}: alpha`), ...relations.map((name) => `${name}: nothing`)].join("\n");

        beforeAll(() =>
            asOwner(`
                CREATE SCHEMA tenants_test; GRANT USAGE ON SCHEMA tenants_test TO psra;
                ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER} IN SCHEMA tenants_test
                    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO psra;`),
        );
        afterAll(() => asOwner("DROP SCHEMA tenants_test CASCADE"));

        test("in partitions and inherited tables, whenever they come and whoever asks for them directly", async () => {
            const parts = ["parts", "part_1", "part_2", "part_2_a", "part_3", "part_2_b", "part_4"];
            const bases = ["bases", "base_1", "base_2", "base_3", "base_4"];
            await asOwner(`SET search_path = tenants_test, strata;
                CREATE TABLE parts (id int, tenant text NOT NULL, kind int) PARTITION BY RANGE (id);
                CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
                CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (100) TO (200) PARTITION BY LIST (kind);
                CREATE TABLE part_2_a PARTITION OF part_2 FOR VALUES IN (0);
                CREATE TABLE bases (id int, tenant text NOT NULL);
                CREATE TABLE base_1 () INHERITS (bases);
                SELECT isolate_tenants('parts', 'tenant'), isolate_tenants('bases', 'tenant');
                CREATE TABLE part_3 PARTITION OF parts FOR VALUES FROM (200) TO (300);
                CREATE TABLE part_2_b PARTITION OF part_2 DEFAULT;
                CREATE TABLE part_4 (LIKE parts); ALTER TABLE parts ATTACH PARTITION part_4 FOR VALUES FROM (300) TO (400);
                CREATE TABLE base_2 (extra int) INHERITS (bases);
                CREATE TABLE base_3 (LIKE bases); ALTER TABLE base_3 INHERIT bases;
                CREATE TABLE base_4 () INHERITS (base_3);`);
            const rows = (table: string): string =>
                `INSERT INTO tenants_test.${table} (id, tenant) VALUES (1, 'alpha'), (2, 'beta');`;
            await fill(
                `INSERT INTO tenants_test.parts SELECT i, CASE i / 2 % 2 WHEN 0 THEN 'alpha' ELSE 'beta' END, i % 2
                FROM generate_series(0, 399) i; ${bases.map(rows).join(" ")}`,
            );
            const names = [...parts, ...bases].map((name) => `tenants_test.${name}`);
            expect(await shown("tenant", names)).toBe(apart(names));
            expect(await as("alpha", "INSERT INTO tenants_test.part_1 VALUES (50, 'beta', 1)")).toContain(
                'violates row-level security policy "tenant_isolation" for table "part_1"',
            );
        });

        test("when the isolation of a child is taken away, and a table that loses its own shows nothing", async () => {
            await asOwner(`SET search_path = tenants_test;
                DROP POLICY tenant_isolation ON part_1;
                ALTER TABLE part_3 DISABLE ROW LEVEL SECURITY;
                ALTER TABLE parts DETACH PARTITION part_4;
                CREATE TABLE alone (tenant text); SELECT strata.isolate_tenants('alone', 'tenant');
                DROP POLICY tenant_isolation ON alone;`);
            await fill("INSERT INTO tenants_test.alone VALUES ('alpha'), ('beta')");
            const names = ["part_1", "part_3", "part_4"].map((name) => `tenants_test.${name}`);
            expect(await shown("tenant", names)).toBe(apart(names));
            expect(await as("alpha", "SELECT count(*) FROM tenants_test.alone")).toBe("0");
        });

        test("beside policies of the product and through views", async () => {
            await asOwner(`SET search_path = tenants_test;
                CREATE TABLE articles (tenant text, published boolean);
                SELECT strata.isolate_tenants('articles', 'tenant');
                CREATE POLICY public_read ON articles FOR SELECT USING (published);
                CREATE POLICY anything ON articles USING (true) WITH CHECK (true);
                CREATE VIEW published_articles AS SELECT * FROM articles;
                CREATE MATERIALIZED VIEW copied_articles AS SELECT * FROM articles;`);
            await fill("INSERT INTO tenants_test.articles VALUES ('alpha', true), ('beta', true)");
            const names = ["tenants_test.articles", "tenants_test.published_articles"];
            expect(await shown("tenant", names)).toBe(apart(names));
            expect(await as("alpha", "INSERT INTO tenants_test.articles VALUES ('beta', true)")).toContain(
                "violates row-level security policy",
            );
            expect(await as("alpha", "SELECT count(*) FROM tenants_test.copied_articles")).toContain(
                "permission denied",
            );
        });

        describe("in copies, which policies do not reach", () => {
            const readable = async (names: readonly string[]): Promise<string[]> => {
                const answers = await Promise.all(
                    names.map((name) => as("alpha", `SELECT 'read' FROM copies_test.${name} LIMIT 1`)),
                );
                return names.filter((_name, index) => !(answers[index] ?? "").includes("permission denied"));
            };
            const inCopies = (sql: string): Promise<string> => asOwner(`SET search_path = copies_test; ${sql}`);
            const ROWS = "VALUES ('alpha', 1), ('beta', 2)";

            beforeAll(() =>
                inCopies(`
                    CREATE SCHEMA copies_test; GRANT USAGE ON SCHEMA copies_test TO psra;
                    ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER} IN SCHEMA copies_test
                        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO psra;`),
            );
            afterAll(() => asOwner("DROP SCHEMA copies_test CASCADE"));

            test("made before the isolation or after it, at whatever distance", async () => {
                await inCopies(`
                    CREATE TABLE bills (tenant text NOT NULL, id int) PARTITION BY RANGE (id);
                    CREATE TABLE bills_1 PARTITION OF bills FOR VALUES FROM (0) TO (10);
                    INSERT INTO bills ${ROWS};
                    CREATE VIEW bills_view AS SELECT * FROM bills;
                    CREATE VIEW bills_view_of_view AS SELECT id, tenant FROM bills_view;
                    CREATE FUNCTION bills_read() RETURNS TABLE (tenant text, id int) LANGUAGE sql
                        BEGIN ATOMIC SELECT b.tenant, b.id FROM bills b; END;
                    CREATE FUNCTION bills_rows() RETURNS SETOF bills LANGUAGE sql AS 'SELECT * FROM copies_test.bills';
                    CREATE MATERIALIZED VIEW before_table AS SELECT * FROM bills;
                    CREATE MATERIALIZED VIEW before_partition AS SELECT * FROM bills_1;
                    CREATE MATERIALIZED VIEW before_view AS SELECT * FROM bills_view_of_view;
                    CREATE MATERIALIZED VIEW before_copy AS SELECT * FROM before_view;
                    CREATE MATERIALIZED VIEW before_function AS SELECT * FROM bills_read();
                    CREATE MATERIALIZED VIEW before_rows AS SELECT * FROM bills_rows();
                    CREATE MATERIALIZED VIEW before_count AS SELECT count(*) AS all_bills FROM bills;
                    CREATE MATERIALIZED VIEW before_column AS SELECT * FROM bills;
                    REVOKE ALL ON before_column FROM psra; GRANT SELECT (tenant) ON before_column TO psra;
                    CREATE MATERIALIZED VIEW before_public AS SELECT * FROM bills;
                    REVOKE ALL ON before_public FROM psra; GRANT SELECT ON before_public TO PUBLIC;
                    CREATE TABLE others (n int); CREATE MATERIALIZED VIEW of_others AS SELECT * FROM others;`);
                const before = "table partition view copy function rows count public"
                    .split(" ")
                    .map((it) => `before_${it}`);
                expect(await readable([...before, "of_others"])).toEqual([...before, "of_others"]);
                expect(await as("alpha", "SELECT string_agg(tenant, ' ') FROM copies_test.before_column")).toBe(
                    "alpha beta",
                );

                await inCopies("SELECT strata.isolate_tenants('bills', 'tenant')");
                await inCopies(`
                    CREATE MATERIALIZED VIEW after_table AS SELECT * FROM bills;
                    CREATE MATERIALIZED VIEW after_partition AS SELECT * FROM bills_1;
                    CREATE MATERIALIZED VIEW after_view AS SELECT * FROM bills_view;
                    CREATE MATERIALIZED VIEW after_function AS SELECT * FROM bills_read();`);
                const after = "table partition view function".split(" ").map((it) => `after_${it}`);
                expect(await readable([...before, ...after, "bills_view_of_view", "of_others"])).toEqual([
                    "bills_view_of_view",
                    "of_others",
                ]);
                expect(await as("alpha", "SELECT tenant FROM copies_test.before_column")).toContain(
                    "permission denied",
                );
                expect(await as("alpha", "SELECT string_agg(tenant, ' ') FROM copies_test.bills_view_of_view")).toBe(
                    "alpha",
                );
            });

            test("of a table that becomes a child of an isolated one, and of a view that is pointed to one", async () => {
                await inCopies(`
                    CREATE TABLE notes (tenant text NOT NULL, id int) PARTITION BY RANGE (id);
                    SELECT strata.isolate_tenants('notes', 'tenant');
                    CREATE TABLE notes_old (LIKE notes); INSERT INTO notes_old ${ROWS};
                    CREATE MATERIALIZED VIEW copied_old AS SELECT * FROM notes_old;
                    CREATE TABLE elsewhere (LIKE notes); CREATE VIEW pointer AS SELECT * FROM elsewhere;
                    CREATE MATERIALIZED VIEW copied_pointer AS SELECT * FROM pointer;`);
                expect(await readable(["copied_old", "copied_pointer"])).toEqual(["copied_old", "copied_pointer"]);
                await inCopies(`
                    ALTER TABLE notes ATTACH PARTITION notes_old FOR VALUES FROM (0) TO (10);
                    CREATE OR REPLACE VIEW pointer AS SELECT * FROM notes;`);
                expect(await readable(["copied_old", "copied_pointer"])).toEqual([]);
            });

            test("of another owner, and views of one whom policies do not hold", async () => {
                await inCopies(`CREATE TABLE visits (tenant text NOT NULL, id int); INSERT INTO visits ${ROWS};`);
                await fill(`SET search_path = copies_test;
                    CREATE MATERIALIZED VIEW of_superuser AS SELECT * FROM visits;
                    CREATE VIEW seen_by_superuser AS SELECT * FROM visits;
                    CREATE VIEW seen_by_reader WITH (security_invoker) AS SELECT * FROM visits;
                    GRANT SELECT ON of_superuser, seen_by_superuser, seen_by_reader TO psra;`);
                await inCopies("SELECT strata.isolate_tenants('visits', 'tenant')");
                expect(await readable(["of_superuser", "seen_by_superuser", "seen_by_reader"])).toEqual([
                    "seen_by_reader",
                ]);
                expect(await as("alpha", "SELECT string_agg(tenant, ' ') FROM copies_test.seen_by_reader")).toBe(
                    "alpha",
                );
            });

            test("until a migration grants one again, whatever is applied after it", async () => {
                await inCopies(`
                    CREATE TABLE sums (tenant text NOT NULL); CREATE MATERIALIZED VIEW granted AS SELECT * FROM sums;
                    SELECT strata.isolate_tenants('sums', 'tenant');
                    GRANT SELECT ON granted TO psra;
                    CREATE TABLE unrelated (n int); SELECT strata.isolate_tenants('sums', 'tenant');`);
                await fill(TENANT_ISOLATION.replaceAll(':"owner"', OWNER).replaceAll(':"role"', "psra"));
                expect(await readable(["granted"])).toEqual(["granted"]);
            });

            test("that an earlier version left open", async () => {
                // As the earlier version did it: policies, and nothing about copies.
                await fill(`SET strata.isolating = 'on'; SET search_path = copies_test;
                    SET ROLE ${OWNER};
                    CREATE TABLE open_before (tenant text NOT NULL); CREATE MATERIALIZED VIEW left_open AS SELECT * FROM open_before;
                    SELECT strata.isolate_table('open_before', 'tenant');`);
                expect(await readable(["left_open"])).toEqual(["left_open"]);
                await fill(TENANT_ISOLATION.replaceAll(':"owner"', OWNER).replaceAll(':"role"', "psra"));
                expect(await readable(["left_open"])).toEqual([]);
            });
        });

        test("by the equality of the column's own type", async () => {
            const uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
            await asOwner(`SET search_path = tenants_test;
                CREATE TABLE by_uuid (tenant uuid); CREATE TABLE by_number (tenant bigint);
                CREATE TABLE by_short (tenant varchar(5)); CREATE TABLE by_char (tenant char(8));
                SELECT strata.isolate_tenants(t, 'tenant') FROM unnest('{by_uuid,by_number,by_short,by_char}'::regclass[]) t;`);
            await fill(`SET search_path = tenants_test;
                INSERT INTO by_uuid VALUES ('${uuid}'), (gen_random_uuid()); INSERT INTO by_number VALUES (7), (8);
                INSERT INTO by_short VALUES ('alpha'), ('beta'); INSERT INTO by_char VALUES ('alpha'), ('a');`);
            const count = (table: string): string => `SELECT count(*) FROM tenants_test.${table}`;
            expect(await as(uuid.toUpperCase(), count("by_uuid"))).toBe("1");
            expect(await as("007", count("by_number"))).toBe("1");
            expect(await as("alpha", count("by_short"))).toBe("1");
            expect(await as("alpha", count("by_char"))).toBe("1");
            // Longer than the column: cut down, it would be somebody else.
            expect(await as("alpha-two", `${count("by_short")}; ${count("by_char")}`)).toBe("0\n0");
            expect(await as("alpha", count("by_uuid"))).toContain('invalid input syntax for type uuid: "alpha"');
            expect(await as("", `${count("by_uuid")}; ${count("by_number")}`)).toBe("0\n0");
            expect(await value(count("by_uuid"))).toBe("0");
        });

        test("with the help of an index", async () => {
            await asOwner(`SET search_path = tenants_test;
                CREATE TABLE events (id int PRIMARY KEY, tenant uuid NOT NULL, name text NOT NULL);
                CREATE INDEX events_by_tenant ON events (tenant, id);
                CREATE TABLE visits (id int PRIMARY KEY, tenant text NOT NULL);
                CREATE INDEX visits_by_tenant ON visits (tenant);
                SELECT strata.isolate_tenants('events', 'tenant'), strata.isolate_tenants('visits', 'tenant');`);
            await fill(`SET search_path = tenants_test;
                INSERT INTO events SELECT i, md5((i % 300)::text)::uuid, 'x' FROM generate_series(1, 60000) i;
                INSERT INTO visits SELECT i, 'tenant-' || i % 300 FROM generate_series(1, 60000) i;
                ANALYZE events; ANALYZE visits;`);
            for (const table of ["events", "visits"]) {
                const plan = await as(
                    "d3d94468-02a4-3259-b55d-38e6d163e820",
                    `EXPLAIN SELECT * FROM tenants_test.${table}`,
                );
                expect(plan).toContain(`${table}_by_tenant`);
                expect(plan).toContain("Index Cond: (tenant = (InitPlan 1).col1)");
                expect(plan).not.toContain("Seq Scan");
            }
        });

        test("also for tables that an earlier version has isolated", async () => {
            await asOwner(`SET search_path = tenants_test;
                CREATE TABLE earlier (tenant text);
                ALTER TABLE earlier ENABLE ROW LEVEL SECURITY; ALTER TABLE earlier FORCE ROW LEVEL SECURITY;
                CREATE POLICY tenant_isolation ON earlier USING (tenant::text = strata.current_tenant());
                CREATE POLICY open ON earlier USING (true);`);
            await fill("INSERT INTO tenants_test.earlier VALUES ('alpha'), ('beta')");
            await fill(TENANT_ISOLATION.replaceAll(':"owner"', OWNER).replaceAll(':"role"', "psra"));
            expect(await shown("tenant", ["tenants_test.earlier"])).toBe(apart(["tenants_test.earlier"]));
        });

        test("and says what it cannot isolate", async () => {
            const failed = (sql: string): Promise<string> =>
                asOwner(`SET search_path = tenants_test; ${sql}`).then(
                    () => "worked",
                    (error: unknown) => String(error),
                );
            await asOwner("CREATE TABLE tenants_test.documents (tenant jsonb)");
            expect(await failed("SELECT strata.isolate_tenants('documents', 'tenant')")).toContain("is of type jsonb");
            expect(await failed("SELECT strata.isolate_tenants('documents', 'nobody')")).toContain(
                "has no column nobody",
            );
            expect(await failed("SELECT strata.isolate_tenants('published_articles', 'tenant')")).toContain(
                "is not a table that row-level security can hold",
            );
        });
    });

    test("lets an application own nothing", async () => {
        for (const [sql, refusal] of [
            ["SELECT lo_create(0)", "permission denied for function lo_create"],
            ["SELECT lo_creat(-1)", "permission denied for function lo_creat"],
            ["SELECT lo_from_bytea(0, 'x')", "permission denied for function lo_from_bytea"],
            ["ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "is for roles that may create objects"],
            ["CREATE TEMP TABLE mine (x int)", "permission denied to create temporary tables"],
            ["CREATE SCHEMA mine", "permission denied for database"],
        ] as const) {
            expect([sql, await value(sql)]).toEqual([sql, expect.stringContaining(refusal)]);
        }
    });

    test("has shared memory for parallel queries", async () => {
        const { HostConfig } = await inspect(of("psra-postgres"));
        expect(HostConfig.ShmSize).toBe(HostConfig.Memory / 4);
        // As many at once as the workers of one server are: each asks for shared memory.
        const query =
            "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET work_mem = '64MB'; " +
            "SELECT count(*) FROM wide one JOIN wide other USING (a);";
        await asAdministrator(
            "psra-postgres",
            "postgres",
            "CREATE UNLOGGED TABLE IF NOT EXISTS wide AS SELECT i AS a, repeat('x', 60) AS b FROM generate_series(1, 300000) i",
        );
        const joins = Array.from({ length: 6 }, () => asAdministrator("psra-postgres", "postgres", query));
        expect(await Promise.all(joins)).toEqual(Array.from({ length: 6 }, () => "300000"));
        await asAdministrator("psra-postgres", "postgres", "DROP TABLE wide");
    });
}
