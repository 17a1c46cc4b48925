/** Compares the pins of images and downloads with what registries and servers have now. */

import { LOCKED_DOWNLOADS } from "../setup/downloads";
import type { RegistryImage } from "./registry";
import { parseReference } from "./registry";

/** Machines that every image has to run on. */
export const PLATFORMS = ["linux/amd64", "linux/arm64"];

/** One entry of `images.lock.json`. */
export interface LockedImage {
    readonly reference: string;
    /** Where the digest was read. */
    readonly source: string;
    readonly note?: string;
}

/** An entry of a lock that is not what the registry or server has. */
export interface PinProblem {
    readonly name: string;
    readonly problem: string;
}

/**
 * Compares an entry with what the registry has under its tag. Pure.
 *
 * @returns the problems, and the entry as it should be
 */
export function judgeImage(
    name: string,
    locked: LockedImage,
    found: RegistryImage,
): { readonly problems: readonly PinProblem[]; readonly entry: LockedImage } {
    const { digest, registry, repository, tag } = parseReference(locked.reference);
    const problems: PinProblem[] = [];
    if (digest !== found.digest) {
        problems.push({ name, problem: `pinned is ${digest ?? "nothing"}, ${tag ?? "the tag"} is ${found.digest}` });
    }
    const missing = PLATFORMS.filter((platform) => !found.platforms.includes(platform));
    if (missing.length > 0) {
        const has = found.platforms.join(", ") || "one platform, as no index says which";
        problems.push({ name, problem: `does not run on ${missing.join(", ")}; it has ${has}` });
    }
    const named = locked.reference.split("@")[0]!;
    return {
        problems,
        entry: { reference: `${named}@${found.digest}`, source: `${registry}/${repository}, asked by its tag` },
    };
}

/** The downloads whose SHA-256 is not the locked one. Pure. */
export function judgeDownloads(found: Readonly<Record<string, string>>): PinProblem[] {
    return Object.entries(found)
        .filter(([name, sha256]) => LOCKED_DOWNLOADS[name] !== sha256)
        .map(([name, sha256]) => ({
            name,
            problem: `locked is ${LOCKED_DOWNLOADS[name] ?? "nothing"}, published is ${sha256}`,
        }));
}
