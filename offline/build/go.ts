import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { OfflineContext } from "./step";
import { filesBelow } from "./stamp";

/** Flags of every Go build: small and reproducible, whatever the checkout's place. */
export const goFlags = ["-trimpath", "-buildvcs=false"] as const;

/** Environment of every Go build: static binaries, from exactly the modules that `go.mod` and `go.sum` pin. */
export function goEnvironment(context: OfflineContext): NodeJS.ProcessEnv {
    return { ...context.environment, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };
}

/** Linker flags: no symbol tables, and the given string variables. */
export function linkerFlags(variables: Readonly<Record<string, string>>): string {
    return ["-s", "-w", ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** What a Go module's binary depends on. */
export function goSources(module: string): Promise<string[]> {
    return filesBelow(module, (name) => name.endsWith(".go") || name === "go.mod" || name === "go.sum");
}

let version: Promise<string> | undefined;

/** The Go that will build, or `absent`. Asked once per process: every `go.mod` here names the same version. */
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
 * The exact version of an npm package that strata depends on: the one place where versions are kept.
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
