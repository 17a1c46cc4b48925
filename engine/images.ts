/** Images that an engine has. Pure. */

/** Processor architectures by reference. Finds each reference among inspected images by id, tag, or digest. */
export function matchImages(references: readonly string[], inspected: readonly unknown[]): Map<string, string> {
    const images = inspected as {
        Id: string;
        Architecture: string;
        RepoTags?: string[] | null;
        RepoDigests?: string[] | null;
    }[];
    const found = references.map((reference) => {
        const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
        const image = images.find(
            ({ Id, RepoTags, RepoDigests }) =>
                Id === reference ||
                (RepoTags ?? []).includes(reference) ||
                (digest !== undefined && (RepoDigests ?? []).some((it) => it.endsWith(`@${digest}`))),
        );
        return [reference, image?.Architecture] as const;
    });
    return new Map(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
