/** One project per test level; docs/testing.md says what each can and cannot prove. */
const shared = {
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
    projects: ["unit", "policy", "golden", "conformance", "integration"].map(project),
    testSequencer: "<rootDir>/test/longest-first.cjs",
    // Running the whole program several times takes a slow machine longer than any test should; nothing here is timed.
    testTimeout: 120_000,
};
