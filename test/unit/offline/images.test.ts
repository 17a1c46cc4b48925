/** Images that are made on the spot: a folder with a recipe is one. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { IMAGE_NAMES, isRecipe, programsOf, recipeOf, STACK_IMAGES } from "../../../offline/build/image-recipes";
import { hashOf, imageTag } from "../../../offline/build/images";
import { serviceHash } from "../../../offline/build/node-service";

const IMAGES = join(__dirname, "..", "..", "..", "offline", "images");
const folders = readdirSync(IMAGES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

test("every folder is an image, and the base comes first", () => {
    expect([...IMAGE_NAMES].sort()).toEqual(folders.sort());
    expect(IMAGE_NAMES[0]).toBe("base");
});

test("what only the tests run is no image of a stack", () => {
    expect(IMAGE_NAMES.filter((name) => !STACK_IMAGES.includes(name))).toEqual(["crane"]);
});

describe.each(IMAGE_NAMES.filter((name) => name !== "base"))("%s", (name) => {
    const recipe = recipeOf(name);
    const known = ["fromBase", "debianPackages", "program", "programs", "archive", "service"];
    const programs = Object.keys(programsOf(name, recipe));

    test("has a Dockerfile and a recipe that says only what is read", () => {
        expect(existsSync(join(IMAGES, name, "Dockerfile"))).toBe(true);
        expect(Object.keys(recipe).filter((key) => !known.includes(key))).toEqual([]);
        expect([typeof recipe.fromBase, typeof recipe.debianPackages]).toEqual(["boolean", "boolean"]);
    });

    test("has Go modules exactly when it has a program", () => {
        expect(existsSync(join(IMAGES, name, "go.mod"))).toBe(programs.length > 0);
    });

    test("copies each of its programs, which the build context has under one name only", () => {
        const dockerfile = readFileSync(join(IMAGES, name, "Dockerfile"), "utf8");
        const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, files = ""]) =>
            files.split(" "),
        );
        expect(programs.filter((program) => !copied.includes(program))).toEqual([]);
        expect(programs.filter((program) => existsSync(join(IMAGES, name, program)))).toEqual([]);
        expect(recipe.program === undefined || recipe.programs === undefined).toBe(true);
    });
});

test("a program has the image's name, unless the recipe names several", () => {
    const one = { package: "." };
    const image = { fromBase: false, debianPackages: false };
    expect(programsOf("some", image)).toEqual({});
    expect(programsOf("some", { ...image, program: one })).toEqual({ some: one });
    expect(programsOf("some", { ...image, programs: { first: one, second: one } })).toEqual({
        first: one,
        second: one,
    });
});

test("an image with a compiled program has another name for another processor", () => {
    const root = join(IMAGES, "..", "..");
    const context = { projectRoot: root, cache: root, environment: process.env };
    const tags = (): string[] => IMAGE_NAMES.map((name) => imageTag(context, name));
    const here = tags();
    const { arch } = process;
    try {
        Object.defineProperty(process, "arch", { value: "other" });
        const compiled = IMAGE_NAMES.filter((name) => {
            const recipe = name === "base" ? undefined : recipeOf(name);
            return recipe && (recipe.service !== undefined || Object.keys(programsOf(name, recipe)).length > 0);
        });
        const there = tags();
        expect(IMAGE_NAMES.filter((_, index) => there[index] !== here[index])).toEqual(compiled);
    } finally {
        Object.defineProperty(process, "arch", { value: arch });
    }
});

test("the image of a Node service follows from the service's sources, and not from packages that are installed beside them", () => {
    const root = mkdtempSync(join(tmpdir(), "strata-service-"));
    try {
        const put = (path: string, text: string): void => {
            mkdirSync(dirname(join(root, "some", path)), { recursive: true });
            writeFileSync(join(root, "some", path), text);
        };
        const hash = (): string => serviceHash(root, "some", (folder) => hashOf([], folder, () => true));
        const sources = [
            "build.mjs",
            "migrations/1.sql",
            "package-lock.json",
            "package.json",
            "src/a.ts",
            "src/b/c.ts",
        ];
        for (const path of sources) put(path, path);
        const before = hash();
        for (const path of ["node_modules/x/index.js", "dist/main.js", "tsconfig.json"]) put(path, path);
        expect(hash()).toBe(before);
        for (const path of sources) {
            put(path, "changed");
            expect([path, hash()]).not.toEqual([path, before]);
            put(path, path);
        }
        expect(hash()).toBe(before);
    } finally {
        rmSync(root, { recursive: true });
    }
});

test("a recipe counts by what it says: its file is in no hash", () => {
    const hash = hashOf([], join(IMAGES, "redis"), (file) => !isRecipe(file));
    expect(hash).not.toBe(hashOf([], join(IMAGES, "redis"), () => true));
});
