/** A stack as the command line sees it: its name, its committed file, and where its private things are. */

import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

import { ENVIRONMENT_NAME, isAmong, RESERVED_FOR_TESTS, TEST_PREFIX } from "../../model/environments";
import { Failure, rejected } from "../failure";
import { privateFolder, projectRoot } from "../places";

/** Name of the Pulumi project, as in `Pulumi.yaml`. */
export const PROJECT = "strata";

/** The stack that runs on this machine and needs nothing else. */
export const LOCAL = "local";

/** A stack and its files. */
export interface Stack {
    /** Also the environment's name: prefix of every container, network and volume. */
    readonly name: string;
    /** What its author writes: `Pulumi.<name>.yaml`, or what `--config-file` names. */
    readonly source: string;
    /** The command line's copy with an encryption salt and image references; see `copy.ts`. */
    readonly copy: string;
    /** Holds the passphrase, mode 0600. */
    readonly passphraseFile: string;
    /** Folder of the file backend. */
    readonly stateFolder: string;
}

/** Set by the tests, which alone may use the names that are reserved for them. */
export const TESTING = "STRATA_TESTING";

/** Names of the committed stacks, sorted: one per `Pulumi.<name>.yaml`. */
export function stackNames(folder: string = projectRoot): string[] {
    return readdirSync(folder)
        .map((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1])
        .filter((name) => name !== undefined)
        .sort();
}

/**
 * Finds a stack's files without reading or creating any of them, except for the private folder.
 *
 * @param name - value of `--stack`
 * @param configFile - value of `--config-file`: a stack file outside the root, for stacks that are not committed
 * @throws Failure when there is no such stack or file, or when its name is reserved for tests
 */
export function findStack(name: string, configFile?: string, environment: NodeJS.ProcessEnv = process.env): Stack {
    if (!ENVIRONMENT_NAME.pattern.test(name)) {
        throw new Failure(
            `--stack: ${JSON.stringify(name)} is not a name; accepted: ${ENVIRONMENT_NAME.accepted}`,
            `use one of: ${stackNames().join(", ")}`,
        );
    }
    if (isAmong(name, RESERVED_FOR_TESTS) && environment[TESTING] !== "1") {
        const why = name.startsWith(TEST_PREFIX) ? `begins with ${TEST_PREFIX}, which` : "is a name that";
        throw new Failure(
            `--stack: ${JSON.stringify(name)} ${why} is reserved: npm test removes all such environments, data included`,
            "give the environment another name",
        );
    }
    const folder = privateFolder();
    const copy = join(folder, `Pulumi.${name}.yaml`);
    const source = sourceOf(name, configFile, copy);
    return {
        name,
        source,
        copy,
        passphraseFile: join(folder, `passphrase-${name}`),
        stateFolder: privateFolder("state"),
    };
}

/** A stack that came from `--config-file` keeps working without the option: the copy remembers its settings. */
function sourceOf(name: string, configFile: string | undefined, copy: string): string {
    if (configFile !== undefined) {
        const path = isAbsolute(configFile) ? configFile : resolve(configFile);
        if (!existsSync(path)) {
            throw new Failure(`--config-file: ${configFile} does not exist`, "name the stack file of the environment");
        }
        return path;
    }
    const committed = join(projectRoot, `Pulumi.${name}.yaml`);
    if (existsSync(committed)) return committed;
    if (existsSync(copy)) return copy;
    const known = stackNames();
    throw rejected(
        "--stack",
        name,
        known,
        `use one of these, or write Pulumi.${name}.yaml (Pulumi.${known[0] ?? LOCAL}.yaml is an example)`,
    );
}

/** Whether Pulumi has a state for the stack in the file backend of this checkout. */
export function hasState(stack: Stack): boolean {
    return existsSync(join(stack.stateFolder, ".pulumi", "stacks", PROJECT, `${stack.name}.json`));
}
