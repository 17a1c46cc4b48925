/** `logs --follow` of the real command line, with a docker client that follows for ever. */

import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectRoot } from "../../../cli/places";
import { eventually } from "../../support/eventually";

const service = (name: string) => ({
    Id: name,
    Name: `/x-${name}`,
    RestartCount: 0,
    State: { Status: "running", ExitCode: 0, StartedAt: "2026-01-01T00:00:00Z" },
    Config: { Labels: { "strata.service": name } },
    NetworkSettings: { Networks: {}, Ports: {} },
});

test("one signal ends every reader, not only the last one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-logs-"));
    const begun = join(folder, "begun");
    writeFileSync(
        join(folder, "docker"),
        `#!/bin/sh
case "$*" in
"ps "*) echo a; echo b; echo c ;;
"container inspect"*) echo '${JSON.stringify(["a", "b", "c"].map(service))}' ;;
"logs "*) echo $$ >>${begun}; exec sleep 60 ;;
esac
`,
    );
    chmodSync(join(folder, "docker"), 0o755);
    const file = join(folder, "Pulumi.yaml");
    writeFileSync(file, "config: {}\n");
    const node = join(projectRoot, "node_modules", "node", "bin", "node");
    const main = ["--require", join(projectRoot, "runtime", "typescript.cjs"), join(projectRoot, "cli", "main.ts")];
    const child = spawn(node, [...main, "logs", "a", "b", "c", "-f", "--stack", "x", "--config-file", file], {
        cwd: projectRoot,
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
        stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const followers = () => (existsSync(begun) ? readFileSync(begun, "utf8").trim().split("\n") : []);
    await eventually("three logs are followed", () => Promise.resolve(followers().length === 3));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
}, 30_000);
