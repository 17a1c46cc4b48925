/** A small S3 server on this machine, for states that two operators share. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cacheFolder } from "../../cli/places";
import { toolPath } from "../../offline/build/tools";
import { eventually } from "./eventually";

const BUCKET = "states";
const KEY = { id: "strata-test", secret: "strata-test-secret" } as const;

/** A server with one empty bucket. */
export class S3Server {
    /** As Pulumi takes it: https://www.pulumi.com/docs/iac/concepts/state-and-backends/#s3-compatible */
    public readonly url: string;
    /** Variables of whoever may use the bucket. */
    public readonly login = {
        AWS_ACCESS_KEY_ID: KEY.id,
        AWS_SECRET_ACCESS_KEY: KEY.secret,
        AWS_REGION: "us-east-1",
    } as const;
    private readonly folder = mkdtempSync(join(tmpdir(), "strata-s3-"));
    private server: ChildProcess | undefined;

    constructor(private readonly port: number) {
        this.url = `s3://${BUCKET}?endpoint=http://127.0.0.1:${port}&use_path_style=true&region=us-east-1`;
    }

    /** Starts it and waits until it answers. */
    async start(): Promise<void> {
        const data = join(this.folder, "data");
        const users = join(this.folder, "users");
        mkdirSync(join(data, BUCKET), { recursive: true });
        mkdirSync(users);
        const args = ["--port", `127.0.0.1:${this.port}`, "--health", "/health", "--iam-dir", users];
        this.server = spawn(toolPath(cacheFolder(), "versitygw"), [...args, "--region", "us-east-1", "posix", data], {
            env: { ...process.env, ROOT_ACCESS_KEY: KEY.id, ROOT_SECRET_KEY: KEY.secret },
            stdio: "ignore",
        });
        await eventually("the S3 server answers", async () => {
            const answer = await fetch(`http://127.0.0.1:${this.port}/health`).catch(() => undefined);
            return answer?.ok === true;
        });
    }

    /** Keys of the objects in the bucket below a prefix. */
    objects(prefix: string): string[] {
        const root = join(this.folder, "data", BUCKET);
        return readdirSync(root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
            .filter((key) => key.startsWith(prefix));
    }

    /** Ends it and removes what it held. */
    stop(): void {
        this.server?.kill("SIGKILL");
        rmSync(this.folder, { recursive: true, force: true });
    }
}
