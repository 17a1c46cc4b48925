/**
 * Lets Node load the project's TypeScript: `node --require ./typescript.cjs`.
 *
 * tsx also looks through every JavaScript file for syntax that Node 22 understands by itself, which doubles the time to
 * load the Pulumi SDK. The project has no such files, so Node keeps loading JavaScript as it does without tsx.
 */
const { mkdirSync } = require("node:fs");
const { Module, setSourceMapsSupport } = require("node:module");
const { join } = require("node:path");

const javascript = Module._extensions[".js"];
loadWithPrivateCache("tsx/cjs");
Module._extensions[".js"] = javascript;
// tsx asks for source maps of every file; those of the project are the ones that somebody reads.
if (setSourceMapsSupport) setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
// Node 20, with which plain `pulumi` may run the program, only knows all of them.
else process.setSourceMapsEnabled(true);

/**
 * The SDK loads these to turn functions into resources, which takes as long as the rest of it. They wait until somebody does.
 */
const DEFERRED = ["@npmcli/arborist", "../../typescript-shim"];
const load = Module._load;
Module._load = function (request, parent, isMain) {
    const now = () => load.call(this, request, parent, isMain);
    return DEFERRED.includes(request) && parent?.path.endsWith("/runtime/closure") ? deferred(now) : now();
};

/** Stands for a module until one of its properties is read. */
function deferred(loadNow) {
    let loaded;
    // Whoever imports it asks at once whether it is an ES module, and copies everything out of one that is not.
    const get = (_, name) => (name === "__esModule" ? true : (loaded ??= loadNow())[name]);
    return new Proxy({}, { get });
}

/**
 * tsx keeps translated code in `tsx-<uid>` of the temporary folder and later runs what lies there. Anybody can make that folder
 * first, so tsx gets one beside its own code, or none where this user may not write.
 */
function loadWithPrivateCache(name) {
    const folder = join(__dirname, "node_modules", ".cache");
    const changes = canMake(folder) ? { TMPDIR: folder } : { TSX_DISABLE_CACHE: "1" };
    const before = Object.keys(changes).map((key) => [key, process.env[key]]);
    Object.assign(process.env, changes);
    require(name);
    for (const [key, value] of before) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
    }
}

function canMake(folder) {
    try {
        // tsx makes its own folder when it first writes, and ends the process when it cannot.
        mkdirSync(join(folder, `tsx-${process.geteuid?.() ?? "any"}`), { recursive: true, mode: 0o700 });
        return true;
    } catch {
        return false;
    }
}
