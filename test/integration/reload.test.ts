/**
 * The script that tells a service about changed secrets, as the first process of a container hardened like every service's:
 * signals mean other things there than in a shell on the machine. Redis stands for a product; the stand-in has no shell.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RELOAD_SH } from "../../components/products/application/reload";
import { LABEL } from "../../model/names";
import { eventually } from "../support/eventually";
import { imageOf } from "../support/images";
import { docker, removeLabelled, run } from "../support/live-engine";

const ENV = "test-reload";
const SECRETS = "/run/secrets";
const REDIS = ["redis-server", "--dir", SECRETS, "--save", ""];

let folder: string;

beforeEach(async () => {
    await removeLabelled(ENV);
    folder = mkdtempSync(join(tmpdir(), "strata-reload-"));
    writeFileSync(join(folder, "reload.sh"), RELOAD_SH);
});

afterEach(async () => {
    await removeLabelled(ENV);
    rmSync(folder, { recursive: true });
});

/** Starts a container. @returns its id */
async function start(how: string, ...command: readonly string[]): Promise<string> {
    const hardening = [
        "--init",
        "--user=10001:10001",
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges:true",
        "--network=none",
        "--restart=unless-stopped",
        `--tmpfs=${SECRETS}:uid=10001,gid=10001`,
    ];
    const id = await docker([
        "run",
        "--detach",
        `--label=${LABEL.environment}=${ENV}`,
        ...hardening,
        `--env=SECRETS_DIR=${SECRETS}`,
        `--volume=${folder}/reload.sh:/etc/strata/reload.sh:ro`,
        "--entrypoint=/bin/sh",
        await imageOf("redis"),
        "/etc/strata/reload.sh",
        how,
        ...command,
    ]);
    return id.trim();
}

const logOf = async (id: string): Promise<string> => {
    const { stdout, stderr } = await run("docker", ["logs", id]);
    return stdout + stderr;
};
const says = (id: string, text: string, times = 1): Promise<true> =>
    eventually(`it says ${text}`, async () => (await logOf(id)).split(text).length > times || undefined);

/** As an agent does: a new file takes the old one's place. */
const render = (id: string, value: string): Promise<string> =>
    docker(["exec", id, "sh", "-c", `echo "$0" > ${SECRETS}/.new && mv ${SECRETS}/.new ${SECRETS}/password`, value]);

test("a signal reaches the service, which goes on", async () => {
    const service = "trap 'echo reloaded' HUP; echo up; while :; do sleep 0.1; done";
    const id = await start("SIGHUP", "sh", "-c", service);
    await says(id, "up");
    await render(id, "first");
    await says(id, "reloaded");
    await render(id, "second");
    await says(id, "reloaded", 2);
    expect(await docker(["inspect", "--format", "{{.State.Running}} {{.RestartCount}}", id])).toBe("true 0\n");
});

test("a service that is to be restarted ends in order, and the engine starts it again", async () => {
    const id = await start("restart", ...REDIS);
    await says(id, "Ready to accept connections");
    await render(id, "first");
    await says(id, "Received SIGTERM scheduling shutdown");
    await says(id, "Ready to accept connections", 2);
    expect(await docker(["inspect", "--format", "{{.State.Running}} {{.RestartCount}}", id])).toBe("true 1\n");
});

test("whoever stops the container stops the service, at once and in order", async () => {
    const id = await start("restart", ...REDIS);
    await says(id, "Ready to accept connections");
    await docker(["stop", "--time=30", id]);
    expect(await logOf(id)).toContain("Redis is now ready to exit, bye bye");
    expect(await docker(["inspect", "--format", "{{.State.ExitCode}}", id])).toBe("0\n");
});
