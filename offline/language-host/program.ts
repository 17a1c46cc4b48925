import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** The `runtime.options` of a `Pulumi.yaml` or `PulumiPolicy.yaml` that change how Node is started. */
export interface RuntimeOptions {
    /** Whether the SDK loads TypeScript by itself. Off when `nodeargs` brings a faster loader. @default true */
    readonly typescript: boolean;
    /** Arguments for Node itself, before the script: `--import tsx`. */
    readonly nodeargs: readonly string[];
    readonly tsconfig?: string;
}

export function runtimeOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
    const { typescript, nodeargs, tsconfig } = options;
    return {
        typescript: typescript !== false && typescript !== "false",
        nodeargs: typeof nodeargs === "string" ? words(nodeargs) : [],
        ...(typeof tsconfig === "string" ? { tsconfig } : {}),
    };
}

/** Splits a line into words as a shell does: blanks separate words, quotes keep a word together. */
export function words(line: string): string[] {
    return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
        word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
    );
}

/** Environment variables through which the SDK gets the runtime options. */
export function optionVariables(options: RuntimeOptions): NodeJS.ProcessEnv {
    return {
        ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
        ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    };
}

/** The stack's configuration as the SDK reads it. Secrets are in clear text here, as in any running program. */
export function configurationVariables(request: RunRequest): NodeJS.ProcessEnv {
    const configuration: Record<string, string> = {};
    request.getConfigMap().forEach((value, key) => (configuration[key] = value));
    return {
        PULUMI_CONFIG: JSON.stringify(configuration),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
}

/** Arguments of the SDK's `cmd/run`, after the script itself. Empty values are left out. */
export function programArguments(request: RunRequest, engine: string, tracing: string | undefined): string[] {
    const info = request.getInfo();
    const values: readonly (readonly [string, string | undefined])[] = [
        ["monitor", request.getMonitorAddress()],
        ["engine", engine],
        ["organization", request.getOrganization()],
        ["project", request.getProject()],
        ["root-directory", info?.getRootDirectory()],
        ["stack", request.getStack()],
        ["pwd", info?.getProgramDirectory() ?? request.getPwd()],
        ["parallel", String(request.getParallel())],
        ["tracing", tracing],
    ];
    return [
        ...values.flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
        ...(request.getDryrun() ? ["--dry-run"] : []),
        // "." when Pulumi.yaml has no `main`: the SDK then looks into package.json.
        info?.getEntryPoint() ?? request.getProgram(),
        ...request.getArgsList(),
    ];
}

/**
 * A script of the SDK that the program itself has installed, so that program and script have the same version.
 *
 * @throws Error when the program has no `@pulumi/pulumi`
 */
export function sdkScript(programFolder: string, script: string): string {
    const found = createRequire(join(programFolder, "package.json"));
    try {
        return found.resolve(`@pulumi/pulumi/${script}`);
    } catch {
        throw new Error(`${programFolder}: @pulumi/pulumi is not installed there; run \`npm ci\` first`);
    }
}

/** The direct dependencies with their installed versions, which `pulumi about` lists. */
export function installedDependencies(programFolder: string): { name: string; version: string }[] {
    const read = (folder: string): { version?: string; dependencies?: Record<string, string> } =>
        JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as ReturnType<typeof read>;
    return Object.keys(read(programFolder).dependencies ?? {}).map((name) => {
        try {
            return { name, version: read(join(programFolder, "node_modules", name)).version ?? "" };
        } catch {
            return { name, version: "not installed" };
        }
    });
}
