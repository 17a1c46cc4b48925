import { asGuestOf, type Ended, inspect } from "../../support/live-engine";
import { asSuperuser } from "../../support/vault-client";
import { ENV, LEASE_SECONDS, of, SUFFIX } from "./live";
import { askAs, change, tokenFor } from "./vault-client";

/** psql where psra-api is. */
export async function psql(url: string, sql: string): Promise<Ended> {
    const { Config } = await inspect(of("psra-postgres"));
    return asGuestOf({
        environment: ENV,
        of: of("psra-api"),
        image: Config.Image,
        entrypoint: "sh",
        command: ["-c", 'read -r url; exec psql "$url" -X -A -t -v ON_ERROR_STOP=1 -c "$0"', sql],
        input: `${url}\n`,
    });
}

interface Lease {
    readonly id: string;
    readonly seconds: number;
    readonly user: string;
    readonly url: string;
}

/** Logins that Vault makes on request. */
export function databaseLoginsTests(): void {
    const CREDENTIALS = "psra/database/creds/psra";
    const rolesNamed = async (user: string): Promise<string> =>
        asSuperuser(of("psra-postgres"), `SELECT count(*) FROM pg_roles WHERE rolname = '${user}'`);

    async function lease(): Promise<Lease> {
        const token = await tokenFor("psra-api");
        const [answer] = await askAs("psra-api", [{ method: "GET", path: CREDENTIALS, token }]);
        const { lease_id, lease_duration, data } = answer!.body as unknown as {
            lease_id: string;
            lease_duration: number;
            data: { username: string; password: string };
        };
        const url = `postgresql://${data.username}:${data.password}@psra-postgres:5432/psra_${SUFFIX}`;
        return { id: lease_id, seconds: lease_duration, user: data.username, url };
    }

    test("work, are held like the application's own role, and end when they are taken back", async () => {
        const { id, seconds, user, url } = await lease();
        expect(seconds).toBe(LEASE_SECONDS);
        const rights =
            "SELECT current_user, rolsuper, rolcreaterole, rolbypassrls, pg_has_role(current_user, 'psra', 'USAGE'), " +
            "rolvaliduntil > now() FROM pg_roles WHERE rolname = current_user";
        const worked = await psql(url, rights);
        expect([worked.code, worked.stdout.trim(), worked.stderr]).toEqual([0, `${user}|f|f|f|t|t`, ""]);
        expect((await psql(url, "CREATE TABLE mine (id int)")).code).not.toBe(0);

        const open = psql(url, "SELECT pg_sleep(45)");
        await new Promise((resolve) => setTimeout(resolve, 3000));
        const started = Date.now();
        await change("PUT", "sys/leases/revoke", { lease_id: id, sync: true });
        const ended = await open;
        expect(ended.code).not.toBe(0);
        expect(Date.now() - started).toBeLessThan(15_000);
        const after = await psql(url, "SELECT 1");
        expect(after.code).not.toBe(0);
        expect(await rolesNamed(user)).toBe("0");
    });

    test("end with the token that asked for them", async () => {
        const token = await tokenFor("psra-api");
        const [answer] = await askAs("psra-api", [
            { method: "GET", path: CREDENTIALS, token },
            { method: "POST", path: "auth/token/revoke-self", token },
        ]);
        const { username } = (answer!.body as unknown as { data: { username: string } }).data;
        for (let waited = 0; waited < 20 && (await rolesNamed(username)) !== "0"; waited++) {
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
        expect(await rolesNamed(username)).toBe("0");
    });

    test("are made by a role that sees no data itself", async () => {
        const sql =
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, pg_has_role(rolname, 'psra', 'USAGE'), " +
            "pg_has_role(rolname, 'psra', 'SET') FROM pg_roles WHERE rolname = 'vault_manager'";
        expect(await asSuperuser(of("psra-postgres"), sql)).toBe("f|f|t|f|f|f|f");
    });
}
