/**
 * Lets Node load the project's TypeScript: `node --require ./runtime/typescript.cjs`.
 *
 * tsx translates each file once. Later starts run the kept translation without tsx: loading tsx and looking through its cache takes as
 * long as loading the project.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { Module, setSourceMapsSupport } = require("node:module");
const { join } = require("node:path");

require("./sdk-parts.cjs").leaveOut();

/** Milliseconds after which a translation is removed: its file may have changed or may no longer exist. */
const KEPT = 30 * 24 * 3600 * 1000;

const CACHE = join(__dirname, "..", "node_modules", ".cache");
/** By itself tsx takes the `tsconfig.json` of the folder in which a command runs, and could translate differently. */
const CONFIGURATION = join(__dirname, "..", "tsconfig.json");
const user = process.geteuid?.() ?? "any";
const folder = made(join(CACHE, `strata-${user}`));
const maker = [process.version, require("tsx/package.json").version, readFileSync(CONFIGURATION, "utf8")];

readMaps();
Module._extensions[".ts"] = run;
findAsTsxDoes();

/** Stack traces show lines of the project's TypeScript. Packages' maps are left alone: reading them takes long. */
function readMaps() {
    if (setSourceMapsSupport) setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
    // Plain `pulumi` may run the program with Node 20, which has only the switch for all files.
    else process.setSourceMapsEnabled(true);
}

/** Runs a file's kept translation, or translates, keeps and runs it. */
function run(module, filename) {
    const kept = folder && join(folder, keyOf(filename));
    const code = kept && contentOf(kept);
    if (code) return module._compile(code, filename);
    const compile = module._compile;
    module._compile = function (translated, ...more) {
        module._compile = compile;
        if (kept) keep(kept, translated);
        return compile.call(this, translated, ...more);
    };
    return translator()(module, filename);
}

function keyOf(filename) {
    const hash = createHash("sha256");
    for (const part of [...maker, filename]) hash.update(`${part}\0`);
    return hash.update(readFileSync(filename)).digest("hex");
}

function contentOf(path) {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}

/** Writes in one step, so that no reader sees half a file. Without the right to write, each start translates. */
function keep(path, text) {
    const partial = `${path}.${process.pid}`;
    try {
        writeFileSync(partial, text, { mode: 0o600 });
        renameSync(partial, path);
    } catch {
        rmSync(partial, { force: true });
    }
}

/** TypeScript lets `./name.js` mean `./name.ts`. tsx knows that and more, so it is loaded for the first name that Node does not find. */
function findAsTsxDoes() {
    const find = Module._resolveFilename;
    Module._resolveFilename = function (request, parent, ...more) {
        try {
            return find.call(this, request, parent, ...more);
        } catch (error) {
            if (translate || !parent?.filename?.endsWith(".ts")) throw error;
            translator();
            return Module._resolveFilename(request, parent, ...more);
        }
    };
}

let translate;
function translator() {
    if (translate) return translate;
    if (folder) forgetOld();
    // tsx also looks through every JavaScript file for syntax that Node 22 understands by itself, which doubles the time to
    // load the Pulumi SDK. The project has no such files, so Node keeps loading JavaScript as it does without tsx.
    const javascript = Module._extensions[".js"];
    loadWithPrivateCache("tsx/cjs");
    translate = Module._extensions[".ts"];
    Object.assign(Module._extensions, { ".js": javascript, ".ts": run });
    // tsx has switched on the maps of every file, packages included.
    readMaps();
    return translate;
}

function forgetOld() {
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
        if (age > KEPT) rmSync(path, { force: true });
    }
}

/**
 * tsx keeps translated code in `tsx-<uid>` of the temporary folder, and later runs the code from there. Any user can create that folder
 * first, so tsx gets a folder next to its own code, or no folder when this user may not write there.
 */
function loadWithPrivateCache(name) {
    // tsx creates its folder when it first writes, and ends the process when it cannot.
    const place = made(join(CACHE, `tsx-${user}`)) ? { TMPDIR: CACHE } : { TSX_DISABLE_CACHE: "1" };
    const changes = { ...place, TSX_TSCONFIG_PATH: CONFIGURATION };
    const before = Object.keys(changes).map((key) => [key, process.env[key]]);
    Object.assign(process.env, changes);
    require(name);
    for (const [key, value] of before) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
    }
}

/** Creates a folder that only this user can write to. @returns its path, or `undefined` when it cannot be created */
function made(path) {
    try {
        mkdirSync(path, { recursive: true, mode: 0o700 });
        return path;
    } catch {
        return undefined;
    }
}
