#!/usr/bin/env node
/**
 * Entry of `strata <verb>` and of every npm script.
 *
 * Runs on the Node that happens to be installed (>= 20) and needs no package: it makes sure that `npm ci` was done for
 * this package-lock.json, then hands over to the Node 22 that comes with the npm package `node`.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, "node_modules", "node", "bin", "node");
const color = process.stderr.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);

/** Says what went wrong and what to do. Ends with 2, because nothing was looked at. */
function fail(what, next) {
    console.error(`${paint(31, "✗")} ${what}\n  next: ${next}`);
    process.exit(2);
}

function readJson(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}

/** Whether npm itself recorded (in its hidden lock file) that exactly these versions are installed. */
function installedByNpm(folder) {
    const wanted = readJson(join(folder, "package-lock.json"))?.packages;
    const present = readJson(join(folder, "node_modules", ".package-lock.json"))?.packages;
    if (!wanted || !present) return false;
    return Object.entries(wanted).every(
        ([path, entry]) =>
            path === "" || entry.optional || entry.devOptional || present[path]?.version === entry.version,
    );
}

/** Runs npm in a folder. Ends the launcher when npm cannot be started, or when a signal ended npm. */
function npm(folder, name, args) {
    const ended = spawnSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    if (ended.error) fail(`${name}: npm cannot be started (${ended.error.message})`, "install Node.js >= 20 with npm");
    // A signal ended it: the user's Ctrl-C, not npm's failure. The missing stamp makes the next start do it again.
    if (ended.signal) process.exit(130);
    return ended;
}

/**
 * Installs the packages of one folder unless the stamp says that they are those of its lock file.
 *
 * Installs all kinds of packages, whatever NODE_ENV or npm's `omit` say: strata is started from its sources, and needs what npm
 * calls development dependencies.
 */
function ensurePackages(folder, name, program) {
    const lock = join(folder, "package-lock.json");
    if (!existsSync(lock)) return;
    const hash = createHash("sha256").update(readFileSync(lock)).digest("hex");
    const stamp = join(folder, "node_modules", ".strata-stamp");
    const isWhole = program === undefined || existsSync(program);
    if (isWhole && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
    if (!installedByNpm(folder)) {
        const started = Date.now();
        console.error(`${paint(2, "…")} ${name}: npm ci`);
        const kinds = ["--include=dev", "--include=optional", "--include=peer"];
        const ended = npm(folder, name, ["ci", ...kinds, "--no-audit", "--no-fund", "--loglevel=error"]);
        if (ended.status !== 0) {
            console.error(`${ended.stdout}${ended.stderr}`.trimEnd().split("\n").slice(-20).join("\n"));
            fail(
                `${name}: npm ci ended with ${ended.status} in ${folder}`,
                "mend what npm says above, then run it again",
            );
        }
        console.error(`${paint(32, "✓")} ${name}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
    writeFileSync(stamp, hash);
}

/** Makes sure that strata's own Node is there. The npm package `node` gets it in an install script, which `ignore-scripts` skips. */
function ensureNode() {
    if (existsSync(node)) return;
    console.error(`${paint(2, "…")} node: npm skipped the install script that gets it, so that script alone is run`);
    npm(root, "node", ["rebuild", "node", "--ignore-scripts=false", "--foreground-scripts", "--loglevel=error"]);
    if (existsSync(node)) return;
    const { stdout } = npm(root, "node", ["config", "get", "ignore-scripts"]);
    const setting = stdout.trim() === "true" ? "ignore-scripts=true" : "its settings for install scripts";
    fail(
        `${node} is missing: npm runs no install script of the package node (${setting} in npm's configuration)`,
        "npm rebuild node --ignore-scripts=false --foreground-scripts says why",
    );
}

if (Number(process.versions.node.split(".")[0]) < 20) {
    fail(
        `Node.js ${process.versions.node} is too old to start strata`,
        "install Node.js >= 20; strata brings its own 22",
    );
}
ensurePackages(root, "packages", node);
ensurePackages(join(root, "policies"), "packages of policies/");
// Only lint and types look into the packages of the services; an image of a service installs its own.
if (process.argv[2] === "check")
    ensurePackages(join(root, "services", "integration"), "packages of services/integration/");

ensureNode();

const cacheHome = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const cache = process.env.STRATA_CACHE || join(cacheHome, "strata");
const child = spawn(
    node,
    ["--require", join(root, "runtime", "typescript.cjs"), join(root, "cli", "main.ts"), ...process.argv.slice(2)],
    {
        stdio: "inherit",
        env: {
            ...process.env,
            // Compiled code of packages is kept between runs: a second or so less for every start of the program.
            NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(cache, "node-compile"),
            // `fetch` of Node 22 looks at HTTP(S)_PROXY only when asked to.
            NODE_USE_ENV_PROXY: process.env.NODE_USE_ENV_PROXY || "1",
            STRATA_LAUNCHER: String(process.pid),
        },
    },
);
// A Ctrl-C at a terminal reaches the child twice (from the terminal and from here); main.ts counts that once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) =>
    fail(`${node} cannot be started (${error.message})`, "remove node_modules and run it again"),
);
child.on("exit", (code, signal) => {
    if (signal) {
        for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
        process.kill(process.pid, signal);
    } else {
        process.exit(code ?? 2);
    }
});
