import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EngineChoice } from "../../../engine/choice";
import { stateAccess } from "../../../cli/stacks/access";
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
const IMAGES = { redis: "strata.invalid/redis:0123456789ab" };
const supplied = { toolchain: toolchainOf("offline", "/cache"), images: IMAGES, origin: "made" } as const;

test("the lines mean in a shell what they say, whatever the path", () => {
    const stack = awkward();
    const known = { ...SOCKET, identity: "vm's/AAAA:BBBB" };
    const lines = shellLines(stack, supplied, stateAccess(stack, {}), stack.copy, known, {}).join("\n");
    const script =
        'eval "$0"; printf "%s|" "$PATH" "$PULUMI_OPTION_CONFIG_FILE" "$PULUMI_BACKEND_URL" "$PULUMI_OPTION_STACK" "$STRATA_IMAGES" "$STRATA_WAY" "$STRATA_ORIGIN" "$STRATA_ENGINE"';
    const values = execFileSync("/bin/sh", ["-c", script, lines], { env: { PATH: "/own" }, encoding: "utf8" }).split(
        "|",
    );
    expect(values[0]).toMatch(/^\/cache\/toolchain\/bin:.*\/node_modules\/node\/bin:\/own$/);
    expect(values.slice(1, 4)).toEqual([stack.copy, `file://${stack.stateFolder}`, "organization/strata/local"]);
    expect(JSON.parse(values[4] ?? "")).toEqual(IMAGES);
    expect(values.slice(5, 8)).toEqual(["offline", "made", "vm's/AAAA:BBBB"]);
});

test("a passphrase in the caller's environment is never printed, and does not win over the stack's own file", () => {
    const caller = { PULUMI_CONFIG_PASSPHRASE: "hunter2", PULUMI_BACKEND_URL: "s3://states" };
    const lines = (stack: Stack): string[] =>
        shellLines(stack, supplied, stateAccess(stack, caller), "/x", SOCKET, caller);
    expect(lines(awkward("staging")).join("\n")).not.toContain("hunter2");
    expect(lines(awkward("staging"))).not.toContain("unset PULUMI_CONFIG_PASSPHRASE");
    expect(lines(awkward("local"))).toContain("unset PULUMI_CONFIG_PASSPHRASE");
});

test("nor is a password in the URL of a backend", () => {
    const backend = (url: string): string | undefined => {
        const caller = { PULUMI_CONFIG_PASSPHRASE: "x", PULUMI_BACKEND_URL: url };
        const stack = awkward("staging");
        const lines = shellLines(stack, supplied, stateAccess(stack, caller), "/x", SOCKET, caller);
        expect(lines.join("\n")).not.toContain("canary");
        return lines.find((line) => line.includes("PULUMI_BACKEND_URL"));
    };
    expect(backend("postgres://strata:canary@db.example/states")).toBeUndefined();
    expect(backend("s3://states")).toBe("export PULUMI_BACKEND_URL='s3://states'");
});

describe("the name of the stack for plain pulumi", () => {
    const name = (url: string): string | undefined => {
        const stack = awkward("staging");
        const caller = { PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "x" };
        const lines = shellLines(stack, supplied, stateAccess(stack, caller), "/x", SOCKET, caller);
        return lines.find((line) => line.includes("PULUMI_OPTION_STACK"));
    };

    test("is that of a backend without organisations", () => {
        expect(name("s3://states")).toBe("export PULUMI_OPTION_STACK='organization/strata/staging'");
        expect(name("file:///states")).toBe("export PULUMI_OPTION_STACK='organization/strata/staging'");
    });

    test("leaves the organisation to the operator's login at Pulumi Cloud", () => {
        expect(name("https://api.pulumi.com")).toBe("export PULUMI_OPTION_STACK='staging'");
    });
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
        const access = stateAccess(stack, caller);
        const variables = pulumiEnvironment(supplied, access, SOCKET, caller);
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
        const variables = pulumiEnvironment(supplied, stateAccess(awkward(), misled), choice, misled);
        expect(Object.keys(variables).filter((name) => name.startsWith("DOCKER_"))).toEqual(["DOCKER_HOST"]);
        const lines = shellLines(
            awkward(),
            supplied,
            stateAccess(awkward(), misled),
            "/x",
            { ...choice, source: "context" },
            misled,
        ).join("\n");
        const script = 'eval "$0"; env | grep ^DOCKER_ | sort';
        const left = execFileSync("/bin/sh", ["-c", script, lines], { env: { ...misled, PATH: process.env.PATH } });
        expect(left.toString()).toBe("DOCKER_HOST=unix:///var/run/docker.sock\n");
    });

    test("an engine over TLS is verified by the same files everywhere", () => {
        const choice: EngineChoice = { ...SOCKET, host: "tcp://docker:2376", source: "variable", certPath: "/certs" };
        expect(pulumiEnvironment(supplied, stateAccess(awkward(), {}), choice, { PATH: "/own" })).toMatchObject({
            DOCKER_HOST: "tcp://docker:2376",
            DOCKER_TLS_VERIFY: "1",
            DOCKER_CERT_PATH: "/certs",
        });
    });

    test("has strata's plugins and the operator's login", () => {
        const caller = {
            PULUMI_HOME: "/home/anna/.pulumi",
            PULUMI_BACKEND_URL: "s3://states",
            PULUMI_CONFIG_PASSPHRASE: "x",
        };
        const variables = pulumiEnvironment(supplied, stateAccess(awkward("production"), caller), SOCKET, caller);
        expect(variables).toMatchObject({
            PULUMI_HOME: "/cache/pulumi-home",
            PULUMI_CREDENTIALS_PATH: "/home/anna/.pulumi",
            PULUMI_BACKEND_URL: "s3://states",
            PULUMI_CONFIG_PASSPHRASE: "x",
        });
    });

    test("works the same in a shell that has the stack's own lines", () => {
        const stack = awkward("production");
        const caller = {
            PULUMI_HOME: "/home/anna/.pulumi",
            PULUMI_BACKEND_URL: "s3://states",
            PULUMI_CONFIG_PASSPHRASE: "x",
        };
        const access = stateAccess(stack, caller);
        const lines = shellLines(stack, supplied, access, stack.copy, SOCKET, caller).join("\n");
        const printed = execFileSync("/bin/sh", ["-c", 'eval "$0"; env -0', lines], {
            env: { PATH: "/usr/bin:/bin", PULUMI_CONFIG_PASSPHRASE: "x" },
            encoding: "utf8",
        });
        const shell = Object.fromEntries(printed.split("\0").map((line) => line.split("=", 2))) as NodeJS.ProcessEnv;
        expect(stateAccess(stack, shell)).toEqual(access);
    });

    test("the two ways share neither binaries nor plugins", () => {
        const published = toolchainOf("published", "/cache");
        expect([published.bin, published.home]).toEqual(["/cache/published/bin", "/cache/published/home"]);
    });
});
