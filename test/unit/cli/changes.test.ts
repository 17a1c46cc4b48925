/** What changes a state, Vault or an engine is called in few places, so that a new command cannot do it before consent. */

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { projectRoot } from "../../../cli/places";

const CLI = join(projectRoot, "cli");
const sources = readdirSync(CLI, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(join(CLI, file), "utf8") }));

/**
 * Files of `cli/` that may call it. `deeds.ts` and `update.ts` ask for consent for all of an update, `down.ts` for itself, and so does
 * `person.ts` for a person; `test.ts` removes what tests made.
 */
const PLACES: readonly (readonly [what: string, call: RegExp, files: readonly string[]])[] = [
    // In a deed, they work with the session that the deed is given.
    [
        "the state is rewritten",
        /\.rewrite\(/,
        [
            ...["commands/down.ts", "commands/product.ts", "commands/rotate.ts"],
            ...["pulumi/clear-away.ts", "pulumi/lost-data.ts"],
        ],
    ],
    ["a deed is done", /\.fulfil\(/, ["commands/update.ts"]],
    ["a deed's part outside the state is called", /elsewhere\?\.\(/, ["pulumi/deeds.ts"]],
    ["a deed's part in the state is called", /toState\?\.\(/, ["pulumi/deeds.ts"]],
    ["objects are removed", /engine\.remove\(/, ["commands/down.ts", "commands/test.ts", "pulumi/clear-away.ts"]],
    ["a volume is removed", /"volume", "rm"/, ["pulumi/lost-data.ts"]],
    [
        "Vault is changed",
        /askVault\([^)]*"(PUT|DELETE)"/,
        ["identity/forget.ts", "pulumi/rebind.ts", "pulumi/unmount.ts", "pulumi/vault-api.ts"],
    ],
    ["a person is deleted", /\bforgetPerson\(/, ["commands/person.ts", "identity/forget.ts"]],
    ["mounts go", /\bunmount\(/, ["commands/product.ts", "pulumi/unmount.ts"]],
    ["the state is refreshed", /"refresh",$/m, ["pulumi/recover.ts"]],
    ["pulumi up", /"up", \[/, ["commands/update.ts"]],
    ["pulumi destroy", /"destroy", /, ["commands/down.ts"]],
];

test.each(PLACES)("%s in known places only", (_, call, files) => {
    const found = sources.filter(({ text }) => call.test(text)).map(({ file }) => relative(".", file));
    expect(found.sort()).toEqual([...files].sort());
});

test("a deed does not keep the session that it was planned with", () => {
    // `toState` and `elsewhere` are given one: for the plan it is on a copy of the state.
    for (const { file, text } of sources.filter(
        (it) => /\.rewrite\(/.test(it.text) && it.file !== "commands/down.ts",
    )) {
        const rewriting = text.match(/[\w.]*\.rewrite\(/g);
        expect([file, rewriting]).toEqual([file, rewriting?.map(() => "pulumi.rewrite(")]);
        expect([file, /session\.pulumi\.rewrite/.test(text)]).toEqual([file, false]);
    }
});
