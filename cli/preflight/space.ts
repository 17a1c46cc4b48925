/** Memory and disk. */

import { hasRole } from "../../components/kinds";
import { replicasOf } from "../../model/instances";
import type { Platform, Service } from "../../model/platform";
import { runsOf } from "../../model/runs";
import type { Declared } from "../stacks/platform";
import { mebibytes } from "../output/text";
import type { Finding } from "./finding";

/** Free space that a first set-up with all images takes, in MiB. */
const FIRST_SET_UP_MIB = 8 * 1024;
/** Free space in MiB below which databases and logs of a running environment stop within the day. */
const FULL_MIB = 256;
/** How much of the memory the limits may add up to. They are upper bounds, seldom reached by all services at once. */
const OVERCOMMIT = 1.5;

/** A folder that has to be written to. */
export interface DiskFacts {
    /** What it is for: `cache`, `images and volumes`. */
    readonly what: string;
    readonly folder: string;
    /** `undefined` when it cannot be told. */
    readonly freeMiB: number | undefined;
    /** Files that can still be made; `undefined` where the file system does not count them. */
    readonly freeFiles: number | undefined;
    /** Error code of writing a small file there, for example `EDQUOT`; `undefined` when it worked or was not tried. */
    readonly refusal: string | undefined;
    /** Whether everything that takes space is there already. */
    readonly isSetUp: boolean;
}

/**
 * The sum of all memory limits, in MiB. Jobs take memory only while they run, mostly one after the other, so of all jobs the
 * one with the largest limit counts. What a job needs beside itself counts with the job.
 */
function limitsOf({ services }: Pick<Platform, "services">): number {
    const limit = (service: Service): number => service.limits.memoryMiB * replicasOf(service);
    const lasting = services.filter((service) => runsOf(service, services) === undefined);
    const jobs = services
        .filter((service) => hasRole(service, "job"))
        .map((job) => services.filter(({ name, sidecarOf }) => [name, sidecarOf].includes(job.name)));
    const sum = (all: readonly Service[]): number => all.reduce((total, one) => total + limit(one), 0);
    return sum(lasting) + Math.max(0, ...jobs.map(sum));
}

/** Judges the sum of all memory limits against the engine's memory. Pure. */
export function judgeMemory(availableMiB: number, { platform }: Pick<Declared, "platform">): Finding {
    const limits = limitsOf(platform);
    const what = "memory";
    const value = `limits add up to ${mebibytes(limits)} of ${mebibytes(availableMiB)}`;
    const fix = "run fewer products (strata:products) or use a larger machine";
    if (limits <= availableMiB) return { what, value, verdict: "good" };
    return limits <= availableMiB * OVERCOMMIT
        ? { what, value, verdict: "note", fix }
        : { what, value, verdict: "bad", accepted: `at most ${mebibytes(availableMiB * OVERCOMMIT)}`, fix };
}

/** Judges each folder. Pure. */
export function judgeDisks(disks: readonly DiskFacts[]): Finding[] {
    return disks.map(judgeDisk);
}

function judgeDisk({ what: purpose, folder, freeMiB, freeFiles, refusal, isSetUp }: DiskFacts): Finding {
    const what = `disk for ${purpose}`;
    const accepted = `a folder that can be written to, with ${mebibytes(FULL_MIB)} free`;
    if (refusal === "EDQUOT" || refusal === "ENOSPC") {
        const why = refusal === "EDQUOT" ? "the user's quota is used up" : "the file system is full";
        return {
            what,
            value: `${folder}: ${why}`,
            verdict: "bad",
            accepted,
            fix: `free some space: du -xh -d1 ${folder}`,
        };
    }
    if (refusal !== undefined) {
        const fix = `let this user write there: ls -ld ${folder}`;
        return { what, value: `${folder} cannot be written to (${refusal})`, verdict: "bad", accepted, fix };
    }
    if (freeMiB === undefined) {
        return {
            what,
            value: `${folder} cannot be looked at from here`,
            verdict: "unknown",
            fix: "ask the engine: docker system df",
            lasting: true,
        };
    }
    const value = `${mebibytes(freeMiB)} free in ${folder}`;
    if (freeFiles === 0) {
        return {
            what,
            value: `no file can be made in ${folder}: all inodes are used`,
            verdict: "bad",
            accepted,
            fix: `df -i ${folder}`,
        };
    }
    if (freeMiB < FULL_MIB) {
        const fix =
            purpose === "images and volumes" ? "free some: docker system df" : `free some: du -xh -d1 ${folder}`;
        return { what, value, verdict: "bad", accepted, fix };
    }
    return freeMiB >= FIRST_SET_UP_MIB || isSetUp
        ? { what, value, verdict: "good" }
        : { what, value, verdict: "note", fix: `a first set-up takes ${mebibytes(FIRST_SET_UP_MIB)}: free some` };
}
