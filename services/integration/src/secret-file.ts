/** Files with secrets. Whoever renews a secret replaces its file, so a file is read again when it has changed. */

import { readFileSync, statSync } from "node:fs";

/**
 * Reads a file, and reads it again when it has changed.
 *
 * @returns a function that returns the present text without white space around it. It throws an error without the text when the file
 * cannot be read or is empty.
 */
export function secretFile(path: string): () => string {
    let known: { readonly version: string; readonly text: string } | undefined;
    return () => {
        // A new file may have the old one's size, and the old one's time where the file system counts in seconds.
        const { mtimeMs, ctimeMs, ino, size } = statSync(path);
        const version = [mtimeMs, ctimeMs, ino, size].join(" ");
        if (known?.version !== version) {
            known = { version, text: readFileSync(path, "utf8").trim() };
        }
        if (known.text === "") throw new Error(`${path} is empty`);
        return known.text;
    };
}
