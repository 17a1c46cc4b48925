import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { buildFlags, compile, goEnvironment, goSources, goVersion } from "./go";
import { withCacheLock } from "./lock";
import { run } from "./run";
import { digestOf, isStamped, writeStamp } from "./stamp";
import type { OfflineContext, Step } from "./step";
import { logFile, replaceFile } from "./toolchain";

/**
 * Release of the engine that is built from the modules below. The modules do not contain it: it is the release whose client the
 * Dockerfile of the pinned `github.com/moby/moby/v2` names.
 */
export const ENGINE_RELEASE = "29.8.0";

/** A Go module in `offline/tools/` and the programs that are made from it. */
interface EngineModule {
    readonly name: string;
    /** Import paths; the last part is the program's name. */
    readonly packages: readonly string[];
    readonly tags: readonly string[];
    /** String variables that the linker sets. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Whether it needs a C compiler and libseccomp, which is linked statically. */
    readonly seccomp?: boolean;
}

const STATIC = ["netgo", "osusergo"];

/** Modules of a Docker engine, the quickest to compile first. */
const MODULES: readonly EngineModule[] = [
    {
        name: "runc",
        packages: ["github.com/opencontainers/runc"],
        tags: [...STATIC, "seccomp", "urfave_cli_no_docs"],
        seccomp: true,
    },
    {
        name: "containerd",
        packages: ["containerd", "containerd-shim-runc-v2"].map(
            (it) => `github.com/containerd/containerd/v2/cmd/${it}`,
        ),
        tags: [...STATIC, "static_build", "no_btrfs"],
    },
    {
        name: "dockerd",
        packages: ["dockerd", "docker-proxy"].map((it) => `github.com/moby/moby/v2/cmd/${it}`),
        tags: [...STATIC, "static_build", "nri_no_wasm", "exclude_graphdriver_btrfs"],
        variables: { "github.com/moby/moby/v2/dockerversion.Version": ENGINE_RELEASE },
    },
];

/** Programs on the PATH that {@link engineSteps} call. */
export const ENGINE_BUILD_PROGRAMS = ["go", "cc", "pkg-config", "apt-get", "dpkg"] as const;

/** Folder of the engine's programs once their steps have run; `dockerd` looks for the others on its PATH. */
export function engineFolder(cache: string): string {
    return join(cache, "tools", "engine");
}

/** One step per module of a current Docker engine, which tests start next to an older one. */
export function engineSteps(context: OfflineContext): Step[] {
    return MODULES.map((module) => engineStep(context, module));
}

function engineStep(
    context: OfflineContext,
    { name: of, packages, tags, variables = {}, seccomp }: EngineModule,
): Step {
    const name = `engine-${of}`;
    const module = join(context.projectRoot, "offline", "tools", of);
    const programs = packages.map((path) => join(engineFolder(context.cache), path.split("/").at(-1)!));
    const stampFile = join(engineFolder(context.cache), `${of}.stamp`);
    const flags = buildFlags(tags, variables, seccomp ? ["-extldflags -static"] : []);
    const digest = async (): Promise<string> =>
        digestOf(module, await goSources(module), [...flags, ...packages, await goVersion(context)]);
    return {
        name,
        isCurrent: async () => {
            const wanted = await digest();
            const current = await Promise.all(programs.map((program) => isStamped(program, stampFile, wanted)));
            return current.every(Boolean);
        },
        run: (log) =>
            withCacheLock(context.cache, log, async () => {
                await rm(logFile(context, name), { force: true });
                const c = seccomp ? await unpackSeccomp(context, name, log) : {};
                for (const [index, path] of packages.entries()) {
                    await replaceFile(programs[index]!, (output) =>
                        compile({
                            step: name,
                            flags,
                            packages: [path],
                            output,
                            cwd: module,
                            environment: { ...goEnvironment(context), ...c },
                            logFile: logFile(context, name),
                            log,
                        }),
                    );
                }
                await writeStamp(stampFile, await digest());
            }),
    };
}

/**
 * Unpacks Debian's `libseccomp-dev` in a folder of the cache, without installing it.
 *
 * @returns the environment in which Go's C compiler finds its headers and the static library
 */
async function unpackSeccomp(
    context: OfflineContext,
    step: string,
    log: (line: string) => void,
): Promise<NodeJS.ProcessEnv> {
    const folder = join(context.cache, "build", "libseccomp");
    const command = { step, environment: context.environment, logFile: logFile(context, step), log, cwd: folder };
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run({ ...command, program: "apt-get", args: ["update", "-q"] });
    await run({ ...command, program: "apt-get", args: ["download", "libseccomp-dev"] });
    const [archive = "libseccomp-dev.deb"] = await readdir(folder);
    await run({ ...command, program: "dpkg", args: ["-x", archive, folder] });

    // The folder is named after the machine's architecture, for example x86_64-linux-gnu.
    const [architecture = ""] = await readdir(join(folder, "usr", "lib"));
    const library = join(folder, "usr", "lib", architecture);
    // The linker would take the shared library, which needs a package that is not unpacked here.
    await rm(join(library, "libseccomp.so"), { force: true });
    return {
        CGO_ENABLED: "1",
        CGO_CFLAGS: `-I${join(folder, "usr", "include")}`,
        CGO_LDFLAGS: `-L${library}`,
        PKG_CONFIG_PATH: join(library, "pkgconfig"),
    };
}
