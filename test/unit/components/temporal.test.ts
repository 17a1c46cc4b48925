/** What Temporal's server and its jobs are told. Whether the server understands it, `integration/temporal.test.ts` shows. */

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { namespacesScript } from "../../../components/orchestration/temporal/namespaces";
import { passwordFile, schemaScript } from "../../../components/orchestration/temporal/schema";
import { dynamicConfiguration, serverConfiguration } from "../../../components/orchestration/temporal/server-config";

/** The parts of the file that are looked at. */
interface Configuration {
    readonly services: Readonly<Record<string, { readonly rpc: { readonly bindOnIP: string } }>>;
    readonly global: {
        readonly authorization: object;
        readonly tls: { readonly internode: { readonly server: object } };
    };
    readonly persistence: { readonly datastores: Readonly<Record<string, { readonly sql: object }>> };
}

const store = (name: string) => ({ server: "postgres", port: 5432, database: `${name}_local`, user: name });

describe("the server's configuration", () => {
    const datastore = {
        host: "postgres",
        port: 5432,
        database: "d",
        user: "u",
        passwordFile: "/etc/strata/secrets/default",
    };
    const configuration = JSON.parse(
        serverConfiguration({
            shards: 4,
            datastores: { default: datastore, visibility: { ...datastore, database: "v" } },
            keys: ["http://vault:8200/keys"],
            peers: { certificate: "/c.pem", key: "/k.pem", name: "peer" },
            dynamic: "/dynamic.yaml",
        }),
    ) as Configuration;

    test("only the frontend listens on addresses that others reach, and it speaks gRPC alone", () => {
        const open = Object.entries(configuration.services).filter(([, { rpc }]) => rpc.bindOnIP !== "127.0.0.1");
        expect(open.map(([part]) => part)).toEqual(["frontend"]);
        expect(configuration.services["frontend"]?.rpc).toEqual({
            grpcPort: 7233,
            membershipPort: 6933,
            bindOnIP: "0.0.0.0",
        });
        // With both, the server would not know which of them its own workflows use.
        expect(configuration).not.toHaveProperty("publicClient");
    });

    test("its membership port asks for a certificate", () => {
        expect(configuration.global.tls.internode.server).toMatchObject({
            requireClientAuth: true,
            clientCaFiles: ["/c.pem"],
        });
        expect(JSON.parse(dynamicConfiguration())).toEqual({ "system.enableRingpopTLS": [{ value: true }] });
    });

    test("a token opens what its claim says, if it was signed for Temporal", () => {
        expect(configuration.global.authorization).toMatchObject({
            authorizer: "default",
            claimMapper: "default",
            permissionsClaimName: "permissions",
            audience: "temporal",
            jwtKeyProvider: { keySourceURIs: ["http://vault:8200/keys"] },
        });
    });

    test("passwords are in files that are read for each connection", () => {
        for (const { sql } of Object.values(configuration.persistence.datastores)) {
            expect(sql).toMatchObject({ passwordCommand: { command: "/bin/cat", args: [datastore.passwordFile] } });
            expect(sql).not.toHaveProperty("password");
        }
    });
});

test("the schema job sets up both databases, each with its own login, and passes no password as an argument", () => {
    const script = schemaScript({ default: store("temporal"), visibility: store("temporal_visibility") });
    expect(script.split("\n")).toEqual([
        "set -eu",
        "temporal-sql-tool --plugin postgres12_pgx --endpoint postgres --port 5432 --user temporal --database temporal_local setup-schema --version 0.0",
        "temporal-sql-tool --plugin postgres12_pgx --endpoint postgres --port 5432 --user temporal --database temporal_local update-schema --schema-name postgresql/v12/temporal",
        "temporal-sql-tool --plugin postgres12_pgx --endpoint postgres --port 5432 --user temporal_visibility --database temporal_visibility_local setup-schema --version 0.0",
        "temporal-sql-tool --plugin postgres12_pgx --endpoint postgres --port 5432 --user temporal_visibility --database temporal_visibility_local update-schema --schema-name postgresql/v12/visibility",
        "",
    ]);
    expect(passwordFile([{ ...store("temporal"), password: "secret" }])).toBe(
        "postgres:5432:temporal_local:temporal:secret\n",
    );
});

describe("the namespaces", () => {
    /** Runs the script with a program in place of `wget`, for a server that knows some namespaces. @returns what was posted */
    function posted(known: readonly string[]): string[] {
        const folder = mkdtempSync(join(tmpdir(), "namespaces-"));
        const log = join(folder, "log");
        const at = "http://127.0.0.1:7246/api/v1/namespaces";
        try {
            writeFileSync(log, "");
            // The last argument is the URL.
            writeFileSync(
                join(folder, "wget"),
                `#!/bin/sh\nfor url; do :; done\ncase "$*" in *--post-data*) echo "$7 $url" >>${log} ;;\n` +
                    `*) case " ${known.map((name) => `${at}/${name}`).join(" ")} " in *" $url "*) ;; *) exit 1 ;; esac ;; esac\n`,
            );
            chmodSync(join(folder, "wget"), 0o755);
            const script = namespacesScript([
                { name: "shop", retention: 7 },
                { name: "club", retention: 30 },
            ]);
            execFileSync("sh", ["-c", script], { env: { PATH: `${folder}:${process.env["PATH"]}` } });
            return readFileSync(log, "utf8").trim().split("\n");
        } finally {
            rmSync(folder, { recursive: true });
        }
    }

    test("are created where they are missing, and get their declared retention otherwise", () => {
        expect(posted(["club"])).toEqual([
            '{"namespace":"shop","workflowExecutionRetentionPeriod":"604800s"} http://127.0.0.1:7246/api/v1/namespaces',
            '{"config":{"workflowExecutionRetentionTtl":"2592000s"}} http://127.0.0.1:7246/api/v1/namespaces/club/update',
        ]);
    });
});
