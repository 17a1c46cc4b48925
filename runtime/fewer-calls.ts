/**
 * Makes two debugging aids of the Pulumi SDK cheap that cost thousands of calls in each run: a stack trace for each promise, and one
 * call to the engine for each debug message. Other releases of the SDK than the measured one stay as they are.
 */

/* eslint-disable @typescript-eslint/no-require-imports -- an import would be a copy of the module, and the SDK would not see the change */

import measured from "./measured.json";

/** The parts of the SDK that change; its declarations leave them out. */
export interface Sdk {
    readonly version: string;
    readonly promises: { debuggablePromise: DebuggablePromise; readonly debugPromiseLeaks: boolean };
    readonly log: Log;
    readonly settings: { readonly rpcKeepAlive: () => () => void };
}
type DebuggablePromise = (promise: Promise<unknown>, context: unknown) => Promise<unknown>;
type Say = (message: string, ...more: unknown[]) => Promise<void>;
type Log = Record<"debug" | "info" | "warn" | "error", Say>;

export function fewerCalls({ version, promises, log, settings }: Sdk = installed()): void {
    if (version !== measured["@pulumi/pulumi"]) return;
    // Only `PULUMI_DEBUG_PROMISE_LEAKS` prints the traces.
    if (!promises.debugPromiseLeaks) withoutTraces(promises);
    debugTogether(log, settings);
}

/** The SDK makes four promises for each property of each resource. */
function withoutTraces(promises: Sdk["promises"]): void {
    const { debuggablePromise } = promises;
    promises.debuggablePromise = (promise, context) => {
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = 0;
        try {
            return debuggablePromise(promise, context);
        } finally {
            Error.stackTraceLimit = limit;
        }
    };
}

/**
 * The SDK sends three debug messages for each resource, one after the other; only `pulumi --debug` shows them. Messages that come
 * while one is on its way follow together in the next call. A message of another level sends the waiting ones first.
 */
function debugTogether(log: Log, { rpcKeepAlive }: Sdk["settings"]): void {
    const { debug } = log;
    let waiting: string[] = [];
    let sending: Promise<void> | undefined;
    const sendWaiting = (): Promise<void> => {
        const text = waiting.join("\n");
        waiting = [];
        return debug(text);
    };
    const sendAll = async (): Promise<void> => {
        // The SDK ends the program when no call is on its way, also between two of these.
        const done = rpcKeepAlive();
        try {
            while (waiting.length > 0) await sendWaiting();
        } finally {
            sending = undefined;
            done();
        }
    };
    log.debug = (message, ...more) => {
        if (more.length > 0) return debug(message, ...more);
        waiting.push(message);
        return (sending ??= sendAll());
    };
    for (const level of ["info", "warn", "error"] as const) {
        const say = log[level];
        log[level] = (message, ...more) => {
            if (waiting.length > 0) void sendWaiting();
            return say(message, ...more);
        };
    }
}

function installed(): Sdk {
    const { version } = require("@pulumi/pulumi/package.json") as Pick<Sdk, "version">;
    const promises = require("@pulumi/pulumi/runtime/debuggable") as Sdk["promises"];
    const log = require("@pulumi/pulumi/log") as Log;
    const settings = require("@pulumi/pulumi/runtime/settings") as Sdk["settings"];
    return { version, promises, log, settings };
}
