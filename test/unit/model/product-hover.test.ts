/** What an editor shows to authors of products: comments on the schemas' keys reach the types that are inferred from them. */

import { join } from "node:path";
import ts from "typescript";

import { projectRoot } from "../../../cli/places";

const FILE = join(projectRoot, "products", "hovered.ts");

/** `/*here*​/` is in front of each word that is looked at. */
const TEXT = `import type { Product } from "../model/product";
export const hovered = {
    /*name*/name: "hovered",
    description: "",
    zones: { app: { /*subnet*/subnet: 1, peers: true } },
    services: {
        db: {
            kind: "postgres",
            zones: ["data"],
            /*databases*/databases: { shop: { clients: [], /*extensions*/extensions: [] } },
            limits: { /*memoryMiB*/memoryMiB: 512 },
        },
        cache: { kind: "redis", zones: ["data"], clients: [], /*scripts*/scripts: [] },
        api: {
            kind: "application",
            /*image*/image: "",
            port: 8000,
            /*zones*/zones: ["app"],
            routes: [{ /*host*/host: "api", frames: "/*word*/" }],
            healthCheck: { /*startPeriod*/startPeriod: 1 },
        },
    },
    secrets: [{ name: "key", engine: "kv", path: "key", rotation: 1, /*readers*/readers: [] }],
    identity: { /*label*/label: "", roles: { user: { description: "", /*mfa*/mfa: true } }, groups: {} },
} as const satisfies Product;
`;

function editor(): ts.LanguageService {
    const config = ts.readConfigFile(join(projectRoot, "tsconfig.json"), (file) => ts.sys.readFile(file))
        .config as object;
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, projectRoot);
    const read = (file: string): string | undefined => (file === FILE ? TEXT : ts.sys.readFile(file));
    return ts.createLanguageService({
        getScriptFileNames: () => [FILE],
        getScriptVersion: () => "1",
        getScriptSnapshot: (file) => {
            const text = read(file);
            return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
        },
        getCurrentDirectory: () => projectRoot,
        getCompilationSettings: () => ({ ...options, types: [] }),
        getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
        fileExists: (file) => file === FILE || ts.sys.fileExists(file),
        readFile: read,
    });
}

const at = (word: string): number => TEXT.indexOf(`/*${word}*/`) + word.length + 4;

test("an editor shows the documentation of each field, and offers the words that it accepts", () => {
    const service = editor();
    const shown = (word: string): string =>
        ts.displayPartsToString(service.getQuickInfoAtPosition(FILE, at(word))?.documentation);
    expect(shown("name")).toContain("at most 20 characters");
    expect(shown("subnet")).toContain("Third octet of its /24");
    // Common to all kinds, and of one kind only.
    expect(shown("zones")).toBe("Zones it joins.");
    expect(shown("memoryMiB")).toContain("Memory in MiB");
    expect(shown("startPeriod")).toContain("Seconds after the start");
    expect(shown("host")).toContain("for example `api.psra`");
    expect(shown("databases")).toContain("the environment's name is appended");
    expect(shown("extensions")).toContain("besides `uuid-ossp`");
    expect(shown("scripts")).toContain("may run Lua scripts");
    expect(shown("image")).toContain("Registry repository");
    expect(shown("readers")).toContain("Services that may use it");
    expect(shown("label")).toContain("as people write it");
    expect(shown("mfa")).toContain("second factor");
    const offered = service.getCompletionsAtPosition(FILE, TEXT.indexOf("/*word*/"), undefined);
    expect(offered?.entries.map(({ name }) => name)).toEqual(["deny", "same-origin", "own"]);
});
