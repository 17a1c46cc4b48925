/** What a test file loads of the checkout: a change in any of it is another test. */

import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Statements. `import type` is gone when the file runs. */
const STATEMENT = /^\s*(?:import|export)\s+(?!type\b)(?:[^;"']*?\bfrom\s+)?["'](\.{1,2}\/[^"']+)["']/gm;

/** Calls, wherever they are. */
const CALL = /\b(?:import|require)\(\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Relative imports in a text, in its order. Pure. */
export function importsIn(text: string): string[] {
    return [STATEMENT, CALL].flatMap((pattern) => [...text.matchAll(pattern)].map(([, path = ""]) => path));
}

/**
 * The file, and all that it imports of the checkout, whatever that imports too. Packages are not in it.
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
            // A test may write a program that imports what the test writes as well.
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
