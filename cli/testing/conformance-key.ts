/** What a result of `conformance` depends on. Equal keys: the same tests would run against the same programs on the same machine. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

import { digestOf, filesBelow } from "../../offline/build/stamp";
import { pluginFolder, type Toolchain } from "../setup/toolchain";
import { importedFiles } from "./imports";

/** Images from which the tests of `conformance` start containers. */
export const CONFORMANCE_IMAGES = ["redis"] as const;

/** What the tests run against. */
export interface Tested {
    /** Root of the checkout. */
    readonly root: string;
    readonly toolchain: Toolchain;
    /** Versions of the plugins, by name. */
    readonly plugins: Readonly<Record<string, string>>;
    /** Where `pulumi` is looked for after the toolchain's own folder. */
    readonly path: string;
    readonly engine: {
        readonly host: string;
        readonly version: string;
        readonly api: string;
        readonly identity: string;
    };
    /** Ids on the engine, by the name of the image. */
    readonly images: Readonly<Record<string, string>>;
    readonly machine: { readonly os: string; readonly release: string; readonly arch: string };
}

/** Texts and digests, by the name of what they describe. */
export type Ingredients = Readonly<Record<string, string>>;

/** Identifies what a result depends on. Pure. */
export function keyOf(ingredients: Ingredients): string {
    const sorted = Object.entries(ingredients).sort(([one], [other]) => (one < other ? -1 : 1));
    return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

/**
 * What the result of every file depends on.
 *
 * @throws Error when a part of it is missing
 */
export async function sharedIngredients(tested: Tested): Promise<Ingredients> {
    const { root, toolchain, plugins, engine, images, machine } = tested;
    const installed = await Promise.all(
        Object.entries(plugins).map(async ([name, version]): Promise<[string, string]> => [
            `plugin ${name} ${version}`,
            await digestOfFolder(pluginFolder(toolchain, name, version)),
        ]),
    );
    return {
        way: toolchain.way,
        engine: JSON.stringify(engine),
        images: JSON.stringify(images),
        machine: JSON.stringify(machine),
        packages: await digestOf(root, packageFiles(root), []),
        // Known differences and lists of types, which the tests compare with.
        lists: await digestOfFolder(join(root, "offline", "plugins")),
        "command line": await digestOfCommandLine(tested),
        ...Object.fromEntries(installed),
    };
}

/** What the result of one file depends on in addition. @param file - absolute path */
export async function ownIngredients(root: string, file: string): Promise<Ingredients> {
    return { test: await digestOf(root, importedFiles(file), []) };
}

/** What npm recorded of the packages, among them the SDKs, Node and jest, and how jest is told to run. */
function packageFiles(root: string): string[] {
    return ["package.json", join("node_modules", ".package-lock.json"), "jest.config.js"].map((file) =>
        join(root, file),
    );
}

/** The `pulumi` that runs, the language hosts beside it and what belongs to them. */
async function digestOfCommandLine({ toolchain, path }: Tested): Promise<string> {
    const bin = [toolchain.bin, ...path.split(delimiter)].find((folder) => existsSync(join(folder, "pulumi")));
    if (bin === undefined) throw new Error("no pulumi is installed");
    const programs = (await readdir(bin)).filter((name) => name.startsWith("pulumi")).map((name) => join(bin, name));
    const parts = [join(bin, "libexec"), join(dirname(bin), "libexec")].filter((folder) => existsSync(folder));
    const belonging = await Promise.all(parts.map((folder) => filesBelow(folder, () => true)));
    return digestOf(dirname(bin), [...programs, ...belonging.flat()], []);
}

async function digestOfFolder(folder: string): Promise<string> {
    return digestOf(folder, await filesBelow(folder, () => true), []);
}
