/** The passphrase that encrypts a stack's secrets. It is only ever handed on as the path of a file. */

import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { Failure, npmRun } from "../failure";
import { encryptsItself, readStackFile } from "./copy";
import { hasState, LOCAL, type Stack } from "./stack";

/**
 * The variables that tell Pulumi where the passphrase is, made on the first use of a stack.
 *
 * For stacks other than `local`, a passphrase that the caller's environment gives is left alone.
 *
 * @throws Failure when the passphrase is missing although something is encrypted with it
 */
export function passphraseVariables(stack: Stack, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
    // `strata env` of one stack leaves its passphrase in the shell; it is none for another stack.
    const foreign = file !== undefined && dirname(file) !== dirname(stack.passphraseFile);
    if (stack.name !== LOCAL && phrase !== undefined) return { PULUMI_CONFIG_PASSPHRASE: phrase };
    if (stack.name !== LOCAL && foreign) return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
    if (!existsSync(stack.passphraseFile)) {
        if (hasState(stack)) {
            throw new Failure(
                `${stack.passphraseFile} is missing, and the state of ${stack.name} is encrypted with it`,
                "restore the file from a backup; without it, remove .strata/state and run " +
                    `${npmRun("down", stack.name)} (containers and networks go, volumes stay)`,
            );
        }
        const source = readStackFile(stack.source);
        if (stack.source !== stack.copy && encryptsItself(source) && source.secretsprovider === undefined) {
            throw new Failure(
                `no passphrase for ${stack.name}, and ${stack.source} is encrypted with one`,
                "set PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it",
            );
        }
        generate(stack.passphraseFile);
    }
    chmodSync(stack.passphraseFile, 0o600);
    return { PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile };
}

function generate(path: string): void {
    const file = openSync(path, "wx", 0o600);
    try {
        writeSync(file, randomBytes(32).toString("base64url"));
    } finally {
        closeSync(file);
    }
}
