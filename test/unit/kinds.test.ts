/** The program asks kinds through their list: outside a kind's own folder, no file compares with the name of one. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { projectRoot } from "../../cli/places";
import { KINDS } from "../../components/kinds";

const FOLDERS = ["cli", "components", "engine", "model", "policies", "verify"];

/** What shows authors how a product is written. */
const TEMPLATES = ["cli/products/template.ts"];

const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
        .map((file) => join(folder, file)),
).concat("index.ts", "outputs.ts");
const own = files.filter((file) => /\/.+\/kind\.ts$/.test(file)).map((file) => `${dirname(file)}/`);
const others = files.filter((file) => !own.some((folder) => file.startsWith(folder)) && !TEMPLATES.includes(file));

const NAME = `"(${Object.keys(KINDS).join("|")})"`;
// A tier of zones and a role are called `edge` and `application` as well.
const COMPARES = new RegExp(
    `(kind|server) [!=]== ${NAME}|case ${NAME}|isOf\\(${NAME}|includes\\(${NAME}|server: ${NAME}`,
);

test("each kind has a folder", () => {
    expect(own).toHaveLength(Object.keys(KINDS).length);
});

test("no file outside these folders compares with a kind", () => {
    const lines = others.flatMap((file) =>
        readFileSync(join(projectRoot, file), "utf8")
            .split("\n")
            .filter((line) => COMPARES.test(line))
            .map((line) => `${file}: ${line.trim()}`),
    );
    expect(lines).toEqual([]);
});
