/** The files of the checkout that a test file loads. A change in any of them makes it another test. */

import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Statements that import. `import type` does not count: it is gone when the file runs. */
const STATEMENT = /^\s*(?:import|export)\s+(?!type\b)(?:[^;"']*?\bfrom\s+)?["'](\.{1,2}\/[^"']+)["']/gm;

/** Calls that import, wherever they are. */
const CALL = /\b(?:import|require)\(\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Relative imports in a text, in its order. Pure. */
export function importsIn(text: string): string[] {
    return [STATEMENT, CALL].flatMap((pattern) => [...text.matchAll(pattern)].map(([, path = ""]) => path));
}

/**
 * The file, and all files of the checkout that it imports, directly or through others. Packages are left out.
 *
 * @param file - absolute path
 * @returns absolute paths, sorted
 */
export function importedFiles(file: string): string[] {
    const found = new Set<string>();
    const queue = [resolve(file)];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (found.has(next)) continue;
        found.add(next);
        if (/\.json$/.test(next)) continue;
        for (const path of importsIn(readFileSync(next, "utf8"))) {
            // The text of a test may hold a program that imports a file which the test writes.
            const imported = resolved(join(dirname(next), path));
            if (imported !== undefined) queue.push(imported);
        }
    }
    return [...found].sort();
}

function resolved(path: string): string | undefined {
    const candidates = [path, `${path}.ts`, join(path, "index.ts")];
    return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
}
