/** Where Pulumi keeps a stack's state: in this checkout for throw-away stacks, where their operator is logged in for all others. */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

import { isThrowaway } from "../../model/environments";
import { Failure, rejected } from "../failure";
import { projectRoot } from "../places";
import type { Stack } from "./stack";

/** A place for states. */
export interface Backend {
    /** A folder, a bucket or database that Pulumi locks with objects in it, or Pulumi Cloud and what speaks its protocol. */
    readonly kind: "folder" | "bucket" | "service";
    /** As Pulumi takes it in `PULUMI_BACKEND_URL`. */
    readonly url: string;
    /** Of `folder`: its absolute path. */
    readonly folder?: string;
}

/** Whether a backend is a service: it can say who works on a stack, and has organisations. */
const HAS_PROGRAM: Readonly<Record<Backend["kind"], boolean>> = { folder: false, bucket: false, service: true };

export function isService({ kind }: Pick<Backend, "kind">): boolean {
    return HAS_PROGRAM[kind];
}

/** Set by the lines of `strata env`, so that another stack does not take them for its operator's own variables. */
export const ENV_MARKER = "STRATA_ENV";

/** Where the SDK and the CLI of Pulumi go without a URL. */
const PULUMI_CLOUD = "https://api.pulumi.com";

/** Forms of a backend's URL, for messages. */
export const BACKEND_FORMS = ["s3://bucket", "gs://bucket", "azblob://container", PULUMI_CLOUD, "file:///folder"];

/**
 * The backend of a stack.
 *
 * For a stack that is not throw-away, the operator's login decides, in the order in which Pulumi itself looks: the variable
 * `PULUMI_BACKEND_URL`, `backend.url` of `Pulumi.yaml`, the current login, the token of a login without a file.
 *
 * @param caller - the operator's environment
 * @returns `undefined` when nothing says where
 * @throws Failure when variables of `strata env` for another stack hide the operator's own, or the URL is invalid
 */
export function backendOf(stack: Stack, caller: NodeJS.ProcessEnv): Backend | undefined {
    if (isThrowaway(stack.name))
        return { kind: "folder", url: `file://${stack.stateFolder}`, folder: stack.stateFolder };
    const other = caller[ENV_MARKER];
    if (other && other !== stack.name) {
        throw new Failure(
            `this shell has the variables of strata env for ${other}, which hide your own login from ${stack.name}`,
            `use another shell for ${stack.name}; nothing was touched`,
        );
    }
    const url =
        caller.PULUMI_BACKEND_URL ||
        projectBackend(join(projectRoot, "Pulumi.yaml")) ||
        currentLogin(credentialsFolder(caller)) ||
        (caller.PULUMI_ACCESS_TOKEN ? caller.PULUMI_API || PULUMI_CLOUD : undefined);
    return url ? parseBackend(url) : undefined;
}

/** Whether the stack's state is in this checkout: always for throw-away stacks, for others when their operator says so. */
export function isKeptHere(stack: Stack, caller: NodeJS.ProcessEnv = process.env): boolean {
    return backendOf(stack, caller)?.folder === stack.stateFolder;
}

/**
 * Folder of the operator's `credentials.json` and of the default organisation. Pulumi takes it separately from the folder of
 * the plugins, so that strata's plugins and the operator's login work together.
 */
export function credentialsFolder(caller: NodeJS.ProcessEnv): string {
    return resolve(caller.PULUMI_CREDENTIALS_PATH || caller.PULUMI_HOME || join(homedir(), ".pulumi"));
}

/** Reads a backend's URL. @throws Failure when it has no scheme */
export function parseBackend(url: string): Backend {
    if (/^https?:\/\//.test(url)) return { kind: "service", url };
    if (!/^[a-z][a-z0-9+.-]*:\/\//.test(url)) {
        throw rejected(
            "backend",
            url,
            BACKEND_FORMS,
            "correct PULUMI_BACKEND_URL, or log in again: pulumi login <url>",
        );
    }
    if (!url.startsWith("file://")) return { kind: "bucket", url };
    const [path = "", query] = url.slice("file://".length).split("?");
    const folder = path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(path);
    return { kind: "folder", url: `file://${folder}${query === undefined ? "" : `?${query}`}`, folder };
}

/** The URL that `pulumi login` stored last. @throws Failure when the file is encrypted, so that only Pulumi can read it */
function currentLogin(folder: string): string | undefined {
    const path = join(folder, "credentials.json");
    const content = read(path);
    if (content === undefined || content === "") return undefined;
    try {
        const { current, ...more } = JSON.parse(content) as { current?: string };
        if (!("$pulumiSecureStore" in more)) return current;
    } catch {
        throw new Failure(`${path} is not JSON`, "log in again: pulumi login <url>");
    }
    throw new Failure(
        `${path} is encrypted, so it cannot be told where you are logged in`,
        "say it: export PULUMI_BACKEND_URL=<url>; the login itself is used as it is",
    );
}

function projectBackend(path: string): string | undefined {
    const project = parse(read(path) ?? "") as { backend?: { url?: string } } | null;
    return project?.backend?.url;
}

function read(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}
