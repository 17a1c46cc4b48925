/** The command `migrate`: prepares the database, as its owner. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { readMigrationSettings } from "./configuration";
import type { Log } from "./log";
import { Postgres } from "./postgres";

/** Any number: one process at a time migrates. */
const LOCK = 8009;

/** Runs each file of a folder once, in the order of the names. A file that fails changes nothing. */
export async function migrate(environment: NodeJS.ProcessEnv, log: Log, folder = migrations()): Promise<void> {
    const { postgresUrlFile } = readMigrationSettings(environment);
    const postgres = new Postgres(postgresUrlFile, log);
    try {
        await postgres.script("CREATE TABLE IF NOT EXISTS integration_migrations (name text PRIMARY KEY)");
        for (const name of readdirSync(folder).sort()) {
            const isNew = await postgres.once(LOCK, name, readFileSync(join(folder, name), "utf8"));
            log("info", isNew ? "migrated" : "migrated before", { name });
        }
    } finally {
        await postgres.close();
    }
}

/** Beside the bundle in the image. */
function migrations(): string {
    return join(__dirname, "migrations");
}
