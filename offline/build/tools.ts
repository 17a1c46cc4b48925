import { rm } from "node:fs/promises";
import { join } from "node:path";

import { goEnvironment, goFlags, goSources, goVersion, linkerFlags } from "./go";
import { withCacheLock } from "./lock";
import { run } from "./run";
import { digestOf, isStamped, writeStamp } from "./stamp";
import type { OfflineContext, Step } from "./step";
import { logFile, replaceFile } from "./toolchain";

/** Programs that only the tests run, each a Go module in `offline/tools/`: its package by the module's folder. */
const TOOLS = {
    /** A small S3 server, for states that two operators share. */
    versitygw: "github.com/versity/versitygw/cmd/versitygw",
} as const;

/** A program that only the tests run. */
export type ToolName = keyof typeof TOOLS;

/** Where a tool is once its step has run. */
export function toolPath(cache: string, tool: ToolName): string {
    return join(cache, "tools", tool);
}

/** One step per tool. Nobody publishes them for this purpose, so they are made here whatever the way. */
export function toolSteps(context: OfflineContext): Step[] {
    return (Object.keys(TOOLS) as ToolName[]).map((tool) => toolStep(context, tool));
}

function toolStep(context: OfflineContext, tool: ToolName): Step {
    const name = `tool-${tool}`;
    const module = join(context.projectRoot, "offline", "tools", tool);
    const binary = toolPath(context.cache, tool);
    const stampFile = `${binary}.stamp`;
    const flags = linkerFlags({});
    const digest = async (): Promise<string> =>
        digestOf(module, await goSources(module), [...goFlags, flags, await goVersion(context)]);
    return {
        name,
        isCurrent: async () => isStamped(binary, stampFile, await digest()),
        run: (log) =>
            withCacheLock(context.cache, log, async () => {
                await rm(logFile(context, name), { force: true });
                await replaceFile(binary, (temporary) =>
                    run({
                        step: name,
                        program: "go",
                        args: ["build", ...goFlags, "-ldflags", flags, "-o", temporary, TOOLS[tool]],
                        cwd: module,
                        environment: goEnvironment(context),
                        logFile: logFile(context, name),
                        log,
                    }),
                );
                await writeStamp(stampFile, await digest());
            }),
    };
}
