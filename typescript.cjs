/**
 * Lets Node load the project's TypeScript: `node --require ./typescript.cjs`.
 *
 * tsx also looks through every JavaScript file for syntax that Node 22 understands by itself, which doubles the time to
 * load the Pulumi SDK. The project has no such files, so Node keeps loading JavaScript as it does without tsx.
 */
const { Module, setSourceMapsSupport } = require("node:module");

const javascript = Module._extensions[".js"];
require("tsx/cjs");
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
