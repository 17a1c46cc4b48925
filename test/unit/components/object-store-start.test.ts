/** How a server of objects starts, with a real shell. Cannot show what the image's shell does. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serverStart } from "../../../components/foundation/object-store/start";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "strata-objects-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const { entrypoint, command, files } = serverStart("{}");
const PROGRAM = command.indexOf("/usr/local/bin/versitygw");

/** Starts a program that shows its environment instead of the server. */
function start(): { identity: string; environment: string } {
    const script = join(folder, "start.sh");
    writeFileSync(script, files.find(({ path }) => path === "start.sh")!.content as string);
    const paths = command.slice(0, PROGRAM).map((path) => path.replace("/objects", folder));
    const { status, stdout, stderr } = spawnSync("sh", [script, ...paths, "env"], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] },
    });
    expect([status, stderr]).toEqual([0, ""]);
    return { identity: readFileSync(join(folder, "identity"), "utf8"), environment: stdout };
}

test("new data gets a number, and keeps it", () => {
    const { identity } = start();
    expect(identity).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(statSync(join(folder, "buckets")).isDirectory()).toBe(true);
    expect(start().identity).toBe(identity);
});

test("a number that was cut off while it was written is written again", () => {
    writeFileSync(join(folder, "identity"), "");
    expect(start().identity).toMatch(/^[0-9a-f-]{36}\n$/);
});

test("root has another secret at each start", () => {
    const secret = (): string | undefined => /^ROOT_SECRET_KEY=([0-9a-f]{64})$/m.exec(start().environment)?.[1];
    const [first, second] = [secret(), secret()];
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    expect(first).not.toBe(second);
});

test("the server reads its keys from a file that only it gets, and serves its administration to itself only", () => {
    expect(entrypoint).toEqual(["/bin/sh", "/etc/strata/start.sh"]);
    expect(files.map(({ path }) => path)).toEqual(["start.sh", "secrets/users.json"]);
    expect(command.slice(PROGRAM)).toEqual([
        "/usr/local/bin/versitygw",
        "--port=:7070",
        "--admin-port=127.0.0.1:7071",
        "--health=/health",
        "--region=us-east-1",
        "--iam-dir=/etc/strata/secrets",
        "--disable-acl",
        "--quiet",
        "posix",
        "/objects/buckets",
    ]);
});
