import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { buildFlags, compile, goSources, goVersion, pinnedVersion, pulumiEnvironment, pulumiTags } from "./go";
import { withCacheLock } from "./lock";
import { type ModuleCopy, withModuleCopies } from "./module-copies";
import { run } from "./run";
import { digestOf, isStamped, writeStamp } from "./stamp";
import type { OfflineContext, Step } from "./step";
import { logFile, toolchainPaths } from "./toolchain";

/** The plugins that strata uses, in the order in which they are built: the first are those that most resources wait for. */
export const pluginNames = ["command", "random", "docker", "vault", "keycloak"] as const;
export type PluginName = (typeof pluginNames)[number];

/** Name of the command that writes a bridged plugin's package schema, and of its folder. */
const SCHEMA = "schema";

/** Settings of one plugin's build. */
export interface PluginRecipe {
    /** Whether the plugin is made from a Terraform provider. Its `schema` command then writes the package schema. */
    readonly bridged: boolean;
    /** Build tags of the provider. @default none */
    readonly tags?: readonly string[];
    /** Modules that are built from a copy, by folder of the copy. @default none */
    readonly copies?: Readonly<Record<string, ModuleCopy>>;
}

export const PLUGIN_RECIPES: Readonly<Record<PluginName, PluginRecipe>> = {
    command: { bridged: false },
    random: { bridged: true },
    docker: {
        bridged: true,
        // Leaves out the resource for Compose projects, which the npm SDK does not have.
        tags: ["no_compose"],
        // Leaves out the driver that builds images in a Kubernetes cluster: two thirds of the code that the plugin would compile.
        copies: {
            "modules/buildx": {
                module: "github.com/docker/buildx@v0.23.0",
                sum: "h1:qoYhuWyZ6PVCrWbkxClLzBWDBCUkyFK6Chjzg6nU+V8=",
            },
        },
    },
    vault: { bridged: true },
    keycloak: { bridged: true },
};

/** One step per plugin: builds it, and installs it in the engine's folder with the version of the npm SDK. Needs the CLI. */
export function pluginSteps(context: OfflineContext): Step[] {
    return pluginNames.map((plugin) => pluginStep(context, plugin));
}

/** Folder in which the engine finds a plugin: its binary and, for bridged ones, `schema.json`. */
export function pluginFolder(cache: string, plugin: PluginName, version: string): string {
    return join(toolchainPaths(cache).pulumiHome, "plugins", `resource-${plugin}-v${version}`);
}

function pluginStep(context: OfflineContext, plugin: PluginName): Step {
    const name = `plugin-${plugin}`;
    const { bridged, tags = [], copies = {} } = PLUGIN_RECIPES[plugin];
    const module = join(context.projectRoot, "offline", "plugins", plugin);
    const binary = `pulumi-resource-${plugin}`;
    const versionOf = (): Promise<string> => pinnedVersion(context, `@pulumi/${plugin}`);
    const flagsOf = async (): Promise<string[]> =>
        buildFlags([...pulumiTags, ...tags], { "main.version": await versionOf() });
    const digest = async (): Promise<string> => {
        const facts = [...(await flagsOf()), JSON.stringify(copies), await goVersion(context)];
        return digestOf(module, await goSources(module), facts);
    };
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
                const programs = join(build, "programs");
                const content = join(build, "content");
                const archive = join(build, `${binary}-v${version}.tar.gz`);
                const command = { step: name, logFile: logFile(context, name), log };
                const execute = (program: string, args: readonly string[], more?: NodeJS.ProcessEnv): Promise<void> =>
                    run({ ...command, program, args, cwd: module, environment: { ...context.environment, ...more } });

                await rm(logFile(context, name), { force: true });
                await rm(build, { recursive: true, force: true });
                for (const folder of [programs, content]) await mkdir(folder, { recursive: true });
                const sources = {
                    folder: module,
                    copies,
                    scratch: join(build, "sources"),
                    environment: pulumiEnvironment(context),
                };
                const flags = await flagsOf();
                await withModuleCopies(sources, (cwd) =>
                    compile({
                        ...command,
                        flags,
                        packages: bridged ? [".", `./${SCHEMA}`] : ["."],
                        output: `${programs}/`,
                        cwd,
                        environment: sources.environment,
                    }),
                );
                // Go names the program after its module.
                const [built = binary] = (await readdir(programs)).filter((program) => program !== SCHEMA);
                await rename(join(programs, built), join(content, binary));
                if (bridged) {
                    const options = ["schema", "--skip-docs", "--skip-examples", "--out", content];
                    await execute(join(programs, SCHEMA), options);
                }
                // The archive is unpacked once and removed, so it is packed quickly and not small.
                await execute("tar", ["--use-compress-program", "gzip -1", "-cf", archive, "-C", content, "."]);
                await execute(
                    toolchainPaths(context.cache).pulumi,
                    ["plugin", "install", "resource", plugin, version, "--file", archive, "--reinstall"],
                    { PULUMI_HOME: toolchainPaths(context.cache).pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" },
                );
                await writeStamp(await stampFile(), await digest());
                await rm(build, { recursive: true, force: true });
            }),
    };
}
