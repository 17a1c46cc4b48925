/** `down` of the real command line against a docker client that answers from a script and writes down what it was asked. */

import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { privateFolder, projectRoot } from "../../../cli/places";

const CONTAINER = {
    Id: "c1",
    Name: "/x-edge",
    RestartCount: 0,
    State: { Status: "running", ExitCode: 0, StartedAt: "2026-01-01T00:00:00Z" },
    Config: { Labels: { "strata.service": "edge" } },
    NetworkSettings: { Networks: {}, Ports: {} },
};

interface Ran {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
    /** Commands that would have changed something on the engine. */
    readonly changed: string[];
}

/** Runs `down` of an environment of which this checkout has no state, on an engine that has some of it. */
function down(name: string, ...args: string[]): Promise<Ran> {
    return downAs({}, name, ...args);
}

/** @param login - variables of the operator */
async function downAs(login: NodeJS.ProcessEnv, name: string, ...args: string[]): Promise<Ran> {
    const folder = mkdtempSync(join(tmpdir(), "strata-down-"));
    const asked = join(folder, "asked");
    writeFileSync(asked, "");
    writeFileSync(
        join(folder, "docker"),
        `#!/bin/sh
printf '%s\\n' "$*" >>${asked}
case "$*" in
version*) echo "26.1.5 1.45 linux amd64" ;;
"ps "*) echo c1 ;;
"container inspect"*) echo '${JSON.stringify([CONTAINER])}' ;;
"network ls"*) echo "n1 x-edge-net" ;;
"volume ls"*) echo "x-vault-data true"; echo "x-edge-files " ;;
esac
`,
    );
    chmodSync(join(folder, "docker"), 0o755);
    const file = join(folder, `Pulumi.${name}.yaml`);
    writeFileSync(file, "config: {}\n");
    const node = join(projectRoot, "node_modules", "node", "bin", "node");
    const main = ["--require", join(projectRoot, "runtime", "typescript.cjs"), join(projectRoot, "cli", "main.ts")];
    const env = {
        ...process.env,
        PATH: `${folder}:${process.env.PATH}`,
        STRATA_TESTING: "1",
        STRATA_OFFLINE: "1",
        // The operator is logged in to the folder of this checkout: it can be looked at without starting `pulumi`.
        PULUMI_BACKEND_URL: `file://${privateFolder("state")}`,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase",
    };
    const ended = await new Promise<Omit<Ran, "changed">>((resolve) => {
        const child = execFile(
            node,
            [...main, "down", "--stack", name, "--config-file", file, ...args],
            { cwd: projectRoot, env: { ...env, ...login } },
            (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        );
        child.stdin?.end();
    });
    const changed = readFileSync(asked, "utf8")
        .split("\n")
        .filter((line) => / rm | rm$|^(rm|stop|kill|run|start) /.test(line));
    return { ...ended, changed };
}

describe("an environment that this checkout has no state for", () => {
    test.each([
        [[]],
        [["--confirm", "prod-x"]],
        [["--volumes", "--confirm", "prod-x"]],
        [["--volumes"]],
        [["--json"]],
        [["--json", "--volumes", "--confirm", "prod-x"]],
    ])("is not touched by down %j, and the checkout or backend to work from is named", async (args) => {
        const { code, stderr, changed } = await down("prod-x", ...args);
        expect(stderr).toContain("prod-x is on this engine (x-edge, x-edge-net, x-edge-files, x-vault-data)");
        expect(stderr).toContain("has no state for it, so nothing was touched");
        expect(stderr).toContain("work from the checkout that made it, or name its backend in PULUMI_BACKEND_URL");
        expect(stderr).toContain('"A lost state" in docs/configuration.md');
        expect([code, changed]).toEqual([2, []]);
        expect(existsSync(join(privateFolder(), "passphrase-prod-x"))).toBe(false);
    });

    test("is not touched by an operator who is logged in nowhere", async () => {
        const nobody = { PULUMI_BACKEND_URL: "", PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_ACCESS_TOKEN: "" };
        const { code, stderr, changed } = await downAs(
            { ...nobody, PULUMI_CREDENTIALS_PATH: mkdtempSync(join(tmpdir(), "strata-nobody-")) },
            "prod-x",
            "--confirm",
            "prod-x",
        );
        expect(stderr).toContain("nothing says for prod-x where its state is");
        expect(stderr).toContain("pulumi login <url>");
        expect([code, changed]).toEqual([2, []]);
    });

    test("is not removed by --without-state unless it is made to be thrown away", async () => {
        const { code, stderr, changed } = await down("prod-x", "--without-state", "--confirm", "prod-x");
        expect(stderr).toContain("--without-state removes throw-away environments only, and prod-x is none");
        expect([code, changed]).toEqual([2, []]);
    });

    test("is not removed by another environment's name, or by an empty one", async () => {
        for (const typed of ["prod", "", "PROD-X", "local"]) {
            const { code, stderr, changed } = await down("prod-x", "--confirm", typed);
            expect(stderr).toContain(`--confirm: ${JSON.stringify(typed)} is unknown; accepted: prod-x`);
            expect([code, changed]).toEqual([2, []]);
        }
    });
});

describe("a throw-away environment of another checkout", () => {
    test.each([
        [[], "npm run down -- --without-state --stack test-x"],
        [["--confirm", "test-x"], "npm run down -- --without-state --stack test-x"],
        [["--json", "--confirm", "test-x"], "npm run down -- --without-state --stack test-x"],
        [["--volumes", "--confirm", "test-x"], "npm run down -- --volumes --without-state --stack test-x"],
    ])("is not touched by down %j, which has no state for it", async (args, lost) => {
        const { code, stderr, changed } = await down("test-x", ...args);
        expect(stderr).toContain("test-x is on this engine (x-edge, x-edge-net, x-edge-files, x-vault-data)");
        expect(stderr).toContain("has no state for it, so nothing was touched");
        expect(stderr).toContain(`if that is lost: ${lost}`);
        expect([code, changed]).toEqual([2, []]);
    });

    test("is removed without its data when the user says that its state is lost, and names it", async () => {
        const refused = await down("test-x", "--without-state");
        expect(refused.stderr).toContain("this checkout has no state for test-x: another checkout made it");
        expect([refused.code, refused.changed]).toEqual([2, []]);

        const { code, changed, stdout } = await down("test-x", "--without-state", "--confirm", "test-x");
        expect(stdout).toContain("1 volumes with data stay: x-vault-data");
        expect(changed).toEqual(["container rm --force c1", "network rm n1", "volume rm --force x-edge-files"]);
        expect(code).toBe(0);
    });

    test("loses its data when the user says that, too", async () => {
        const refused = await down("test-x", "--volumes", "--without-state");
        expect([refused.code, refused.changed]).toEqual([2, []]);
        const { code, changed } = await down("test-x", "--volumes", "--without-state", "--confirm", "test-x");
        expect(changed).toContain("volume rm --force x-vault-data");
        expect(code).toBe(0);
    });
});
