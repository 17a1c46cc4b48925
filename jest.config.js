/** One project per test level; docs/testing.md says what each can and cannot prove. */
const { join } = require("node:path");

/** jest runs translated code from there. Its own place is a fixed name in the temporary folder, which anybody can make first. */
const cacheDirectory = join(__dirname, "node_modules", ".cache", "jest");

const shared = {
    cacheDirectory,
    testEnvironment: "node",
    transform: {
        "^.+\\.ts$": [
            "@swc/jest",
            { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
        ],
    },
    modulePathIgnorePatterns: ["<rootDir>/.strata/"],
};
const project = (displayName) => ({
    ...shared,
    displayName,
    testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
});

module.exports = {
    cacheDirectory,
    projects: ["unit", "policy", "golden", "conformance", "integration"].map(project),
    testSequencer: "<rootDir>/test/longest-first.cjs",
    // Running the whole program several times takes a slow machine longer than any test should; nothing here is timed.
    testTimeout: 300_000,
};
