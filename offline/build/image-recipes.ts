/** What the folders of `offline/images/` become images with. An image is a folder with a Dockerfile and a `recipe.json`. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import lock from "../../config/images.lock.json";
import type { ModuleCopy } from "./module-copies";

const IMAGES = join(__dirname, "..", "images");

/** File of an image's folder that holds its {@link ImageRecipe}. */
const RECIPE = "recipe.json";

/** The image that most others are made from. It has no recipe: no Dockerfile makes it. */
export const BASE = "base";

/** All images that are made on the spot, in the order in which they are made. */
export const IMAGE_NAMES: readonly string[] = [
    BASE,
    ...readdirSync(IMAGES)
        .filter((name) => existsSync(join(IMAGES, name, RECIPE)))
        .sort(),
];

const pins: Readonly<Record<string, { readonly reference: string; readonly purpose?: string }>> = lock;

/** The images for stacks and their proof: all but those that only the tests run, an S3 server and a registry. */
export const STACK_IMAGES = IMAGE_NAMES.filter((name) => pins[name]?.purpose !== "tests");

/** A Go program that is compiled on the machine and copied into the image under the image's name. */
export interface GoProgram {
    /** Import path of its `main` package, or `.` for a program in the image's own folder. */
    readonly package: string;
    /** Variables the linker sets, such as the version that the program reports. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Build tags. @default none */
    readonly tags?: readonly string[];
    /**
     * Modules that are built from a copy, by folder of the copy: `modules/<name>`, to which `replace` in go.mod leads.
     * The image's folder of that name holds the few files that differ from the module's own.
     * @default none
     */
    readonly copies?: Readonly<Record<string, ModuleCopy>>;
}

/** A file of the Maven repository that goes into the build context under the image's name. */
export interface MavenArchive {
    /** `group:artifact:version:type`. */
    readonly artifact: string;
    /** Hex digest: the repository is reached through whatever mirror Maven is configured with. */
    readonly sha256: string;
}

/** The `recipe.json` of a folder. The rest is in the folder's Dockerfile. */
export interface ImageRecipe {
    /** Whether the Dockerfile names the base image, and so needs it first. */
    readonly fromBase: boolean;
    /** Whether the Dockerfile installs Debian packages, and so needs to know where this machine gets them. */
    readonly debianPackages: boolean;
    readonly program?: GoProgram;
    readonly archive?: MavenArchive;
}

/** @param name - of an image other than {@link BASE} */
export function recipeOf(name: string): ImageRecipe {
    return JSON.parse(readFileSync(join(IMAGES, name, RECIPE), "utf8")) as ImageRecipe;
}

/** Images that a stack can name and that nothing here makes, with the reason. */
export const NOT_MADE: Readonly<Record<string, string>> = {
    openbao: "OpenBao cannot be built from Go modules: the proxy serves none of its server's",
};

/** Debian release of the base image. */
export const DEBIAN_RELEASE = "trixie";

/** Whether a file is the recipe, which counts by what it says and not by how it is written. */
export function isRecipe(file: string): boolean {
    return file === RECIPE;
}

/** Files that the Go compiler reads; everything else of an image's folder goes into the build context. */
export function isGoSource(file: string): boolean {
    return file.endsWith(".go") || file === "go.mod" || file === "go.sum";
}
