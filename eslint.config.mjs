// `tsc` checks types. ESLint finds code that compiles and is still wrong, and keeps imports pointing one way:
// kinds, layers and model <- components <- index.ts. policies, verify and drift import kinds, layers and model, never the components.
// engine, which reads Docker engines, imports the model, kinds and layers only; verify, drift and cli import engine.
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Files of the project that no rule checks. */
const IGNORED = ["node_modules/**", "**/node_modules/**", ".strata/**", "**/*.js", "**/*.mjs", "**/*.cjs"];

/** Modules through which a component could read facts outside its inputs. */
const OUTSIDE_WORLD = [
    "fs",
    "fs/promises",
    "child_process",
    "net",
    "http",
    "https",
    "http2",
    "dgram",
    "tls",
    "dns",
    "os",
    "worker_threads",
];

const forbid = (patterns, paths = []) => ({ "no-restricted-imports": ["error", { paths, patterns }] });

/** Relative imports of a folder or file of the root. `../x` from `components/<layer>/` is a sibling: it takes two steps up. */
const above = (message, names, steps = 1) => ({
    regex: `^(\\./)?(\\.\\./){${steps},}(${names.join("|")})(/|$)`,
    message,
});

/** The folder that reads a stack's configuration. Its lists of images and downloads (`*.lock.json`) are data that any file may import. */
const CONFIG = "config(?!/\\w+\\.lock\\.json$)";

/**
 * Imports of components. Plain facts about kinds of services and layers (`kind.ts`, `layer.ts`), and their lists (`kinds.ts`,
 * `layers.ts`), are exempt.
 */
const components = (message, steps = 1) => ({
    regex: `^(\\./)?(\\.\\./){${steps},}components/(?!(.*/)?(kind|layer)s?$)`,
    message,
});

const AMONG_COMPONENTS = above(
    "Components import the model and each other only.",
    ["policies", "verify", "drift", "engine", "cli", "products", CONFIG, "index", "outputs"],
    2,
);

const outsideWorld = OUTSIDE_WORLD.flatMap((name) =>
    [name, `node:${name}`].map((module) => ({
        name: module,
        message: "A component knows its inputs only. Read it in index.ts or config/load.ts and pass it in.",
    })),
);

export default tseslint.config(
    { ignores: IGNORED },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.recommendedTypeChecked],
        plugins: { "@pulumi": pulumi.default ?? pulumi },
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@pulumi/no-output-in-template-literal": "error",
            "@pulumi/no-output-instance-in-template-literal": "error",
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
            "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
            eqeqeq: "error",
            "no-console": "error",
            "max-lines": ["error", 300],
        },
    },
    {
        files: ["model/**/*.ts"],
        rules: forbid(
            [
                {
                    regex: "^(\\./)?(\\.\\./)+components/(?!(kind|layer)s?$)",
                    message: "The model asks the lists of kinds and layers, and names none of them.",
                },
                above("The model is the lowest layer: it imports nothing else of the project.", [
                    "policies",
                    "verify",
                    "drift",
                    "engine",
                    "cli",
                    "products",
                    CONFIG,
                    "index",
                    "outputs",
                ]),
                { regex: "^@pulumi/", message: "The model is plain data: no Pulumi." },
            ],
            outsideWorld,
        ),
    },
    {
        files: ["products/**/*.ts"],
        rules: forbid([
            above("A product is data over the model.", [
                "components",
                "policies",
                "verify",
                "drift",
                "engine",
                "cli",
                CONFIG,
                "index",
                "outputs",
            ]),
            { regex: "^@pulumi/", message: "A product is data: no Pulumi." },
        ]),
    },
    {
        files: ["components/**/*.ts"],
        rules: {
            ...forbid([AMONG_COMPONENTS], outsideWorld),
            "no-restricted-globals": ["error", { name: "fetch", message: "A component knows its inputs only." }],
            "no-restricted-properties": [
                "error",
                { object: "process", property: "env", message: "A component knows its inputs only." },
                { object: "Date", property: "now", message: "A clock makes every preview a change." },
            ],
            "no-restricted-syntax": [
                "error",
                {
                    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
                    message: "A clock makes every preview a change.",
                },
                {
                    selector: "NewExpression[callee.property.name='Config']",
                    message: "Only config/load.ts reads configuration.",
                },
            ],
        },
    },
    {
        files: ["components/**/{kind,layer}.ts", "components/{kinds,layers}.ts"],
        rules: forbid(
            [{ regex: "^@pulumi/", message: "A kind or a layer is plain facts: its component is another file." }],
            outsideWorld,
        ),
    },
    {
        files: ["policies/**/*.ts", "verify/**/*.ts", "drift/**/*.ts"],
        rules: forbid([
            components(
                "What checks the components does not import them: it reads the model, the kinds, the layers and the state.",
            ),
            above("What checks the program does not import it.", ["index"]),
        ]),
    },
    {
        files: ["engine/**/*.ts"],
        rules: forbid([
            components(
                "What reads an engine knows kinds and layers by their `kind.ts` and `layer.ts`, and no component.",
            ),
            above("What reads an engine does not know who asks.", [
                "policies",
                "verify",
                "drift",
                "cli",
                "products",
                "offline",
                CONFIG,
                "index",
                "outputs",
                "test",
            ]),
            { regex: "^@pulumi/", message: "An engine is read without Pulumi." },
        ]),
    },
    {
        // A command line program writes to the terminal.
        files: ["cli/**/*.ts", "offline/**/*.ts"],
        rules: { "no-console": "off" },
    },
    {
        files: ["test/**/*.ts"],
        rules: {
            // Jest's own idioms: matchers are unbound, and a captured registration is `any`.
            "@typescript-eslint/unbound-method": "off",
            // A table of cases is one thing, however long.
            "max-lines": "off",
        },
    },
);
