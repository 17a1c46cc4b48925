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
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
