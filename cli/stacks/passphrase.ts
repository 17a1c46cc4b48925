/** The passphrase that encrypts a stack's secrets. It is only ever handed on as the path of a file. */

import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";

import { isThrowaway } from "../../model/environments";
import { Failure, npmRun } from "../failure";
import { type Backend, isService } from "./backend";
import { type StackFile } from "./copy";
import { hasState, type Stack } from "./stack";

/**
 * The variables that tell Pulumi where the passphrase is.
 *
 * A throw-away stack has a passphrase of its own, made on first use. Every other stack has its operator's passphrase, or, when its
 * state is in this checkout, the passphrase that was made here before.
 *
 * @returns `undefined` when there is no passphrase
 * @throws Failure when the passphrase is missing although something is encrypted with it
 */
export function passphraseVariables(
    stack: Stack,
    backend: Backend | undefined,
    caller: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv | undefined {
    if (!isThrowaway(stack.name)) {
        const isHere = backend?.folder === stack.stateFolder && existsSync(stack.passphraseFile);
        return operatorPassphrase(caller) ?? (isHere ? own(stack) : undefined);
    }
    if (!existsSync(stack.passphraseFile)) {
        if (hasState(stack)) {
            throw new Failure(
                `${stack.passphraseFile} is missing, and the state of ${stack.name} is encrypted with it`,
                "restore the file from a backup; without it, remove .strata/state and run " +
                    `${npmRun("down", stack.name)} (containers and networks go, volumes stay)`,
            );
        }
        generate(stack.passphraseFile);
    }
    return own(stack);
}

/** @throws Failure when an error of `pulumi` says that the given passphrase opens nothing */
export function refuseWrongPassphrase(stack: string, error: string): void {
    if (!/incorrect passphrase/.test(error)) return;
    throw new Failure(
        `the passphrase that is given does not open the secrets of ${stack}`,
        "give the one that the stack was created with: PULUMI_CONFIG_PASSPHRASE_FILE; nothing was touched",
    );
}

/**
 * Whether a stack's secrets are encrypted with a passphrase, as far as its file and the backend tell: a backend without a
 * service of its own has nothing else unless the file names a key service. Pure.
 */
export function needsPassphrase(source: StackFile, backend: Backend | undefined): boolean {
    const { secretsprovider = "default", encryptionsalt } = source;
    if (secretsprovider !== "default" && secretsprovider !== "passphrase") return false;
    return (
        encryptionsalt !== undefined || secretsprovider === "passphrase" || backend === undefined || !isService(backend)
    );
}

function operatorPassphrase(caller: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
    const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = caller;
    if (phrase !== undefined) return { PULUMI_CONFIG_PASSPHRASE: phrase };
    if (!file) return undefined;
    // Absolute, because Pulumi works in more than one folder.
    if (existsSync(file)) return { PULUMI_CONFIG_PASSPHRASE_FILE: resolve(file) };
    throw new Failure(
        `PULUMI_CONFIG_PASSPHRASE_FILE: ${file} does not exist`,
        "name the file that holds the passphrase; nothing was touched",
    );
}

function own({ passphraseFile }: Stack): NodeJS.ProcessEnv {
    chmodSync(passphraseFile, 0o600);
    return { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
}

function generate(path: string): void {
    const file = openSync(path, "wx", 0o600);
    try {
        writeSync(file, randomBytes(32).toString("base64url"));
    } finally {
        closeSync(file);
    }
}
