/**
 * Entry point of the pack for the engine. It starts packs with a plain `node`: the `nodeargs` and `typescript` options
 * that let the program itself be TypeScript do not exist here, so this file switches TypeScript on. Everything the pack
 * imports is in the project's own `node_modules`, one folder up.
 */
require("../typescript.cjs");
require("./index.ts");
