/** `doctor` of the real command line on machines with something in the way, told by programs that answer from a script. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exitCode } from "../../../cli/commands/doctor";
import { inspectLogin } from "../../../cli/doctor/login";
import { projectRoot } from "../../../cli/places";
import { pinnedVersions } from "../../../cli/setup/toolchain";

const NODE = join(projectRoot, "node_modules", "node", "bin", "node");

/** What the docker client says where an engine answers, by the beginning of its arguments. */
const ANSWERS = {
    version: 'echo "29.8.0 1.52 linux amd64"',
    info: `echo '{"MemTotal":68719476736,"DockerRootDir":"/","OperatingSystem":"Debian","CgroupVersion":"2"}'`,
    "network ls": "true",
    "network inspect": "echo '[]'",
    ps: "true",
    image: "echo '[]'; echo 'Error: No such image: x' >&2; exit 1",
};

/** A machine on which nothing is in the way, apart from what a test changes. */
interface Machine {
    /** Answers of the docker client that differ; `undefined` when there is no client. */
    readonly docker?: Readonly<Record<string, string>> | undefined;
    /** Routes, as `ip -j route show table all` has them; `undefined` when there is no program of that name. */
    readonly routes?: readonly object[] | undefined;
    readonly variables?: NodeJS.ProcessEnv;
    /** Port of the entry point for HTTPS. */
    readonly https?: number;
    /** Code of the operating system for every file that the preflight tries to write. */
    readonly refusal?: string;
    /** Name of the environment. @default test-doctor */
    readonly environment?: string;
    /** The set-up has been there: `pulumi` and the plugins are in the cache. */
    readonly isWarm?: boolean;
}

let folder: string;
let home: string;
let free: number;
beforeAll(async () => {
    const server = await listen();
    free = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-doctor-"));
    home = join(folder, "home");
    mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true }));

function listen(): Promise<Server> {
    const server = createServer();
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

interface Ran {
    readonly code: number;
    readonly all: string;
    /** Lines of what is not well. */
    readonly lines: string[];
    /** Programs that it started, with their arguments, sorted. */
    readonly started: string[];
}

async function doctor(machine: Machine): Promise<Ran> {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const started = join(folder, "started");
    writeFileSync(started, "");
    const program = (name: string, script: string, place = bin): void => {
        mkdirSync(place, { recursive: true });
        // In one write, so that programs side by side do not mix their lines.
        writeFileSync(join(place, name), `#!/bin/sh\necho "${name} $*" >>'${started}'\n${script}\n`);
        chmodSync(join(place, name), 0o755);
    };
    // Nothing of the machine that runs the test is asked, as far as its PATH goes.
    for (const name of ["sh", "cat", "env", "true"]) symlinkSync(join("/bin", name), join(bin, name));
    if (!("docker" in machine) || machine.docker !== undefined) {
        const cases = Object.entries({ ...ANSWERS, ...machine.docker });
        program("docker", `case "$*" in\n${cases.map(([begin, say]) => `"${begin}"*) ${say} ;;`).join("\n")}\nesac`);
    }
    program("dockerd", "exit 1");
    const routes = "routes" in machine ? machine.routes : [];
    program("ip", routes === undefined ? "exit 127" : `echo '${JSON.stringify(routes)}'`);
    if (machine.isWarm) {
        const plugins = Object.entries(pinnedVersions().plugins).map(([name, version]) => ({ name, version }));
        const say = `version) echo v${pinnedVersions().pulumi} ;; plugin) echo '${JSON.stringify(plugins)}' ;;`;
        program("pulumi", `case "$1" in ${say} esac`, join(folder, "cache", "toolchain", "bin"));
        program("go", 'echo "go version go1.26.1 linux/amd64"');
    }
    const refusing = join(folder, "refusing.cjs");
    const { refusal } = machine;
    writeFileSync(
        refusing,
        refusal === undefined
            ? ""
            : `const fs = require("node:fs");
               const write = fs.writeFileSync;
               fs.writeFileSync = (file, ...rest) => {
                   if (!String(file).includes(".strata-preflight-")) return write(file, ...rest);
                   throw Object.assign(new Error("no"), { code: ${JSON.stringify(refusal)} });
               };`,
    );
    const { environment = "test-doctor" } = machine;
    const file = join(folder, `Pulumi.${environment}.yaml`);
    writeFileSync(
        file,
        [
            "config:",
            '  strata:addressBase: "10.199"',
            "  strata:domain: doctor.example.com",
            "  strata:products: [{ name: psra }]",
            "  strata:vault: { seal: { kind: local } }",
            "  strata:management: { port: 39400 }",
            "  strata:unreleased: reference-app",
            ...(environment === "test-doctor"
                ? ["  strata:protectData: false"]
                : ["  strata:acceptedRisks: [local-seal, reference-app]"]),
            `  strata:edge: { http: { address: 127.0.0.1, port: 39480 }, https: { address: 127.0.0.1, port: ${machine.https ?? free} } }`,
            "",
        ].join("\n"),
    );
    const main = ["--require", refusing, "--require", join(projectRoot, "runtime", "typescript.cjs"), "cli/main.ts"];
    const inherited = Object.entries(process.env).filter(
        ([name]) => !/^(DOCKER_|NODE_OPTIONS|PULUMI_|STRATA_)/.test(name),
    );
    const env = {
        ...Object.fromEntries(inherited),
        PATH: bin,
        HOME: home,
        STRATA_TESTING: "1",
        STRATA_OFFLINE: "1",
        STRATA_CACHE: join(folder, "cache"),
        ...machine.variables,
    };
    const ended = await new Promise<{ code: number; all: string }>((resolve) =>
        execFile(
            NODE,
            [...main, "doctor", "--stack", environment, "--config-file", file],
            { cwd: projectRoot, env },
            (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, all: stdout + stderr }),
        ),
    );
    // The set-up of this empty cache is another matter.
    const known = /^[✗!] (pulumi|plugin|plugins|Go)[ :]/;
    const lines = ended.all.split("\n").filter((line) => /^[✗!] /.test(line) && !known.test(line));
    return { ...ended, lines, started: readFileSync(started, "utf8").split("\n").filter(Boolean).sort() };
}

/** A docker context of this user. */
function context(name: string, host: string): void {
    const key = createHash("sha256").update(name).digest("hex");
    const place = join(home, ".docker", "contexts", "meta", key);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}

const network = (value: object): Record<string, string> => ({
    "network ls": "echo n1",
    "network inspect": `echo '${JSON.stringify([value])}'`,
});
const SILENT = (words: string): Record<string, string> => ({ version: `echo '${words}' >&2; exit 1` });

test("what this machine can never tell does not decide, and what could not be told today does", () => {
    const finding = { what: "disk", value: "is in a virtual machine", verdict: "unknown" } as const;
    expect([exitCode([{ ...finding, lasting: true }]), exitCode([finding])]).toEqual([0, 2]);
});

test("a machine with nothing in the way has no line of what is not well but what its set-up misses", async () => {
    const { lines, all, code } = await doctor({});
    expect(code).toBe(0);
    expect(all).toContain("! pulumi: is not installed yet; next: `up` gets ");
    expect(lines.filter((line) => !/^! (images|DNS|gateway|health checks|machine)/.test(line))).toEqual([]);
    expect(all).toContain("✓ subnets: 10.199.0.0/16 is free for this environment");
    expect(all).toContain(`✓ port https: 127.0.0.1:${free} is free`);
});

test("a warm machine is looked at with few programs: each takes time, and none asks the network", async () => {
    const { code, started } = await doctor({ isWarm: true });
    expect(code).toBe(0);
    expect(started.map((line) => line.split(/ -| strata/)[0])).toEqual([
        ...["docker image inspect", "docker info", "docker network ls", "docker network ls", "docker ps", "docker ps"],
        ...["docker version", "go version", "ip", "pulumi plugin ls", "pulumi version"],
    ]);
});

test("an environment that is not throw-away: the lines of up about its state and its secrets, in the list", async () => {
    const { all, code } = await doctor({ environment: "shop" });
    expect(code).toBe(1);
    expect(all).toMatch(
        new RegExp(
            "^✗ state: nothing says for shop where its state is and what its secrets are encrypted with; missing:\n" +
                "  pulumi login <url>, or export PULUMI_BACKEND_URL=<url> \\(.*\\)\n" +
                "  export PULUMI_CONFIG_PASSPHRASE_FILE=<file with the passphrase>, or a secretsprovider in Pulumi.shop.yaml\n" +
                "  next: do that, then run it again; nothing was touched\n" +
                "✓ way: ",
        ),
    );
});

test("an environment whose state and secrets are known has a line without the login of the URL", () => {
    const source = join(folder, "Pulumi.shop.yaml");
    writeFileSync(source, "config: {}\n");
    const stack = { name: "shop", source, copy: "", passphraseFile: join(folder, "none"), stateFolder: folder };
    const caller = { PULUMI_BACKEND_URL: "postgres://me:hunter2@db/states", PULUMI_CONFIG_PASSPHRASE: "x" };
    const [finding] = inspectLogin(stack, { PULUMI_HOME: home, ...caller });
    expect(finding).toMatchObject({ what: "state", verdict: "good" });
    expect(finding!.value).toMatch(/^postgres:.*@db\/states$/);
    expect(finding!.value).not.toContain("hunter2");
    const [missing] = inspectLogin(stack, { PULUMI_HOME: home, PULUMI_CONFIG_PASSPHRASE: "x" });
    expect(exitCode([missing!])).toBe(1);
    expect(missing!.details).toEqual([expect.stringContaining("pulumi login <url>")]);
    expect(inspectLogin({ ...stack, name: "local" }, { PULUMI_HOME: home })).toEqual([]);
});

const COMPOSE = {
    Name: "shop_default",
    IPAM: { Config: [{ Subnet: "10.199.0.0/16" }] },
    Labels: { "com.docker.compose.project": "shop" },
};

test.each<[string, Machine, RegExp, RegExp]>([
    ["no engine", { docker: undefined }, /^✗ Docker engine: the docker client is not installed/, /; next: install /],
    [
        "no permission",
        { docker: SILENT("permission denied while trying to connect to the Docker daemon socket") },
        /^✗ Docker engine: \S+ may not use the Docker engine at unix:\/\/\/var\/run\/docker\.sock/,
        /; next: join the group.*usermod -aG docker /,
    ],
    [
        "a stopped engine",
        { docker: SILENT("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.") },
        /^✗ Docker engine: the Docker engine is installed and not running/,
        /; next: start it: /,
    ],
    [
        "a subnet of a Compose project",
        { docker: network(COMPOSE) },
        /^✗ subnets: 10\.199\.\d+\.0\/24 \(\S+\) overlaps 10\.199\.0\.0\/16 of the Compose project shop \(network shop_default\)/,
        /; next: set strata:addressBase to "\d+\.\d+"/,
    ],
    [
        "a VPN's route",
        { routes: [{ dst: "10.199.0.0/16", dev: "wg0" }] },
        /^✗ subnets: 10\.199\.\d+\.0\/24 \(\S+\) overlaps the route 10\.199\.0\.0\/16 through wg0/,
        /; next: set strata:addressBase to/,
    ],
    [
        "a VPN's route in a table of its own",
        { routes: [{ dst: "10.199.0.0/16", dev: "tailscale0", table: "52" }] },
        /^✗ subnets: .* through tailscale0 in the table 52/,
        /; next: set strata:addressBase to/,
    ],
    [
        "routes that nobody can read",
        { routes: undefined },
        /^! subnets: whether a route has 10\.199\.0\.0\/16 could not be told: there is no program ip/,
        /; next: install the program ip/,
    ],
    [
        "DOCKER_TLS_VERIFY left over",
        { variables: { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/old" } },
        /^! docker variables: DOCKER_CERT_PATH, DOCKER_TLS_VERIFY not used/,
        /; next: unset DOCKER_CERT_PATH DOCKER_TLS_VERIFY/,
    ],
    [
        "a quota that is used up",
        { refusal: "EDQUOT" },
        /^✗ disk for cache: \S+: the user's quota is used up/,
        /; next: free some space: /,
    ],
    [
        "a full disk",
        { refusal: "ENOSPC" },
        /^✗ disk for state: \S+: the file system is full/,
        /; next: free some space: /,
    ],
])("%s: one line that says what and what next", async (_, machine, what, next) => {
    const { code, all, lines } = await doctor(machine);
    const said = lines.filter((line) => what.test(line));
    expect(said.length === 1 ? "one line" : all).toBe("one line");
    expect(said[0]).toMatch(next);
    expect(all).not.toMatch(/^\s+at .*:\d+/m);
    // What could only be better is no reason not to begin.
    expect(code).toBe(said[0]!.startsWith("✗") ? 1 : said[0]!.includes("could not be told") ? 2 : 0);
});

test("a port that is taken: one line that says what and what next", async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    const { lines, all } = await doctor({ https: port });
    await new Promise((resolve) => server.close(resolve));
    const said = lines.filter((line) => line.startsWith(`✗ port https: 127.0.0.1:${port} is taken`));
    expect(said.length === 1 ? "one line" : all).toBe("one line");
    expect(said[0]).toMatch(/; next: free it.*strata:edge\.https\.port$/);
});

test("DOCKER_CONTEXT elsewhere: which engine it is, and that it has to be one of this machine", async () => {
    context("far", "ssh://deploy@far.example.com");
    const { lines, all } = await doctor({ variables: { DOCKER_CONTEXT: "far" } });
    expect(lines).toContain('✗ 1 problem in stack "test-doctor":');
    expect(all).toContain('strata:engine.host is "ssh://deploy@far.example.com"');
    expect(all).toContain("accepted: an engine on this machine");
    expect(all).not.toContain("is free");
});

test("DOCKER_CONTEXT of a context that is gone: refused with the way out, and no stack trace", async () => {
    const { code, all } = await doctor({ variables: { DOCKER_CONTEXT: "gone" } });
    expect(all).toContain("DOCKER_CONTEXT=gone names a docker context that does not exist");
    expect(all).toMatch(/next: .*unset DOCKER_CONTEXT/);
    expect(all).not.toMatch(/^\s+at .*:\d+/m);
    expect(code).toBe(2);
});
