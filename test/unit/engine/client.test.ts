/** How calls of the docker client end. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { dockerClient, type Ended, isMute } from "../../../engine/client";

/** Calls a docker client that is this script. */
function call(script: string, timeout?: number): Promise<Ended> {
    const folder = mkdtempSync(join(tmpdir(), "strata-client-"));
    writeFileSync(join(folder, "docker"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return dockerClient({ PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: "ssh://a" })(["ps"], timeout);
}

test.each<[string, string, Ended]>([
    ["ends well", 'echo "$DOCKER_HOST $1"', { code: 0, stdout: "ssh://a ps\n", stderr: "" }],
    ["fails", "echo a; echo b >&2; exit 3", { code: 3, stdout: "a\n", stderr: "b\n" }],
    ["fails without a word", "exit 125", { code: 125, stdout: "", stderr: "" }],
    ["is interrupted", "kill -INT $$", { code: 130, stdout: "", stderr: "" }],
    ["is killed by somebody", "kill -KILL $$", { code: 137, stdout: "", stderr: "" }],
])("a client that %s", async (_, script, ended) => {
    expect(await call(script)).toEqual(ended);
    expect(isMute(ended)).toBe(false);
});

test("a client that takes too long is killed, which is told from another end by a signal", async () => {
    const ended = await call("echo began; exec sleep 60", 300);
    expect(ended).toEqual({ code: 137, stdout: "began\n", stderr: "", isLate: true });
    expect(isMute(ended)).toBe(true);
});

test("a client that is not there ends with 127 and the system's word", async () => {
    const ended = await dockerClient({ PATH: "/nowhere" })(["ps"]);
    expect(ended).toEqual({ code: 127, stdout: "", stderr: "spawn docker ENOENT" });
    expect(isMute(ended)).toBe(true);
});
