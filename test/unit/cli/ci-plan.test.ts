/**
 * The steps of .github/workflows/pull-request.yml by the real command line, in a checkout of its own, with the file of an event:
 * `pulumi`, the docker client and GitHub answer from scripts.
 */

import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { parse } from "yaml";

import { projectRoot } from "../../../cli/places";
import { pinnedVersions } from "../../../cli/setup/toolchain";
import { makeCheckout } from "../../support/checkout";

const EDGE = "urn:pulumi:staging::strata::docker:index/container:Container::staging-edge";

let folder: string;
let checkout: string;
let server: Server;
/** What GitHub was asked for. */
let asked: string[];

/** Writes a program. @param place - folder below the test's own */
function program(place: string, name: string, script: string): void {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, place, name), 0o755);
}

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "strata-ci-plan-"));
    checkout = makeCheckout("staging");
    mkdirSync(join(folder, "home"));
    mkdirSync(join(folder, "bin"));
    for (const name of ["sh", "cat", "env", "true"]) symlinkSync(join("/bin", name), join(folder, "bin", name));
    const info = {
        MemTotal: 64 * 1024 ** 3,
        DockerRootDir: "/",
        OperatingSystem: "Debian",
        CgroupVersion: "2",
        ID: "A",
    };
    program(
        "bin",
        "docker",
        `case "$*" in
            version*) echo "29.8.0 1.52 linux amd64" ;;
            info*) echo '${JSON.stringify(info)}' ;;
            *"network inspect"*|image*) echo '[]' ;;
        esac`,
    );
    program("bin", "ip", "echo '[]'");
    for (const [name, version] of Object.entries(pinnedVersions().plugins)) {
        mkdirSync(join(folder, "cache", "published", "home", "plugins", `resource-${name}-v${version}`), {
            recursive: true,
        });
    }
    writeFileSync(join(folder, "event.json"), JSON.stringify({ action: "opened", pull_request: { number: 7 } }));
    server = createServer((request, response) => {
        void text(request).then((body) => {
            asked.push(`${request.method} ${request.url} ${body}`);
            response.end(request.method === "GET" ? "[]" : "{}");
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => (asked = []));
afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(checkout, { recursive: true, force: true });
});

/** @param preview - what `pulumi preview` does; `$events` is the file of its events */
function pulumiThat(preview: string): void {
    program(join("cache", "published", "bin"), "pulumi-language-nodejs", "exit 1");
    const state = { version: 3, deployment: { secrets_providers: { type: "passphrase", state: { salt: "v1:a:b" } } } };
    program(
        join("cache", "published", "bin"),
        "pulumi",
        `case "$*" in
            version*) echo v${pinnedVersions().pulumi} ;;
            "stack export"*) echo '${JSON.stringify(state)}' ;;
            preview*)
                while [ "$1" != --event-log ]; do shift; done
                events=$2
                ${preview} ;;
        esac`,
    );
}

/** The commands that the job `plan` runs for staging, which end even when an earlier one failed. */
async function job(): Promise<{ codes: number[]; said: string; report: string }> {
    const workflow = parse(readFileSync(join(projectRoot, ".github", "workflows", "pull-request.yml"), "utf8")) as {
        jobs: { plan: { steps: { run?: string }[] } };
    };
    const commands = workflow.jobs.plan.steps.flatMap(({ run }) => run ?? []);
    const variables = {
        PULUMI_BACKEND_URL: `file://${folder}/state`,
        PULUMI_CONFIG_PASSPHRASE: "passphrase",
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_EVENT_PATH: join(folder, "event.json"),
        GITHUB_REPOSITORY: "acme/platform",
        GITHUB_TOKEN: "token",
        STRATA_CACHE: join(folder, "cache"),
        STRATA_OFFLINE: "0",
        PATH: join(folder, "bin"),
        HOME: join(folder, "home"),
    };
    const codes: number[] = [];
    let said = "";
    for (const command of commands) {
        const [, script = "", words = ""] = /^npm run ([\w:]+) -- (.*)$/.exec(
            command.replaceAll("${{ matrix.stack }}", "staging"),
        )!;
        const args = [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
        await new Promise<void>((resolve) =>
            execFile(
                process.execPath,
                ["--require", "./runtime/typescript.cjs", "cli/main.ts", ...script.split(":"), ...args],
                { cwd: checkout, env: variables },
                (error, stdout, stderr) => {
                    codes.push(error ? Number(error.code) : 0);
                    said += stdout + stderr;
                    resolve();
                },
            ),
        );
    }
    return { codes, said, report: readFileSync(join(checkout, "plan-staging.md"), "utf8") };
}

/** An event that Pulumi writes about the edge's container. */
const changed = JSON.stringify({
    resOutputsEvent: {
        metadata: {
            ...{ op: "update", urn: EDGE, type: "docker:index/container:Container", diffs: ["memory"] },
            ...{ old: { inputs: { name: "staging-edge" } }, new: { inputs: { name: "staging-edge" } } },
        },
    },
});

test("a plan becomes the pull request's comment", async () => {
    const summary = JSON.stringify({ summaryEvent: { resourceChanges: { update: 1, same: 3 } } });
    pulumiThat(`printf '%s\\n' '${changed}' '${summary}' >>"$events"`);
    const { codes, said, report } = await job();
    expect({ codes, said }).toEqual({ codes: [0, 0], said });
    expect(report).toBe("### staging: 1 changed\n\n```diff\n~ container staging-edge (memory)\n```\n");
    expect(asked).toEqual([
        "GET /repos/acme/platform/issues/7/comments?per_page=100&page=1 ",
        `POST /repos/acme/platform/issues/7/comments ${JSON.stringify({ body: `<!-- strata: plan staging -->\n${report}` })}`,
    ]);
});

test("no plan is a comment as well, with the reason, and the job fails", async () => {
    const reason = {
        diagnosticEvent: { message: "error: the program's own words", severity: "error", color: "never" },
    };
    pulumiThat(`printf '%s\\n' '${JSON.stringify(reason).replaceAll("'", "'\\''")}' >>"$events"; exit 255`);
    const { codes, report } = await job();
    expect(codes).toEqual([1, 0]);
    expect(report).toMatch(/^### staging: no plan\n\n```text\n[^]*the program's own words[^]*next: /);
    expect(asked.at(-1)).toContain("the program's own words");
});
