/** Where a Postgres server keeps its data. */
export const POSTGRES_DATA = {
    /** Where the volume is mounted. */
    volume: "/var/lib/postgresql/data",
    /** Folder of the cluster. */
    cluster: "/var/lib/postgresql/data/pgdata",
} as const;
