/** The first start: packages and a Node of strata's own, whatever npm is told by its configuration. */

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGES = {
    "": {},
    "node_modules/node": { version: "22.23.3", dev: true },
    "node_modules/x": { version: "1.0.0" },
};

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-launch-"));
    mkdirSync(join(folder, "cli"));
    cpSync(join(__dirname, "..", "..", "..", "cli", "launch.mjs"), join(folder, "cli", "launch.mjs"));
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: PACKAGES }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Packages as npm leaves them, without the program that an install script gets. */
function install(packages: object = PACKAGES): void {
    mkdirSync(join(folder, "node_modules", "node", "bin"), { recursive: true });
    writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
}

/** The program. It says that it was started. */
function installNode(): void {
    const path = join(folder, "node_modules", "node", "bin", "node");
    writeFileSync(path, "#!/bin/sh\necho started\n");
    chmodSync(path, 0o755);
}

/**
 * Starts strata with an npm that leaves out what npm would.
 *
 * @param scripts - `ignored` by `ci`, and by `rebuild` as well when `refused`
 */
function start(scripts: "run" | "ignored" | "refused", verb = "--version") {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    const program = join(folder, "node_modules", "node", "bin", "node");
    const make = `mkdir -p ${join(folder, "node_modules", "node", "bin")}`;
    const installed = `printf '#!/bin/sh\\necho started\\n' >${program}; chmod +x ${program}`;
    writeFileSync(
        join(bin, "npm"),
        [
            "#!/bin/sh",
            `echo "$@" >>${join(folder, "calls")}`,
            'case "$1" in',
            `ci) mkdir -p node_modules; ${make}; cp ${join(folder, "package-lock.json")} ${join(folder, "node_modules", ".package-lock.json")}`,
            `  ${scripts === "run" ? installed : ":"};;`,
            `rebuild) ${scripts === "refused" ? "exit 1" : installed};;`,
            `config) echo true;;`,
            "esac",
        ].join("\n"),
    );
    chmodSync(join(bin, "npm"), 0o755);
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "cli", "launch.mjs"), verb], {
        env: { PATH: `${bin}:/usr/bin:/bin`, HOME: folder, NODE_ENV: "production" },
        encoding: "utf8",
    });
    const calls = existsSync(join(folder, "calls"))
        ? readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n")
        : [];
    return { status, stdout, stderr, calls };
}

test("npm installs every kind of package, whatever NODE_ENV and its settings leave out", () => {
    const { status, stdout, calls } = start("run");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "started\n" });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatch(/^ci --include=dev --include=optional --include=peer /);
});

test("with ignore-scripts the one script that gets Node is run, and that is said", () => {
    const { status, stdout, stderr, calls } = start("ignored");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "started\n" });
    expect(stderr).toContain("that script alone is run");
    expect(calls.slice(1)).toEqual([expect.stringMatching(/^rebuild node --ignore-scripts=false /)]);
});

test("packages that were installed by hand with ignore-scripts are not installed again", () => {
    install();
    const { status, calls } = start("ignored");
    expect(status).toBe(0);
    expect(calls).toEqual([expect.stringMatching(/^rebuild node /)]);
});

test("packages that were installed by hand without development are", () => {
    const { "node_modules/node": _, ...production } = PACKAGES;
    install(production);
    const { status, calls } = start("run");
    expect(status).toBe(0);
    expect(calls).toEqual([expect.stringMatching(/^ci /)]);
});

test("a Node that went after the first start comes again", () => {
    start("run");
    rmSync(join(folder, "node_modules", "node", "bin", "node"));
    expect(start("ignored")).toMatchObject({ status: 0, stdout: "started\n" });
});

test("a Node that npm pruned after the first start is installed again", () => {
    start("run");
    const { "node_modules/node": _, ...production } = PACKAGES;
    rmSync(join(folder, "node_modules", "node"), { recursive: true });
    writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: production }));
    const { status, calls } = start("run");
    expect(status).toBe(0);
    expect(calls.map((call) => call.split(" ")[0])).toEqual(["ci", "ci"]);
});

test("when the script is refused too, the cause is one line", () => {
    const { status, stderr } = start("refused");
    expect(status).toBe(2);
    expect(stderr).toMatch(
        /✗ .*node is missing: npm runs no install script .*\(ignore-scripts=true in npm's configuration\)\n/,
    );
    expect(stderr).toContain("next: npm rebuild node --ignore-scripts=false");
    expect(stderr).not.toContain("remove node_modules");
});

test("the packages of a service are installed for `check`, which looks into them, and for no other command", () => {
    install();
    installNode();
    const service = join(folder, "services", "integration");
    mkdirSync(service, { recursive: true });
    writeFileSync(
        join(service, "package-lock.json"),
        JSON.stringify({ packages: { "node_modules/y": { version: "1.0.0" } } }),
    );
    expect(start("run", "up").calls).toEqual([]);
    expect(start("run", "check").calls).toEqual([expect.stringMatching(/^ci /)]);
    expect(existsSync(join(service, "node_modules", ".strata-stamp"))).toBe(true);
    expect(start("run", "check").calls).toHaveLength(1);
});

test("nothing is asked of npm when all is there", () => {
    install();
    installNode();
    expect(start("refused")).toMatchObject({ status: 0, stdout: "started\n", calls: [] });
});
