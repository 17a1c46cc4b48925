/** A small S3 server in a container, for a state that two operators share. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LABEL } from "../../model/names";
import { eventually } from "./eventually";
import { imageOf } from "./images";
import { docker, networkOf, removeLabelled } from "./live-engine";

/** Label of the server's container, so that a later run of the tests removes leftovers of this one. */
const ENVIRONMENT = "test-states";
const BUCKET = "states";
const KEY = { id: "strata-test", secret: "strata-test-secret" } as const;

/** A server with one empty bucket. */
export class S3Server {
    /** The bucket's URL as Pulumi takes it: https://www.pulumi.com/docs/iac/concepts/state-and-backends/#s3-compatible */
    public readonly url: string;
    /** Environment variables with a login to the bucket. */
    public readonly login = {
        AWS_ACCESS_KEY_ID: KEY.id,
        AWS_SECRET_ACCESS_KEY: KEY.secret,
        AWS_REGION: "us-east-1",
    } as const;
    /** The server's folder on disk. The server runs as this user, so that the tests can remove the folder. */
    private readonly folder = mkdtempSync(join(tmpdir(), "strata-s3-"));

    constructor(private readonly port: number) {
        this.url = `s3://${BUCKET}?endpoint=http://127.0.0.1:${port}&use_path_style=true&region=us-east-1`;
    }

    /** Starts the server and waits until it answers. */
    async start(): Promise<void> {
        await removeLabelled(ENVIRONMENT);
        mkdirSync(join(this.folder, "data", BUCKET), { recursive: true });
        mkdirSync(join(this.folder, "users"));
        await docker([
            ...["run", "--detach", `--label=${LABEL.environment}=${ENVIRONMENT}`],
            ...[await networkOf(ENVIRONMENT), `--publish=127.0.0.1:${this.port}:7070`],
            ...[`--user=${process.getuid!()}:${process.getgid!()}`, `--volume=${this.folder}:/s3`],
            ...[`--env=ROOT_ACCESS_KEY=${KEY.id}`, `--env=ROOT_SECRET_KEY=${KEY.secret}`, await imageOf("versitygw")],
            ...["--port=:7070", "--health=/health", "--iam-dir=/s3/users", "--region=us-east-1", "posix", "/s3/data"],
        ]);
        await eventually("the S3 server answers", async () => {
            const answer = await fetch(`http://127.0.0.1:${this.port}/health`).catch(() => undefined);
            return answer?.ok === true;
        });
    }

    /** Keys of the objects in the bucket below a prefix. */
    objects(prefix: string): string[] {
        const root = this.fileOf("");
        return readdirSync(root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
            .filter((key) => key.startsWith(prefix));
    }

    /** @param key - as {@link objects} lists it */
    text(key: string): string {
        return readFileSync(this.fileOf(key), "utf8");
    }

    /** Stops the server and removes its data. */
    async stop(): Promise<void> {
        await removeLabelled(ENVIRONMENT);
        rmSync(this.folder, { recursive: true, force: true });
    }

    private fileOf(key: string): string {
        return join(this.folder, "data", BUCKET, "/", key);
    }
}
