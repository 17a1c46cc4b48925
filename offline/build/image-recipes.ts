/** Recipes of the images in `offline/images/`. An image is a folder with a Dockerfile and a `recipe.json`. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import lock from "../../config/images.lock.json";
import type { ModuleCopy } from "./module-copies";

const IMAGES = join(__dirname, "..", "images");

/** File of an image's folder that holds its {@link ImageRecipe}. */
const RECIPE = "recipe.json";

/** The image that most others are made from. It has no recipe, because it is not made from a Dockerfile. */
export const BASE = "base";

/** All images that are made on the spot, in the order in which they are made. */
export const IMAGE_NAMES: readonly string[] = [
    BASE,
    ...readdirSync(IMAGES)
        .filter((name) => existsSync(join(IMAGES, name, RECIPE)))
        .sort(),
];

const pins: Readonly<Record<string, { readonly reference: string; readonly purpose?: string }>> = lock;

/** The images for stacks and for the isolation probe: all except a registry, which only the tests run. */
export const STACK_IMAGES = IMAGE_NAMES.filter((name) => pins[name]?.purpose !== "tests");

/** A Go program that is compiled on the machine and goes into the build context. */
export interface GoProgram {
    /** Import path of its `main` package, or a path such as `.` for a program in the image's own folder. */
    readonly package: string;
    /** Variables the linker sets, such as the version that the program reports. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Build tags. @default none */
    readonly tags?: readonly string[];
    /**
     * Modules that are built from a copy, by folder of the copy: `modules/<name>`, to which `replace` in go.mod leads.
     * The folder of that name in the image's folder holds the few files that replace the module's own.
     * @default none
     */
    readonly copies?: Readonly<Record<string, ModuleCopy>>;
}

/** A file of the Maven repository that goes into the build context under the image's name. */
export interface MavenArchive {
    /** `group:artifact:version:type`. */
    readonly artifact: string;
    /** Hex digest. Needed because Maven may be configured with any mirror of the repository. */
    readonly sha256: string;
}

/** The `recipe.json` of an image's folder. All other facts are in the folder's Dockerfile. */
export interface ImageRecipe {
    /** Whether the Dockerfile names the base image, which then has to be made first. */
    readonly fromBase: boolean;
    /** Whether the Dockerfile installs Debian packages, and needs this machine's apt settings. */
    readonly debianPackages: boolean;
    /** The image's only program. In the build context it has the image's name. */
    readonly program?: GoProgram;
    /** Several programs instead of {@link program}, by file name in the build context. */
    readonly programs?: Readonly<Record<string, GoProgram>>;
    readonly archive?: MavenArchive;
    /** Folder of a Node service of strata. The build context gets `node` and `app/`. */
    readonly service?: string;
}

/** @param name - of an image other than {@link BASE} */
export function recipeOf(name: string): ImageRecipe {
    return JSON.parse(readFileSync(join(IMAGES, name, RECIPE), "utf8")) as ImageRecipe;
}

/** Programs of an image, by file name in the build context. */
export function programsOf(name: string, { program, programs }: ImageRecipe): Readonly<Record<string, GoProgram>> {
    return programs ?? (program === undefined ? {} : { [name]: program });
}

/** Images that a stack can name and that are not made here, with the reason. */
export const NOT_MADE: Readonly<Record<string, string>> = {
    openbao: "OpenBao cannot be built from Go modules: the proxy serves none of its server's",
};

/** Debian release of the base image. */
export const DEBIAN_RELEASE = "trixie";

/** Whether a file is the recipe. A hash covers the recipe's parsed content, not its text. */
export function isRecipe(file: string): boolean {
    return file === RECIPE;
}

/** Files that the Go compiler reads; everything else of an image's folder goes into the build context. */
export function isGoSource(file: string): boolean {
    return file.endsWith(".go") || file === "go.mod" || file === "go.sum";
}
