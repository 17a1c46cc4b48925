/**
 * A product with a MariaDB on a real engine: leased logins that hold, end and come anew, a root that nobody reaches over the network,
 * and what is left when the data is gone. The parts build on each other and run in this order.
 *
 * Needs a Docker engine, and root for the network of the containers' processes.
 */

import { RENDERED_SECRETS } from "../../components/identity/vault-agent/kind";
import type { AdministratorLogins } from "../../cli/pulumi/logins";
import { eventually } from "../support/eventually";
import { fileInside } from "../support/eyes";
import { expectHealthy } from "../support/health";
import { asGuestOf, docker, type Ended, inspect } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectCode, expectSuccess, needStart, say } from "../support/outcome";
import { askVault } from "../support/vault-client";

const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

const ENV = "test-mariadb";
const DATABASE = "wpcs_test_mariadb";
const SERVER = `${ENV}-wpcs-mariadb`;
const VOLUME = `${SERVER}-data`;
const API = `${ENV}-wpcs-api`;
const LEASE_SECONDS = 60;

const stack = new LiveStack({
    name: ENV,
    addressBase: "10.217",
    port: 32_700,
    config: {
        // As little as shows it: no Keycloak, and one application.
        "strata:products": [{ name: "wpcs", services: ["api"] }],
        "strata:identity": undefined,
        "strata:vault": { seal: { kind: "local" }, credentialTtl: LEASE_SECONDS, renderInterval: 5 },
        "strata:protectData": true,
    },
});

const FIRST = "up starts the server with its database, and the application waits for its login";
let first: Ended;

beforeAll(async () => {
    await stack.removeLeftovers();
    first = await stack.strata("up");
});

needStart(() => first, FIRST);

afterAll(() => stack.remove());

interface Login {
    readonly user: string;
    readonly password: string;
}

/** The login that the application has now. */
async function leased(): Promise<Login> {
    const { username, password, host, pathname, protocol } = new URL(
        (await fileInside(API, `${RENDERED_SECRETS}/mariadb`)) ?? "mysql://none",
    );
    expect([protocol, host, pathname]).toEqual(["mysql:", "wpcs-mariadb:3306", `/${DATABASE}`]);
    return { user: username, password };
}

/** SQL from where the application is, over the network. The password travels on standard input. */
async function asClient({ user, password }: Login, sql: string, database = DATABASE): Promise<Ended> {
    const { Config } = await inspect(SERVER);
    const client = `mariadb --no-defaults --skip-ssl-verify-server-cert --host=wpcs-mariadb --user="$1" --batch --skip-column-names "$2"`;
    return asGuestOf({
        environment: ENV,
        of: API,
        image: Config.Image,
        entrypoint: "bash",
        command: ["-c", `read -r MYSQL_PWD; export MYSQL_PWD; ${client} --execute="$0"`, sql, user, database],
        input: `${password}\n`,
    });
}

/** SQL as root, through the server's socket: the only way that needs no password. */
async function asRoot(sql: string): Promise<string> {
    return (await docker(["exec", "-i", SERVER, "mariadb", "-u", "root", "-NB"], { input: sql })).trim();
}

async function said(login: Login, sql: string, database?: string): Promise<string> {
    const { code, stdout, stderr } = await asClient(login, sql, database);
    return code === 0 ? stdout.trim() : stderr;
}

/** Asks Vault as the program. */
async function change(method: string, path: string, body: object): Promise<void> {
    const { vault } = (await stack.logins()) as Required<AdministratorLogins>;
    const login = { role_id: vault.roleId, secret_id: vault.secretId };
    const ask = { method: "POST", path: "auth/approle/login", body: login };
    const { auth } = (await askVault(stack.ports.vault, ask)).body as { auth: { client_token: string } };
    const { status } = await askVault(stack.ports.vault, { method, path, body, token: auth.client_token });
    expect(status).toBeLessThan(300);
}

const isRow = (text: string): boolean => !text.includes("ERROR");

test(FIRST, async () => {
    expectSuccess(first);
    await expectHealthy(stack.declared().platform);
    const settings = await docker(["inspect", "--format", "{{json .Config.Env}}", API]);
    expect(JSON.parse(settings)).toContain(`MARIADB_URL_FILE=${RENDERED_SECRETS}/mariadb`);
    expect(await asRoot(`SHOW DATABASES LIKE '${DATABASE}'`)).toBe(DATABASE);
    expectSuccess(await stack.gate());
});

test("an application logs in with a leased login, and brings its tables", async () => {
    const login = await leased();
    expect(login.user).toMatch(/^v-wpcs-/);
    const made = "CREATE TABLE posts (id INT PRIMARY KEY, title TEXT); INSERT INTO posts VALUES (1, 'one');";
    expect(await said(login, `${made} SELECT current_role(), title FROM posts`)).toBe("wpcs_clients\tone");
});

test("a leased login can do nothing elsewhere, and leaves nothing that is its own", async () => {
    const login = await leased();
    // A database whose name the grant would cover, were an underscore any letter.
    await asRoot(
        `CREATE DATABASE ${DATABASE.replaceAll("_", "x")}; CREATE TABLE ${DATABASE.replaceAll("_", "x")}.t (i INT)`,
    );
    for (const [sql, refusal] of [
        [`SELECT * FROM ${DATABASE.replaceAll("_", "x")}.t`, "command denied"],
        ["SELECT * FROM mysql.global_priv", "command denied"],
        ["SELECT * FROM strata.identity", "command denied"],
        ["CREATE VIEW v AS SELECT 1", "CREATE VIEW command denied"],
        ["CREATE TRIGGER g BEFORE INSERT ON posts FOR EACH ROW SET NEW.id = 2", "TRIGGER command denied"],
        ["CREATE PROCEDURE p() SELECT 1", "Access denied"],
        ["CREATE USER another", "you need (at least one of) the CREATE USER privilege"],
        ["CALL strata.begin_login('v-another', 'known', 'wpcs')", "execute command denied"],
        ["CALL strata.end_login('v-another')", "execute command denied"],
        ["LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE posts", "disabled the local infile capability"],
    ] as const) {
        expect([sql, await said(login, sql)]).toEqual([sql, expect.stringContaining(refusal)]);
    }
    await asRoot(`DROP DATABASE ${DATABASE.replaceAll("_", "x")}`);
});

test("nobody is root over the network, and nobody comes in without a password", async () => {
    for (const user of ["root", "mysql", "wpcs", "vault_manager", "healthcheck"]) {
        for (const password of ["", "invalid"]) {
            expect([user, await said({ user, password }, "SELECT 1", "")]).toEqual([
                user,
                expect.stringContaining("Access denied for user"),
            ]);
        }
    }
    expect(await asRoot("SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost'")).toBe(
        "0",
    );
});

test("Vault's own login may begin and end leased logins, and nothing else", async () => {
    const grants = (await asRoot("SHOW GRANTS FOR vault_manager@'%'")).split("\n");
    expect(grants.map((line) => line.replace(/ IDENTIFIED BY .*/, "")).sort()).toEqual([
        "GRANT EXECUTE ON PROCEDURE `strata`.`begin_login` TO `vault_manager`@`%`",
        "GRANT EXECUTE ON PROCEDURE `strata`.`end_login` TO `vault_manager`@`%`",
        "GRANT USAGE ON *.* TO `vault_manager`@`%`",
    ]);
    for (const name of ["root", "wpcs", "vault_manager", "v-x' OR '1"]) {
        for (const call of [`begin_login("${name}", "known", "wpcs")`, `end_login("${name}")`]) {
            await expect(asRoot(`CALL strata.${call}`)).rejects.toThrow("this is no name of a leased login");
        }
    }
    await expect(asRoot("CALL strata.begin_login('v-nobody', 'known', 'nothing')")).rejects.toThrow("Invalid role");
    expect(await asRoot("SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'v-nobody'")).toBe("0");
});

test("a login that is taken back ends with its sessions, and the application gets another one", async () => {
    const login = await leased();
    const open = asClient(login, "SELECT SLEEP(45)");
    await eventually("the session is open", async () => (await asRoot("SHOW PROCESSLIST")).includes(`${login.user}\t`));
    const started = Date.now();
    await change("PUT", "sys/leases/revoke-prefix/wpcs/database/creds/wpcs", { sync: true });
    expect((await open).code).not.toBe(0);
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(await said(login, "SELECT 1")).toContain("Access denied for user");
    expect(await asRoot(`SELECT COUNT(*) FROM mysql.global_priv WHERE User = '${login.user}'`)).toBe("0");

    const next = await eventually(
        "the file has another login",
        async () => {
            const now = await leased();
            return now.user !== login.user && now;
        },
        { within: 2 * LEASE_SECONDS * 1000 },
    );
    say(`another login was in the file ${Math.round((Date.now() - started) / 1000)} s after the first was taken back`);
    expect(await said(next, "SELECT title FROM posts")).toBe("one");
});

test("a new container finds the data, and what a hand has changed is as declared again", async () => {
    const byHand = ["wpcs@'%'", "root@localhost"].map((user) => `ALTER USER ${user} IDENTIFIED BY 'known';`);
    await asRoot(`CREATE USER root@'%' IDENTIFIED BY 'known'; ${byHand.join(" ")}`);
    await docker(["rm", "--force", SERVER]);
    expectSuccess(await stack.strata("up"));
    expect(await asRoot(`SELECT title FROM ${DATABASE}.posts`)).toBe("one");
    for (const user of ["root", "wpcs"]) {
        expect(await said({ user, password: "known" }, "SELECT 1", "")).toContain("Access denied for user");
    }
    expect(isRow(await said(await leased(), "SELECT 1"))).toBe(true);
});

test("a lost volume is refused, and once that is accepted one up makes database, logins and rights again", async () => {
    const before = await asRoot("SELECT number FROM strata.identity");
    await docker(["rm", "--force", SERVER]);
    await docker(["volume", "rm", VOLUME]);
    const refused = await stack.strata("up");
    expectCode(refused, 2);
    expect(refused.stdout + refused.stderr).toContain(`${VOLUME} (wpcs-mariadb`);

    expectSuccess(await stack.strata("up", "--accept-data-loss", VOLUME));
    await expectHealthy(stack.declared().platform);
    expect(await asRoot("SELECT number FROM strata.identity")).not.toBe(before);
    const login = await eventually("the application's login is of the new data", async () => {
        const now = await leased();
        return isRow(await said(now, "SELECT 1")) && now;
    });
    expect(await said(login, "SHOW TABLES")).toBe("");
    expect((await stack.strata("up")).stdout).toMatch(/\n0 changes, /);
    expectSuccess(await stack.strata("verify"));
});

test("data that was begun anew in the same volume is not taken for the same", async () => {
    await asRoot("UPDATE strata.identity SET number = UUID(); FLUSH TABLES strata.identity");
    const refused = await stack.strata("up");
    expectCode(refused, 2);
    expect(refused.stdout + refused.stderr).toContain(`${VOLUME} holds other data than the state knows`);
});
