import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Registered } from "../../support/program";
import { expectReleased } from "../../support/released";

const folder = mkdtempSync(join(tmpdir(), "strata-released-"));
const file = join(folder, "local.txt");
afterAll(() => rmSync(folder, { recursive: true }));

const urnOf = (types: string, name: string): string => `urn:pulumi:local::strata::${types}::${name}`;

function resource(types: string, name: string, parent?: Registered, aliases: readonly string[] = []): Registered {
    return {
        ...{ type: types.split("$").at(-1)!, name, urn: urnOf(types, name), parent: parent?.urn },
        ...{ inputs: {}, outputs: {} },
        options: {
            ...{ protect: false, deleteBeforeReplace: undefined, deletedWith: "", provider: "" },
            ...{ replaceOnChanges: [], ignoreChanges: [], additionalSecretOutputs: [], dependsOn: [], afterUpdate: [] },
            aliases,
        },
    };
}

function check(released: readonly string[], ...resources: readonly Registered[]): void {
    writeFileSync(file, `${released.join("\n")}\n`);
    expectReleased(file, { resources, outputs: {}, warnings: [] });
}

const wasUpdating = process.env["STRATA_UPDATE_GOLDEN"];
beforeAll(() => delete process.env["STRATA_UPDATE_GOLDEN"]);
afterAll(() => {
    if (wasUpdating !== undefined) process.env["STRATA_UPDATE_GOLDEN"] = wasUpdating;
});

const store = resource("my:Store", "db");
const volume = resource("my:Store$docker:Volume", "db-data", store);

test("the same names are fine", () => {
    expect(() => check(["my:Store$docker:Volume::db-data", "my:Store::db"], store, volume)).not.toThrow();
});

test("a name that is gone without an alias is told", () => {
    expect(() =>
        check(["my:Store$docker:Volume::data", "my:Store$docker:Volume::db-data", "my:Store::db"], store, volume),
    ).toThrow("my:Store$docker:Volume::data");
});

test("an alias keeps the name of before", () => {
    const renamed = resource("my:Store$docker:Volume", "db-data", store, [urnOf("my:Store$docker:Volume", "data")]);
    const released = ["my:Store$docker:Volume::data", "my:Store$docker:Volume::db-data", "my:Store::db"];
    expect(() => check(released, store, renamed)).not.toThrow();
});

test("a parent's alias holds for what is below it, with another type and with another name", () => {
    const parent = resource("my:Store", "db", undefined, [urnOf("my:Servers", "postgres")]);
    const below = resource("my:Store$docker:Volume", "db-data", parent);
    const released = ["my:Servers$docker:Volume::postgres-data", "my:Servers::postgres"];
    const now = ["my:Store$docker:Volume::db-data", "my:Store::db"];
    expect(() => check([...released, ...now], parent, below)).not.toThrow();
    expect(() => check([...released, ...now], store, volume)).toThrow("my:Servers::postgres");
});

test("a name that is new has to be written down", () => {
    expect(() => check(["my:Store::db"], store, volume)).toThrow("toAdd");
});
