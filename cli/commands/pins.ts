/** `strata pins`: compares `images.lock.json` and `downloads.lock.json` with registries and download servers. */

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import imageLock from "../../config/images.lock.json";
import { ExitCode, Failure } from "../failure";
import { Progress } from "../output/progress";
import { judgeDownloads, judgeImage, type LockedImage, type PinProblem } from "../pins/pins";
import { resolveImage } from "../pins/registry";
import { projectRoot } from "../places";
import { MACHINES, PUBLISHED_DOWNLOADS, reasonOf } from "../setup/downloads";
import { archivesFor } from "../setup/published";

/** Options of `pins`. */
export interface PinsOptions {
    /** Write the locks as they should be. */
    readonly write?: boolean;
}

/** @returns exit code: 0 as locked, 7 something is different, 2 something could not be asked */
export async function pins({ write = false }: PinsOptions): Promise<number> {
    const progress = new Progress();
    const problems: PinProblem[] = [];
    const silent: string[] = [];
    const images: Record<string, LockedImage> = { ...imageLock };
    for (const [name, locked] of Object.entries<LockedImage>(imageLock)) {
        try {
            const judged = judgeImage(name, locked, await resolveImage(locked.reference));
            problems.push(...judged.problems);
            images[name] = judged.entry;
        } catch (error) {
            if (!(error instanceof Failure)) throw error;
            silent.push(error.message);
        }
    }
    const downloads: Record<string, string> = {};
    for (const path of archivesFor(MACHINES)) {
        try {
            downloads[basename(path)] = await digestOf(`${PUBLISHED_DOWNLOADS}/${path}`);
        } catch (error) {
            silent.push(`${PUBLISHED_DOWNLOADS}/${path}: ${reasonOf(error)}`);
        }
    }
    problems.push(...judgeDownloads(downloads));
    for (const { name, problem } of problems) progress.line("!", `${name}: ${problem}`);
    for (const text of silent) progress.line("✗", text);
    if (silent.length > 0) {
        progress.print(`${silent.length} could not be asked: nothing is written`);
        return ExitCode.unknown;
    }
    if (problems.length === 0) {
        progress.line("✓", "every pin is what is published");
        return ExitCode.holds;
    }
    if (write) {
        writeLock("images", images);
        writeLock("downloads", downloads);
        progress.print("written; look at the difference before it is committed");
    }
    return ExitCode.changes;
}

async function digestOf(url: string): Promise<string> {
    const answer = await fetch(url);
    if (!answer.ok || answer.body === null) throw new Error(`it was answered ${answer.status}`);
    const hash = createHash("sha256");
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
    return hash.digest("hex");
}

function writeLock(of: string, content: object): void {
    writeFileSync(join(projectRoot, "config", `${of}.lock.json`), `${JSON.stringify(content, undefined, 4)}\n`);
}
