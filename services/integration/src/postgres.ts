/** Postgres with rows of tenants. */

import { Pool, type PoolClient } from "pg";

import { type Log, reasonOf } from "./log";
import { secretFile } from "./secret-file";

/** Connections of a process. */
const CONNECTIONS = 5;

export class Postgres {
    private readonly url: () => string;
    private pool: { readonly url: string; readonly pool: Pool } | undefined;

    constructor(
        urlFile: string,
        private readonly log: Log,
    ) {
        this.url = secretFile(urlFile);
    }

    /**
     * Runs a statement that sees the rows of one tenant only.
     *
     * @returns how many rows it changed
     */
    inTenant(tenant: string, statement: string, values: readonly unknown[]): Promise<number> {
        return this.transaction(async (client) => {
            // SET takes no parameters; with `true` this function is SET LOCAL.
            await client.query("SELECT set_config('app.current_tenant_id', $1, true)", [tenant]);
            const { rowCount } = await client.query(statement, [...values]);
            return rowCount ?? 0;
        });
    }

    /** Runs statements outside of a transaction. */
    async script(text: string): Promise<void> {
        await this.present().query(text);
    }

    /**
     * Runs a script in a transaction, unless it has run before.
     *
     * @param lock - number of a lock that lasts as long as the transaction
     * @returns whether it ran now
     */
    once(lock: number, name: string, script: string): Promise<boolean> {
        return this.transaction(async (client) => {
            await client.query("SELECT pg_advisory_xact_lock($1)", [lock]);
            const { rowCount } = await client.query(
                "INSERT INTO integration_migrations (name) VALUES ($1) ON CONFLICT DO NOTHING",
                [name],
            );
            if (rowCount === 0) return false;
            await client.query(script);
            return true;
        });
    }

    async close(): Promise<void> {
        await this.pool?.pool.end();
    }

    private async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
        const client = await this.present().connect();
        let failed: Error | undefined;
        try {
            await client.query("BEGIN");
            const result = await work(client);
            await client.query("COMMIT");
            return result;
        } catch (error) {
            failed = error instanceof Error ? error : new Error(String(error));
            throw error;
        } finally {
            // A connection with an open transaction is closed, not given to the next.
            client.release(failed);
        }
    }

    /** Connections with the present login. Those of a former login end when their work is done. */
    private present(): Pool {
        const url = this.url();
        if (this.pool?.url !== url) {
            void this.pool?.pool.end();
            const pool = new Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: 5_000 });
            // Without a listener, an idle connection that breaks ends the process.
            pool.on("error", (error) =>
                this.log("warn", "a connection to Postgres broke", { reason: reasonOf(error) }),
            );
            this.pool = { url, pool };
        }
        return this.pool.pool;
    }
}
