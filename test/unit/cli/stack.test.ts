import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../../../cli/places";
import { findStack } from "../../../cli/stacks/stack";
import { LiveStack } from "../../support/live-stack";
import { removeLabelled } from "../../support/live-engine";

const names = ["test-eu", "test-e", "test-it"];

test.each(names)("%s is reserved for tests: what npm test removes can be nobody's", (name) => {
    const refused = `--stack: "${name}" begins with test-, which is reserved: npm test removes all such environments, data included`;
    expect(() => findStack(name, "package.json", {})).toThrow(refused);
    expect(() => findStack(name, "package.json", { STRATA_TESTING: "0" })).toThrow(refused);
    expect(findStack(name, "package.json", { STRATA_TESTING: "1" }).name).toBe(name);
});

test("operators, which tests share and which is no throw-away environment, is reserved too", () => {
    const refused = '--stack: "operators" is a name that is reserved: npm test removes all such environments';
    expect(() => findStack("operators", "package.json", {})).toThrow(refused);
    expect(findStack("operators", "package.json", { STRATA_TESTING: "1" }).name).toBe("operators");
});

/** Environments that tests name in files which can remove some. */
function environmentsOfTests(): string[] {
    const folder = join(projectRoot, "test");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => !path.startsWith(join(folder, "unit")));
    const names = files
        .map((path) => readFileSync(path, "utf8"))
        .filter((text) => /\b(LiveStack|removeLabelled|startEdge)\b/.test(text))
        .flatMap((text) => [
            ...text.matchAll(/\b(?:ENV|NAME|ENVIRONMENT) = "([^"]+)"/g),
            ...text.matchAll(/\bnew LiveStack\(\{\s*name: "([^"]+)"/g),
            ...text.matchAll(/\benvironment: "([^"]+)"/g),
        ])
        .map(([, name = ""]) => name);
    return [...new Set(names)].sort();
}

describe("environments that tests remove", () => {
    test("are all found below, whatever names them", () => {
        expect(environmentsOfTests()).toEqual(
            expect.arrayContaining(["operators", "test-config", "test-edge", "test-it", "test-mirror", "test-states"]),
        );
    });

    test.each(environmentsOfTests())("%s is nobody else's", (name) => {
        expect(() => findStack(name, "package.json", {})).toThrow("is reserved: npm test removes");
    });

    test.each(["production", "local", "operator", "operators-2", "my-test-1"])(
        "%s can be a person's: tests cannot even name it",
        async (name) => {
            await expect(removeLabelled(name)).rejects.toThrow(`${name} may be a person's`);
            expect(() => new LiveStack({ name, addressBase: "10.0", port: 1 })).toThrow(`${name} may be a person's`);
        },
    );
});

test.each(["test", "testing", "my-test-1", "local", "operator"])("%s is not", (name) => {
    expect(findStack(name, "package.json", {}).name).toBe(name);
});
