/**
 * Entry point of the pack for the engine. It switches TypeScript on, unless the language host did so with `nodeargs` of
 * PulumiPolicy.yaml before it loaded the SDK. The pack imports from the project's own `node_modules`, one folder up.
 */
const isEarly = require.resolve("../runtime/typescript.cjs") in require.cache;
require("../runtime/typescript.cjs");
require("./index.ts");
// The engine ends a pack with a signal, so Node does not write its compile cache at the end. Without `nodeargs` the pack was compiled
// with the SDK's V8 flags, and its code would replace the program's in the cache.
if (isEarly) require("node:module").flushCompileCache?.();
