import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectRoot } from "../../../cli/places";
import { Declaration } from "../../../cli/stacks/declaration";

let root: string;
let elsewhere: string;

function write(file: string, text: string, folder: string = root): void {
    const path = join(folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
}

const FILES = [
    ...[
        "index.ts",
        "config/schema.ts",
        "Pulumi.yaml",
        "package.json",
        "package-lock.json",
        "config/images.lock.json",
        "runtime/typescript.cjs",
    ],
    ...["products/shop.ts", "products/schema/shop.sql", "components/edge/traefik/traefik.ts", "model/platform.ts"],
    ...["policies/index.ts", "policies/configuration.json", "Pulumi.production.yaml", "products/docs/page.ts"],
    ...["node_modules/.package-lock.json", "policies/node_modules/.package-lock.json", "products/.settings.json"],
];

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "strata-declaration-"));
    elsewhere = mkdtempSync(join(tmpdir(), "strata-declaration-"));
    FILES.forEach((file) => write(file, "before"));
    write("shared/tax.ts", "before", elsewhere);
    symlinkSync(join(elsewhere, "shared"), join(root, "products", "shared"));
    symlinkSync(root, join(root, "products", "circle"));
    symlinkSync(join(root, "nowhere"), join(root, "products", "dangling.ts"));
});
afterEach(() => [root, elsewhere].forEach((folder) => rmSync(folder, { recursive: true })));

const declared = (source = join(root, "Pulumi.production.yaml")): Declaration =>
    Declaration.of({ name: "production", source }, root);

test.each([...FILES, "products/shared/tax.ts"])("%s is part of it: changed, gone and back", (file) => {
    const declaration = declared();
    const path = join(root, file);
    expect(declaration.changes()).toEqual([]);
    write(file, "after");
    expect(declaration.changes()).toEqual([path]);
    rmSync(path);
    expect(declaration.changes()).toEqual([path]);
    write(file, "before");
    expect(declaration.changes()).toEqual([]);
});

test("a new file is part of it, wherever loading would find it", () => {
    const declaration = declared();
    const files = ["local.ts", "policies/rules/own.ts", "products/new.ts"];
    files.forEach((file) => write(file, "new"));
    expect(declaration.changes()).toEqual(files.map((file) => join(root, file)));
});

test.each([
    ...["Pulumi.staging.yaml", "README.md", "docs/page.ts", "test/x.ts", "bench/x.ts", ".git/HEAD", ".strata/logs/x"],
    ...["node_modules/a/index.js", "products/.shop.ts.swp", "products/shop.ts~", "products/#shop.ts#"],
    // What somebody redirects a command's output into, or a backup.
    ...[
        "deploy.txt",
        "nohup.out",
        "typescript",
        "result.json",
        "plan.yaml",
        "vault.snap",
        "backup.tar",
        "db/psra.dump",
    ],
])("%s is not: nothing loads it", (file) => {
    const declaration = declared();
    write(file, "new");
    expect(declaration.changes()).toEqual([]);
});

test("a link to nowhere in place of another environment's stack file is ignored", () => {
    symlinkSync(join(root, "nowhere"), join(root, "Pulumi.staging.yaml"));
    expect(declared().changes()).toEqual([]);
});

test("a stack file from elsewhere is part of it, and so is the copy that Pulumi is given, as it was written", () => {
    const [source, copy] = [join(elsewhere, "any.yaml"), join(root, ".strata", "Pulumi.production.yaml")];
    write("any.yaml", "before", elsewhere);
    const declaration = declared(source);
    write(".strata/Pulumi.production.yaml", "before");
    declaration.include(copy);
    write("Pulumi.production.yaml", "not read");
    expect(declaration.changes()).toEqual([]);
    write("any.yaml", "after", elsewhere);
    write(".strata/Pulumi.production.yaml", "after");
    expect(declaration.changes()).toEqual([copy, source].sort());
});

test("commands without a program look at the stack file alone", () => {
    const settings = Declaration.ofSettings({ name: "production", source: join(root, "Pulumi.production.yaml") });
    write("products/shop.ts", "after");
    expect(settings.changes()).toEqual([]);
    write("Pulumi.production.yaml", "after");
    expect(settings.changes()).toHaveLength(1);
});

test("the refusal names files as they are in the checkout, not all of many, and what was done", () => {
    const declaration = Declaration.of({ name: "production", source: join(projectRoot, "Pulumi.none.yaml") });
    declaration.include(join(root, "index.ts"));
    expect(() => declaration.refuseChanged("nothing was changed")).not.toThrow();
    write("index.ts", "after");
    expect(() => declaration.refuseChanged("nothing was changed")).toThrow(
        `the declaration of production changed while this ran (${root}/index.ts); nothing was changed`,
    );
    const many = declared();
    ["a.ts", "b.ts", "c.ts", "d.ts"].forEach((file) => write(file, "new"));
    expect(() => many.refuseChanged("nothing was changed")).toThrow(/a\.ts, \S+b\.ts, \S+c\.ts and 1 more\);/);
});

test("reading the declaration of this checkout takes no time that a person would notice", () => {
    const started = Date.now();
    const declaration = Declaration.of({ name: "local", source: join(projectRoot, "Pulumi.local.yaml") });
    expect(declaration.changes()).toEqual([]);
    expect(Date.now() - started).toBeLessThan(2000);
});
