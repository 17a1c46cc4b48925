import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EngineChoice } from "../../../cli/engine/choice";
import { pulumiEnvironment, shellLines } from "../../../cli/stacks/variables";
import type { Stack } from "../../../cli/stacks/stack";
import { toolchainOf } from "../../../cli/setup/toolchain";

/** A checkout whose path holds what shells trip over. */
function awkward(name = "local"): Stack {
    const folder = mkdtempSync(join(tmpdir(), "it's $HOME "));
    writeFileSync(join(folder, "source.yaml"), "config: {}\n");
    return {
        name,
        source: join(folder, "source.yaml"),
        copy: join(folder, "copy.yaml"),
        passphraseFile: join(folder, "passphrase"),
        stateFolder: join(folder, "state"),
    };
}

const SOCKET: EngineChoice = {
    host: "unix:///var/run/docker.sock",
    source: "socket",
    because: "the default socket",
    ignored: [],
};
const toolchain = toolchainOf("offline", "/cache");

test("the lines mean in a shell what they say, whatever the path", () => {
    const stack = awkward();
    const lines = shellLines(stack, toolchain, stack.copy, SOCKET, {}).join("\n");
    const script =
        'eval "$0"; printf "%s|" "$PATH" "$PULUMI_OPTION_CONFIG_FILE" "$PULUMI_BACKEND_URL" "$PULUMI_OPTION_STACK"';
    const values = execFileSync("/bin/sh", ["-c", script, lines], { env: { PATH: "/own" }, encoding: "utf8" }).split(
        "|",
    );
    expect(values[0]).toMatch(/^\/cache\/toolchain\/bin:.*\/node_modules\/node\/bin:\/own$/);
    expect(values.slice(1, 4)).toEqual([stack.copy, `file://${stack.stateFolder}`, "organization/strata/local"]);
});

test("a passphrase in the caller's environment is never printed", () => {
    const lines = shellLines(awkward("staging"), toolchain, "/x", SOCKET, { PULUMI_CONFIG_PASSPHRASE: "hunter2" });
    expect(lines.join("\n")).not.toContain("hunter2");
});

describe("the environment of our own pulumi", () => {
    test("knows the engine and the state, and nothing of what strata env of another stack exported", () => {
        const stack = awkward();
        const caller = {
            PATH: "/own",
            PULUMI_OPTION_STACK: "other",
            PULUMI_CONFIG_PASSPHRASE: "hunter2",
            PULUMI_BACKEND_URL: "s3://elsewhere",
        };
        const variables = pulumiEnvironment(stack, toolchain, SOCKET, caller);
        expect(variables).toMatchObject({
            DOCKER_HOST: "unix:///var/run/docker.sock",
            PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
            PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile,
            PULUMI_HOME: "/cache/pulumi-home",
        });
        expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(["PULUMI_OPTION_STACK"]));
        expect(Object.values(variables)).not.toContain("hunter2");
    });

    test("leads the docker provider nowhere else: its variables win over what the program says", () => {
        const misled = {
            PATH: "/own",
            DOCKER_CONTEXT: "elsewhere",
            DOCKER_TLS_VERIFY: "1",
            DOCKER_CERT_PATH: "/left/over",
            DOCKER_CA_MATERIAL: "x",
        };
        const choice = { ...SOCKET, ignored: ["DOCKER_CA_MATERIAL", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"] };
        const variables = pulumiEnvironment(awkward(), toolchain, choice, misled);
        expect(Object.keys(variables).filter((name) => name.startsWith("DOCKER_"))).toEqual(["DOCKER_HOST"]);
        const lines = shellLines(awkward(), toolchain, "/x", { ...choice, source: "context" }, misled).join("\n");
        const script = 'eval "$0"; env | grep ^DOCKER_ | sort';
        const left = execFileSync("/bin/sh", ["-c", script, lines], { env: { ...misled, PATH: process.env.PATH } });
        expect(left.toString()).toBe("DOCKER_HOST=unix:///var/run/docker.sock\n");
    });

    test("an engine over TLS is verified by the same files everywhere", () => {
        const choice: EngineChoice = { ...SOCKET, host: "tcp://docker:2376", source: "variable", certPath: "/certs" };
        expect(pulumiEnvironment(awkward(), toolchain, choice, { PATH: "/own" })).toMatchObject({
            DOCKER_HOST: "tcp://docker:2376",
            DOCKER_TLS_VERIFY: "1",
            DOCKER_CERT_PATH: "/certs",
        });
    });

    test("keeps another stack's state where its operator says", () => {
        const variables = pulumiEnvironment(awkward("production"), toolchain, SOCKET, {
            PULUMI_BACKEND_URL: "s3://elsewhere",
        });
        expect(variables.PULUMI_BACKEND_URL).toBe("s3://elsewhere");
    });

    test("the two ways share neither binaries nor plugins", () => {
        const published = toolchainOf("published", "/cache");
        expect([published.bin, published.home]).toEqual(["/cache/published/bin", "/cache/published/home"]);
    });
});
