/**
 * The declaration of an environment as it was when a command began: the stack file and every file of the checkout that the program or
 * the policies can read. Pulumi reads all of them once for the plan and once more for the update.
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { Failure } from "../failure";
import { projectRoot } from "../places";
import type { Stack } from "./stack";

/** Folders of the checkout that neither the program nor the policies load anything from. */
const NOT_LOADED = ["docs", "test", "bench"];

/** Folder of packages. They are compared by what npm recorded of them. */
const PACKAGES = "node_modules";

/** npm's records of the packages of the program and of the policies. */
const INSTALLED = [PACKAGES, join("policies", PACKAGES)].map((folder) => join(folder, ".package-lock.json"));

/** Code, which counts wherever it is. */
const CODE = /\.[cm]?[jt]s$/;

/** Files that count: code, and what code reads. People write other files, such as logs, into a checkout while a command runs. */
const READ = /\.(?:[cm]?[jt]s|json|ya?ml|sql|sh|hcl|conf|tpl|pem|asc)$/;

/** Data in the root of the checkout that counts. Other files there may be a command's output: `up --json >result.json`. */
const ROOT_DATA = /^(?:package|package-lock|tsconfig)\.json$|^Pulumi\.yaml$/;

/** A stack file in the root of the checkout. */
const STACK_FILE = /^Pulumi\..+\.ya?ml$/;

/** Longest list of files in a message. */
const SHOWN = 3;

/** Digests of contents, by path. */
export type Digests = ReadonlyMap<string, string>;

/** Files as they were when they were first looked at. */
export class Declaration {
    private readonly files: Map<string, string>;

    private constructor(
        private readonly environment: string,
        private readonly look: () => Digests,
    ) {
        this.files = new Map(look());
    }

    /** The stack file, and all that the program and the policies can read. @param root - of the checkout */
    static of(stack: Pick<Stack, "name" | "source">, root: string = projectRoot): Declaration {
        return new Declaration(stack.name, () => new Map([...digestsOf(root), ...digestsOfFiles([stack.source])]));
    }

    /** The stack file alone: for commands that run no program. */
    static ofSettings({ name, source }: Pick<Stack, "name" | "source">): Declaration {
        return new Declaration(name, () => digestsOfFiles([source]));
    }

    /** Adds a file, as it is now: the stack file that Pulumi is given, once it is written. */
    include(file: string): this {
        digestsOfFiles([file]).forEach((digest, path) => this.files.set(path, digest));
        return this;
    }

    /** Paths of files that have changed since, or are new or gone. */
    changes(): string[] {
        const now = this.look();
        const others = [...this.files.keys()].filter((path) => !now.has(path));
        return changedFiles(this.files, new Map([...now, ...digestsOfFiles(others)]));
    }

    /**
     * @param outcome - what was done until now, for the message
     * @throws Failure when a file has changed
     */
    refuseChanged(outcome: string): void {
        const changed = this.changes().map((path) => shortest(path));
        if (changed.length === 0) return;
        const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : "";
        throw new Failure(
            `the declaration of ${this.environment} changed while this ran (${changed.slice(0, SHOWN).join(", ")}${more}); ${outcome}`,
            "run it again: the plan is made anew",
        );
    }
}

/** Paths whose digests differ, or that only one side has; sorted. Pure. */
export function changedFiles(before: Digests, now: Digests): string[] {
    return [...new Set([...before.keys(), ...now.keys()])]
        .filter((path) => (before.get(path) ?? ABSENT) !== (now.get(path) ?? ABSENT))
        .sort();
}

const ABSENT = "absent";

/** Digests of every file of a checkout that loading the program or the policies can read. */
function digestsOf(root: string): Digests {
    // Stack files of other environments are not read.
    const left = readdirSync(root).filter((name) => STACK_FILE.test(name) || NOT_LOADED.includes(name));
    const paths = [root, ...left.map((name) => join(root, name))];
    const seen = new Set(paths.flatMap((path) => orIfGone([], () => [realpathSync(path)])));
    const isCounted = (path: string): boolean =>
        dirname(path) !== root || CODE.test(path) || ROOT_DATA.test(basename(path));
    const files = filesIn(root, seen).filter(isCounted);
    return digestsOfFiles([...files, ...INSTALLED.map((path) => join(root, path))]);
}

function digestsOfFiles(paths: readonly string[]): Digests {
    return new Map(paths.map((path) => [path, digestOf(path)]));
}

function digestOf(path: string): string {
    try {
        return createHash("sha256").update(readFileSync(path)).digest("hex");
    } catch (error) {
        const { code = "unreadable" } = error as NodeJS.ErrnoException;
        return code === "ENOENT" ? ABSENT : code;
    }
}

/**
 * The files that count, below a folder. Links are followed, as loading follows them.
 *
 * @param seen - real paths that are left out; each folder is read once
 */
function filesIn(folder: string, seen: Set<string>): string[] {
    return orIfGone([], () => readdirSync(folder)).flatMap((name) => {
        const path = join(folder, name);
        const real = orIfGone(undefined, () => realpathSync(path));
        if (real === undefined || seen.has(real)) return [];
        const found = statSync(real, { throwIfNoEntry: false });
        if (!found?.isDirectory()) return found?.isFile() && READ.test(name) ? [path] : [];
        if (name === PACKAGES || name.startsWith(".")) return [];
        seen.add(real);
        return filesIn(path, seen);
    });
}

/** Looks at a file that may be gone meanwhile: an editor or `git` works on the same folders. */
function orIfGone<T>(otherwise: T, look: () => T): T {
    try {
        return look();
    } catch {
        return otherwise;
    }
}

function shortest(path: string): string {
    const inside = relative(projectRoot, path);
    return inside.startsWith("..") ? path : inside;
}
