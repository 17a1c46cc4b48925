/** Images that are made on the spot: a folder with a recipe is one. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { IMAGE_NAMES, isRecipe, recipeOf, STACK_IMAGES } from "../../../offline/build/image-recipes";
import { hashOf } from "../../../offline/build/images";

const IMAGES = join(__dirname, "..", "..", "..", "offline", "images");
const folders = readdirSync(IMAGES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

test("every folder is an image, and the base comes first", () => {
    expect([...IMAGE_NAMES].sort()).toEqual(folders.sort());
    expect(IMAGE_NAMES[0]).toBe("base");
});

test("what only the tests run is no image of a stack", () => {
    expect(IMAGE_NAMES.filter((name) => !STACK_IMAGES.includes(name))).toEqual(["crane", "versitygw"]);
});

describe.each(IMAGE_NAMES.filter((name) => name !== "base"))("%s", (name) => {
    const recipe = recipeOf(name);
    const known = ["fromBase", "debianPackages", "program", "archive"];

    test("has a Dockerfile and a recipe that says only what is read", () => {
        expect(existsSync(join(IMAGES, name, "Dockerfile"))).toBe(true);
        expect(Object.keys(recipe).filter((key) => !known.includes(key))).toEqual([]);
        expect([typeof recipe.fromBase, typeof recipe.debianPackages]).toEqual(["boolean", "boolean"]);
    });

    test("has Go modules exactly when it has a program", () => {
        expect(existsSync(join(IMAGES, name, "go.mod"))).toBe(recipe.program !== undefined);
    });
});

test("a recipe counts by what it says: its file is in no hash", () => {
    const hash = hashOf([], join(IMAGES, "redis"), (file) => !isRecipe(file));
    expect(hash).not.toBe(hashOf([], join(IMAGES, "redis"), () => true));
});
