import { findStack } from "../../../cli/stacks/stack";

const names = ["test-eu", "test-", "test-it"];

test.each(names)("%s is reserved for tests: what npm test removes can be nobody's", (name) => {
    const refused = `--stack: "${name}" begins with test-, which is reserved: npm test removes all such environments, data included`;
    expect(() => findStack(name, "package.json", {})).toThrow(refused);
    expect(() => findStack(name, "package.json", { STRATA_TESTING: "0" })).toThrow(refused);
    expect(findStack(name, "package.json", { STRATA_TESTING: "1" }).name).toBe(name);
});

test.each(["test", "testing", "my-test-1", "local"])("%s is not", (name) => {
    expect(findStack(name, "package.json", {}).name).toBe(name);
});
