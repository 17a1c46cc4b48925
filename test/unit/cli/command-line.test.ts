/** Starts the real command line: what a person gets for a wrong word, before anything is touched. */

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { npmRun } from "../../../cli/failure";
import { projectRoot, privateFolder } from "../../../cli/places";

interface Said {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

function strata(...args: string[]): Promise<Said> {
    return strataAs({}, ...args);
}

/** @param login - variables of the operator */
function strataAs(login: NodeJS.ProcessEnv, ...args: string[]): Promise<Said> {
    const node = join(projectRoot, "node_modules", "node", "bin", "node");
    const program = [
        "--require",
        join(projectRoot, "runtime", "typescript.cjs"),
        join(projectRoot, "cli", "main.ts"),
        ...args,
    ];
    return new Promise((resolve) =>
        execFile(node, program, { cwd: projectRoot, env: { ...process.env, ...login } }, (error, stdout, stderr) =>
            resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        ),
    );
}

test("an unknown stack: value, what is accepted, what to do, and nothing of it is made", async () => {
    const { code, stderr, stdout } = await strata("up", "--stack", "stagin");
    expect(stderr).toMatch(/^✗ --stack: "stagin" is unknown; accepted: .*\blocal\b.*\n {2}next: .*\n$/);
    expect([code, stdout]).toEqual([2, ""]);
    expect(existsSync(join(privateFolder(), "Pulumi.stagin.yaml"))).toBe(false);
});

test("a name that could never be an environment is refused as such", async () => {
    const { code, stderr } = await strata("status", "--stack", "../etc");
    expect(stderr).toContain(
        '--stack: "../etc" is not a name; accepted: 1 to 20 lower-case letters, digits and single dashes, a letter first',
    );
    expect(code).toBe(2);
});

test("an unknown option names itself and where to look", async () => {
    const { code, stderr } = await strata("up", "--fast");
    expect(stderr).toContain("unknown option '--fast'");
    expect(stderr).toContain("next: npm run strata -- <verb> --help lists what is accepted");
    expect(code).toBe(2);
});

test("data is not deleted without its name, and not by another name", async () => {
    const silent = await strata("down", "--volumes");
    expect(silent.stderr).toBe(
        "✗ --volumes deletes the data of local and was not confirmed\n" +
            "  next: type the name of the environment, or give --confirm local\n",
    );
    const wrong = await strata("down", "--volumes", "--confirm", "production");
    expect(wrong.stderr).toContain('--confirm: "production" is unknown; accepted: local');
    expect([silent.code, wrong.code]).toEqual([2, 2]);
});

test("what cannot be rotated is refused before anything is touched", async () => {
    const { code, stderr } = await strata("rotate", "passwords");
    expect(stderr).toContain('rotate: "passwords" is unknown; accepted: secret-ids');
    expect(stderr).toContain("next: run: npm run strata -- rotate secret-ids");
    expect(code).toBe(2);
});

test("a wrong number of lines is refused before any log is read", async () => {
    const { code, stderr } = await strata("logs", "vault", "--tail", "many");
    expect(stderr).toContain('--tail: "many" is unknown; accepted: a number of lines, all');
    expect(code).toBe(2);
});

test("a next step is a command that works in the checkout", () => {
    expect(npmRun("up", "local")).toBe("npm run up");
    expect(npmRun("setup")).toBe("npm run setup");
    expect(npmRun("down", "staging", "--volumes")).toBe("npm run down -- --volumes --stack staging");
});

describe("strata person", () => {
    const pat = ["--username", "pat", "--email", "pat@example.com"];

    test.each([
        [
            "--username",
            ["--username", "Pat!", "--email", "pat@example.com"],
            '"Pat!" is refused; accepted: 3 to 255 lower-case letters',
        ],
        [
            "--email",
            ["--username", "pat", "--email", "pat"],
            '"pat" is refused; accepted: an address like name@example.com',
        ],
        [
            "--tenant",
            [...pat, "--tenant", "Acme"],
            '"Acme" is refused; accepted: lower-case letters, digits and dashes',
        ],
    ])("add refuses a wrong %s before anything is asked", async (option, words, message) => {
        const { code, stderr, stdout } = await strata("person", "add", ...words);
        expect(stderr).toContain(`${option}: ${message}`);
        expect(stderr).toContain("next: nothing was changed");
        expect([code, stdout]).toEqual([2, ""]);
    });

    test("add names the groups that there are, and the one that was meant", async () => {
        const { code, stderr } = await strata("person", "add", ...pat, "--group", "Adminstrators");
        expect(stderr).toMatch(/--group: "Adminstrators" is unknown; accepted: Administrators, .*PSRA Users/);
        expect(stderr).toContain('next: did you mean "Administrators"?');
        expect(code).toBe(2);
    });

    test("an environment that was never started, and one without Keycloak, have no people", async () => {
        // The folder of this checkout can be looked at without `pulumi`.
        const login = { PULUMI_BACKEND_URL: `file://${privateFolder("state")}`, PULUMI_CONFIG_PASSPHRASE: "x" };
        const { code, stderr } = await strataAs(login, "person", "list", "--stack", "staging");
        expect(stderr).toMatch(/^✗ staging has no people: .*\n {2}next: /);
        expect(code).toBe(2);
    });
});

test("goes on when nobody reads what it prints any more", async () => {
    const nowhere = { DOCKER_HOST: "unix:///nowhere/docker.sock", STRATA_OFFLINE: "1" };
    const read = await strataAs(nowhere, "doctor");
    expect(read.stdout).toContain("Docker engine");
    const deaf = spawn(process.execPath, [join(projectRoot, "cli", "launch.mjs"), "doctor"], {
        cwd: projectRoot,
        env: { ...process.env, ...nowhere },
    });
    deaf.stdout.destroy();
    let stderr = "";
    deaf.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    expect(await new Promise((resolve) => deaf.on("close", resolve))).toBe(read.code);
    expect(stderr).not.toContain("EPIPE");
});
