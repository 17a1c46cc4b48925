/**
 * Leaves out parts of the Pulumi SDK that no process of strata uses. A part waits for its first use, or is replaced where the SDK
 * uses the part itself at each start. Together they take as long to load as the rest of the SDK.
 */
const { Module } = require("node:module");
const { basename, isAbsolute } = require("node:path");

/** The release in which the files below load the parts below. Any other release is loaded whole. */
const MEASURED = require("./measured.json")["@pulumi/pulumi"];

const CLOSURES = "runtime/closure/";
const RUN = "cmd/run/";
const RUN_PACK = "cmd/run-policy-pack/";

/**
 * Replaces the inspector that records every script for turning functions into resources. That code loads the inspector itself.
 * The inspector slows the process down. It also sets a V8 flag, and V8 refuses cached code that was compiled without that flag: the
 * command line, the program and the pack would overwrite each other's cache.
 */
const NO_HOOKS = () => ({ isInitializedAsync: () => Promise.resolve() });
/** Replaces the TypeScript compiler, whose version the SDK reads before it starts ts-node. `typescript.cjs` translates the pack's files. */
const ONLY_ITS_VERSION = () => ({ version: require("typescript/package.json").version });
const NOTHING_TO_REGISTER = () => ({ register: () => undefined });
/** Replaces a reader of source maps that looks for maps in the TypeScript files, and keeps Node from reading the maps that exist. */
const NODE_READS_MAPS = () => ({});

/** Each part: the request that loads it, the SDK's files that request it (beginnings of their paths), and how it is loaded instead. */
const PARTS = [
    ["@npmcli/arborist", [CLOSURES], whenRead],
    ["normalize-package-data", [CLOSURES], whenRead],
    ["../../typescript-shim", [CLOSURES], whenRead],
    ["./automation", ["index.js"], whenRead],
    ["@opentelemetry/resources", [`${RUN}tracing.js`], whenCalled],
    ["@opentelemetry/sdk-trace-base", [`${RUN}tracing.js`], whenCalled],
    ["@opentelemetry/exporter-zipkin", [`${RUN}tracing.js`], whenCalled],
    ["@opentelemetry/instrumentation-grpc", [`${RUN}tracing.js`], whenCalled],
    ["@opentelemetry/sdk-trace-node", [`${RUN}tracing.js`], whenCalled],
    ["@opentelemetry/instrumentation", [`${RUN}tracing.js`], whenCalled],
    ["../../runtime/closure/v8Hooks", [RUN, RUN_PACK], NO_HOOKS],
    ["source-map-support/register", [RUN, RUN_PACK], NODE_READS_MAPS],
    ["typescript", ["tsutils.js", RUN_PACK], ONLY_ITS_VERSION],
    // The SDK requests its own copy by the whole path.
    ["ts-node@7.0.1", [RUN_PACK], NOTHING_TO_REGISTER],
];

/** @param version - version of the installed SDK */
function leaveOut(version = require("@pulumi/pulumi/package.json").version) {
    if (version !== MEASURED) return;
    const parts = new Map(PARTS.map(([request, askers, get]) => [request, { askers, get }]));
    const load = Module._load;
    Module._load = function (request, parent, isMain) {
        const part = parts.get(isAbsolute(request) ? basename(request) : request);
        const asker = part && parent?.filename?.split("/node_modules/@pulumi/pulumi/").at(1);
        if (!part?.askers.some((path) => asker?.startsWith(path))) return load.call(this, request, parent, isMain);
        return part.get(() => load.call(this, request, parent, isMain));
    };
}

/** A module that is loaded when one of its properties is read. */
function whenRead(loadNow) {
    let loaded;
    const get = (_, name) => {
        // Compiled imports read this at once, and copy every property out of a module that is no ES module.
        if (name === "__esModule") return true;
        loaded ??= loadNow();
        return name === "default" && !loaded.__esModule ? loaded : loaded[name];
    };
    return new Proxy({}, { get });
}

/** A module of functions and classes that is loaded when one of them is called. Reading a member does not load it. */
function whenCalled(loadNow) {
    const member = (name) =>
        new Proxy(function () {}, {
            apply: (_, self, args) => Reflect.apply(loadNow()[name], self, args),
            construct: (_, args) => Reflect.construct(loadNow()[name], args),
        });
    return new Proxy({}, { get: (_, name) => member(name) });
}

module.exports = { leaveOut };
