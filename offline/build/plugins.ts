import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { compile, goEnvironment, goFlags, goSources, goVersion, linkerFlags, pinnedVersion } from "./go";
import { withCacheLock } from "./lock";
import { run } from "./run";
import { digestOf, isStamped, writeStamp } from "./stamp";
import type { OfflineContext, Step } from "./step";
import { logFile, toolchainPaths } from "./toolchain";

/** The plugins strata uses, in the order in which they are built: the first ones are those everything waits for. */
export const pluginNames = ["command", "random", "docker", "vault", "keycloak"] as const;
export type PluginName = (typeof pluginNames)[number];

/** Plugins made from a Terraform provider have a `schema` command that writes the package schema. */
const bridged: ReadonlySet<PluginName> = new Set<PluginName>(["random", "docker", "vault", "keycloak"]);

/** One step per plugin: build, and install where the engine looks, with the version of the npm SDK. Needs the CLI. */
export function pluginSteps(context: OfflineContext): Step[] {
    return pluginNames.map((plugin) => pluginStep(context, plugin));
}

/** Folder in which the engine finds a plugin: its binary and, for bridged ones, `schema.json`. */
export function pluginFolder(cache: string, plugin: PluginName, version: string): string {
    return join(toolchainPaths(cache).pulumiHome, "plugins", `resource-${plugin}-v${version}`);
}

function pluginStep(context: OfflineContext, plugin: PluginName): Step {
    const name = `plugin-${plugin}`;
    const module = join(context.projectRoot, "offline", "plugins", plugin);
    const binary = `pulumi-resource-${plugin}`;
    const versionOf = (): Promise<string> => pinnedVersion(context, `@pulumi/${plugin}`);
    const flagsOf = async (): Promise<string> => linkerFlags({ "main.version": await versionOf() });
    const digest = async (): Promise<string> =>
        digestOf(module, await goSources(module), [...goFlags, await flagsOf(), await goVersion(context)]);
    const stampFile = async (): Promise<string> =>
        join(context.cache, "plugins", `${plugin}-${await versionOf()}.stamp`);

    return {
        name,
        isCurrent: async () => {
            const installed = join(pluginFolder(context.cache, plugin, await versionOf()), binary);
            return isStamped(installed, await stampFile(), await digest());
        },
        run: (log) =>
            withCacheLock(context.cache, log, async () => {
                const version = await versionOf();
                const build = join(context.cache, "build", name);
                const content = join(build, "content");
                const archive = join(build, `${binary}-v${version}.tar.gz`);
                const execute = (
                    program: string,
                    args: readonly string[],
                    environment: NodeJS.ProcessEnv,
                ): Promise<void> =>
                    run({ step: name, program, args, cwd: module, environment, logFile: logFile(context, name), log });

                await rm(logFile(context, name), { force: true });
                await rm(build, { recursive: true, force: true });
                await mkdir(content, { recursive: true });
                const flags = [...goFlags, "-ldflags", await flagsOf()];
                const compileTo = (output: string, path: string): Promise<void> =>
                    compile({
                        step: name,
                        flags,
                        package: path,
                        output,
                        cwd: module,
                        environment: goEnvironment(context),
                        logFile: logFile(context, name),
                        log,
                    });
                await compileTo(join(content, binary), ".");
                if (bridged.has(plugin)) {
                    const schema = join(build, "schema");
                    await compileTo(schema, "./schema");
                    await execute(
                        schema,
                        ["schema", "--skip-docs", "--skip-examples", "--out", content],
                        context.environment,
                    );
                }
                await execute("tar", ["-czf", archive, "-C", content, "."], context.environment);
                await execute(
                    toolchainPaths(context.cache).pulumi,
                    ["plugin", "install", "resource", plugin, version, "--file", archive, "--reinstall"],
                    {
                        ...context.environment,
                        PULUMI_HOME: toolchainPaths(context.cache).pulumiHome,
                        PULUMI_SKIP_UPDATE_CHECK: "true",
                    },
                );
                await writeStamp(await stampFile(), await digest());
                await rm(build, { recursive: true, force: true });
            }),
    };
}
