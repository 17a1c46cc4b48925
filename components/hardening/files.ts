import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

/** A file that a service reads below {@link FILES}. */
export interface ServiceFile {
    /** Path below {@link FILES}, for example `traefik.yaml` or `secrets/postgres`. */
    readonly path: string;
    /** Secret contents stay secret: they exist only in the encrypted state and in the service's own volume. */
    readonly content: pulumi.Input<string>;
    /**
     * The service notices changes by itself, so a changed content does not replace its container.
     * @default false
     */
    readonly watched?: boolean;
}

/** Folder in which a service finds its files, read-only. */
export const FILES = "/etc/strata";

/**
 * One hash over all files that a service reads at start only. It goes into a label, so that a changed file replaces the
 * container. It is not secret: a digest of high-entropy values reveals nothing about them, and a secret label would hide
 * the reason for a replacement in the preview.
 */
export function filesHash(files: readonly ServiceFile[]): pulumi.Output<string> {
    const settled = files.filter((file) => !file.watched);
    const contents = pulumi.all(settled.map((file) => file.content));
    return pulumi.unsecret(
        contents.apply((texts) => {
            const hash = createHash("sha256");
            settled.forEach((file, index) => hash.update(`${file.path}\0${texts[index]}\0`));
            return hash.digest("hex").slice(0, 16);
        }),
    );
}
