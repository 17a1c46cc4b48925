/**
 * Checksums that upstream publishes with its releases on GitHub: another server than the one that the archives come from. They are
 * compared where `downloads.lock.json` has no digest.
 */

import { basename } from "node:path";

import { reasonOf } from "./downloads";

/** Where upstream's releases are. */
export const PUBLISHED_RELEASES = "https://github.com/pulumi";

const PATIENCE = 20_000;

/** A digest of upstream's, or why there is none. */
export type Published = { readonly digest: string; readonly list: string } | { readonly why: string };

/**
 * URL of the list that has an archive's checksum. Pulumi's own has SHA-256; those of the providers have SHA-1 or SHA-256, depending on
 * what has written them (`.github/workflows/publish.yml` of `pulumi/pulumi-docker`).
 *
 * @param archive - path or name, for example `pulumi-resource-docker-v5.2.0-linux-amd64.tar.gz`
 * @returns undefined for a name that is no archive of the CLI or of a plugin
 */
export function checksumList(archive: string, releases: string): string | undefined {
    const [, plugin, version] = /^pulumi-(?:resource-([a-z0-9-]+)-)?v(\d+\.\d+\.\d+)-/.exec(basename(archive)) ?? [];
    if (version === undefined) return undefined;
    return plugin === undefined
        ? `${releases}/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`
        : `${releases}/pulumi-${plugin}/releases/download/v${version}/pulumi-${plugin}_${version}_checksums.txt`;
}

/** The digest of a file in the output of `sha256sum` or `shasum`, in lower case. Pure. */
export function listedDigest(list: string, file: string): string | undefined {
    for (const line of list.split("\n")) {
        const [, digest, name] = /^([0-9a-f]{40}|[0-9a-f]{64}) [ *](?:\.\/)?(\S+)\s*$/i.exec(line) ?? [];
        if (digest !== undefined && name === file) return digest.toLowerCase();
    }
    return undefined;
}

/** Asks upstream for an archive's digest. Never throws: the caller reports a list that cannot be read. */
export async function publishedDigest(archive: string, releases: string): Promise<Published> {
    const list = checksumList(archive, releases);
    if (list === undefined) return { why: "upstream publishes no checksum of it" };
    try {
        const answer = await fetch(list, { signal: AbortSignal.timeout(PATIENCE) });
        if (!answer.ok) return { why: `${list} was answered ${answer.status}` };
        const digest = listedDigest(await answer.text(), basename(archive));
        return digest === undefined ? { why: `${list} does not name it` } : { digest, list };
    } catch (error) {
        return { why: `${list} does not answer: ${reasonOf(error)}` };
    }
}
