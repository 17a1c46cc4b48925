import { constants } from "node:fs";
import { access, chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { buildFlags, compile, goSources, goVersion, pinnedVersion, pulumiEnvironment, pulumiTags } from "./go";
import { withCacheLock } from "./lock";
import { digestOf, filesBelow, isStamped, writeStamp } from "./stamp";
import type { OfflineContext, Step } from "./step";

export type { OfflineContext, Step } from "./step";

/** Paths of the toolchain in the cache. */
export function toolchainPaths(cache: string): {
    readonly bin: string;
    readonly pulumi: string;
    readonly node: string;
    readonly languageHost: string;
    readonly pulumiHome: string;
} {
    const folder = join(cache, "toolchain");
    return {
        bin: join(folder, "bin"),
        pulumi: join(folder, "bin", "pulumi"),
        node: join(folder, "libexec", "node"),
        languageHost: join(folder, "libexec", "language-host.cjs"),
        pulumiHome: join(cache, "pulumi-home"),
    };
}

/**
 * Node, the language host and the `pulumi` CLI, in this order.
 *
 * Put `toolchain/bin` of the cache in front of `PATH` and set `PULUMI_HOME` to its `pulumi-home` to use them.
 */
export function toolchainSteps(context: OfflineContext): Step[] {
    return [nodeStep(context), languageHostStep(context), cliStep(context)];
}

/**
 * A copy of the checkout's Node in the cache, so that the language host outlives the checkout.
 */
function nodeStep(context: OfflineContext): Step {
    const { node } = toolchainPaths(context.cache);
    const source = join(context.projectRoot, "node_modules", "node", "bin", "node");
    const stampFile = `${node}.stamp`;
    // The manifest names version and integrity, so a change is found without reading 120 MB.
    const digest = (): Promise<string> =>
        digestOf(context.projectRoot, [join(context.projectRoot, "node_modules", "node", "package.json")], []);
    return {
        name: "toolchain-node",
        isCurrent: async () => isStamped(node, stampFile, await digest().catch(() => "no node package")),
        run: (log) =>
            withCacheLock(context.cache, log, async () => {
                await access(source).catch(() => {
                    throw new Error(`toolchain-node: ${source} is missing; run \`npm ci\` first`);
                });
                await replaceFile(node, (temporary) => copyFile(source, temporary, constants.COPYFILE_FICLONE));
                await writeStamp(stampFile, await digest());
            }),
    };
}

/** The one function of https://esbuild.github.io/api/ that is used. */
interface Esbuild {
    build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** `pulumi-language-nodejs`: one script without dependencies, and a launcher in the CLI's folder, where the CLI looks for it. */
function languageHostStep(context: OfflineContext): Step {
    const name = "toolchain-language-host";
    const { bin, languageHost } = toolchainPaths(context.cache);
    const sources = join(context.projectRoot, "offline", "language-host");
    const launcher = join(bin, "pulumi-language-nodejs");
    const stampFile = `${languageHost}.stamp`;
    const launcherText = [
        "#!/bin/sh",
        "# STRATA_NODE: another Node (>= 22) to run programs with.",
        'here=$(dirname "$(readlink -f "$0")")',
        "# In an archive of a mirror, programs and their parts are one folder.",
        'parts=$here/libexec; [ -d "$parts" ] || parts=$here/../libexec',
        'exec "${STRATA_NODE:-$parts/node}" "$parts/language-host.cjs" "$@"',
        "",
    ].join("\n");
    const digest = async (): Promise<string> =>
        digestOf(
            context.projectRoot,
            [
                ...(await filesBelow(sources, (file) => file.endsWith(".ts"))),
                ...["@pulumi/pulumi", "@grpc/grpc-js", "google-protobuf", "esbuild"].map((npmPackage) =>
                    join(context.projectRoot, "node_modules", npmPackage, "package.json"),
                ),
            ],
            [launcherText],
        );
    return {
        name,
        isCurrent: async () => isStamped(launcher, stampFile, await digest().catch(() => "packages missing")),
        run: (log) =>
            withCacheLock(context.cache, log, async () => {
                const version = await pinnedVersion(context, "@pulumi/pulumi");
                // esbuild comes with tsx. It is loaded here, because this file must also load before `npm ci`.
                const esbuild = createRequire(join(context.projectRoot, "package.json"))("esbuild") as Esbuild;
                await replaceFile(languageHost, async (temporary) => {
                    await esbuild.build({
                        entryPoints: [join(sources, "host.ts")],
                        outfile: temporary,
                        bundle: true,
                        platform: "node",
                        target: "node22",
                        define: { TOOLCHAIN_VERSION: JSON.stringify(version) },
                        logLevel: "silent", // a failure's error carries the messages
                    });
                });
                await replaceFile(launcher, (temporary) => writeFile(temporary, launcherText));
                await writeStamp(stampFile, await digest());
            }),
    };
}

/** The `pulumi` CLI, at the version of the SDK. */
function cliStep(context: OfflineContext): Step {
    const name = "toolchain-pulumi";
    const { pulumi } = toolchainPaths(context.cache);
    const module = join(context.projectRoot, "offline", "toolchain");
    const stampFile = join(context.cache, "toolchain", "libexec", "pulumi.stamp");
    // Without a version the Automation API refuses the CLI.
    const flags = async (): Promise<string[]> => {
        const version = `v${await pinnedVersion(context, "@pulumi/pulumi")}`;
        return buildFlags(pulumiTags, { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": version });
    };
    const digest = async (): Promise<string> =>
        digestOf(module, await goSources(module), [...(await flags()), await goVersion(context)]);
    return {
        name,
        isCurrent: async () => isStamped(pulumi, stampFile, await digest()),
        run: (log) =>
            withCacheLock(context.cache, log, async () => {
                // The version for the linker must be that of the sources.
                const version = await pinnedVersion(context, "@pulumi/pulumi");
                const manifest = join(module, "go.mod");
                if (!(await readFile(manifest, "utf8")).includes(`github.com/pulumi/pulumi/pkg/v3 v${version} `)) {
                    throw new Error(
                        `${name}: ${manifest} must pin github.com/pulumi/pulumi/pkg/v3 v${version}, like package.json`,
                    );
                }
                await rm(logFile(context, name), { force: true });
                await replaceFile(pulumi, async (temporary) =>
                    compile({
                        step: name,
                        flags: await flags(),
                        packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
                        output: temporary,
                        cwd: module,
                        environment: pulumiEnvironment(context),
                        logFile: logFile(context, name),
                        log,
                    }),
                );
                await writeStamp(stampFile, await digest());
            }),
    };
}

/** Log file with the output of a step's commands. */
export function logFile(context: OfflineContext, step: string): string {
    return join(context.cache, "logs", `${step}.log`);
}

/** Makes an executable file under a temporary name, and renames it when it is complete. */
export async function replaceFile(file: string, make: (temporary: string) => Promise<void>): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${String(process.pid)}.tmp`;
    try {
        await make(temporary);
        await access(temporary);
        await chmod(temporary, 0o755);
        await rename(temporary, file);
    } finally {
        await rm(temporary, { force: true });
    }
}
