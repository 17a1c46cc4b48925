import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { type Command, run } from "./run";
import type { OfflineContext } from "./step";
import { filesBelow } from "./stamp";

/** Flags of every Go build, for programs that are small and do not depend on the checkout's path. */
export const goFlags = ["-trimpath", "-buildvcs=false"] as const;

/**
 * Build tags of the CLI and of every plugin. With different tags, the packages that they share would be compiled twice.
 *
 * `disable_grpc_modules` is the tag of Google's storage client for programs that reach `gs://` over HTTP, as the CLI and the bridge do. It
 * leaves out the gRPC client's support for a service mesh, a tenth of the code that the CLI would compile.
 * https://pkg.go.dev/cloud.google.com/go/storage#hdr-gRPC_API
 */
export const pulumiTags = ["disable_grpc_modules"] as const;

/**
 * All flags of a `go build` that change what is made.
 *
 * @param variables - string variables that the linker sets, by their full names
 * @param linker - further flags of the linker
 */
export function buildFlags(
    tags: readonly string[],
    variables: Readonly<Record<string, string>>,
    linker: readonly string[] = [],
): string[] {
    const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
    return [
        ...goFlags,
        ...(tags.length > 0 ? ["-tags", tags.join(",")] : []),
        // Without symbol tables.
        ...["-ldflags", ["-s", "-w", ...set, ...linker].join(" ")],
    ];
}

/** Environment of every Go build: static binaries, from exactly the modules that `go.mod` and `go.sum` pin. */
export function goEnvironment(context: OfflineContext): NodeJS.ProcessEnv {
    return { ...context.environment, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };
}

/**
 * Environment in which the CLI and the plugins are compiled. The compiler collects its garbage less often, because that takes a sixth of
 * the time. The largest of these packages then needs 0.9 GiB of memory instead of 0.6. Programs of images keep Go's default: what
 * the largest packages of Vault would need was not measured.
 */
export function pulumiEnvironment(context: OfflineContext): NodeJS.ProcessEnv {
    return { GOGC: "400", ...goEnvironment(context) };
}

/** Source files of a Go module. */
export function goSources(module: string): Promise<string[]> {
    return filesBelow(module, (name) => name.endsWith(".go") || name === "go.mod" || name === "go.sum");
}

/** Packages to compile, and the place of the programs. */
export interface Compilation extends Omit<Command, "program" | "args"> {
    /** Flags of `go build` that change the program. */
    readonly flags: readonly string[];
    /** Import paths of `main` packages, as seen from `cwd`. */
    readonly packages: readonly string[];
    /** Path of the program; for several packages a folder with `/` at its end. */
    readonly output: string;
}

/**
 * Compiles Go programs and reports the progress: downloaded modules, then compiled packages.
 *
 * `go list` downloads all modules and knows which packages the build cache lacks; `go build -v` names each of those packages.
 */
export async function compile({ flags, packages, output, ...command }: Compilation): Promise<void> {
    const { log = () => undefined } = command;
    const goCommand = (args: readonly string[], heard: (line: string) => void): Promise<void> =>
        run({ ...command, program: "go", args, log: heard });
    let downloads = 0;
    let missing = 0;
    log("looking for what has to be compiled");
    await goCommand(["list", ...flags, "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", ...packages], (line) => {
        if (line.startsWith("go: downloading ")) log(`downloading modules: ${++downloads}`);
        else missing += 1;
    });
    const progress = compileProgress(missing);
    log(progress());
    await goCommand(["build", "-v", ...flags, "-o", output, ...packages], (line) => log(progress(line)));
}

/**
 * @param missing - packages that the build cache lacks
 * @returns a function that takes each line of `go build -v`, which names a package that is being compiled, and returns the progress
 */
export function compileProgress(missing: number): (line?: string) => string {
    let begun = 0;
    return (line) => {
        if (line !== undefined && /^[\w.~/-]+$/.test(line)) begun += 1;
        // The last package is the program itself, and linking it takes a while.
        return begun > 0 && begun >= missing ? "linking" : `compiling: ${begun} of ${missing} packages`;
    };
}

let version: Promise<string> | undefined;

/** Version of the Go that will build, or `absent`. Asked once per process: every `go.mod` here names the same version. */
export function goVersion(context: OfflineContext): Promise<string> {
    version ??= promisify(execFile)("go", ["env", "GOVERSION"], {
        cwd: join(context.projectRoot, "offline", "toolchain"),
        env: goEnvironment(context),
    }).then(
        ({ stdout }) => stdout.trim(),
        () => "absent",
    );
    return version;
}

/**
 * The exact version of an npm package in strata's `package.json`, the only place where versions are kept.
 *
 * @throws Error when the package is not a dependency, or not pinned
 */
export async function pinnedVersion(context: OfflineContext, npmPackage: string): Promise<string> {
    const file = join(context.projectRoot, "package.json");
    const { dependencies } = JSON.parse(await readFile(file, "utf8")) as { dependencies?: Record<string, string> };
    const version = dependencies?.[npmPackage];
    if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
        throw new Error(
            `${file}: dependencies["${npmPackage}"] is ${String(version)}; it must be an exact version, like 1.2.3`,
        );
    }
    return version;
}
