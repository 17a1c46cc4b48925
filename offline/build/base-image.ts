import { join } from "node:path";

import { readDebianSource } from "./debian-source";
import { DEBIAN_RELEASE } from "./image-recipes";
import { execute, type ImageTask, keepPart, latestTag } from "./image-task";

/** Settings of the base image that other images have in a Dockerfile. */
export const importChanges = [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LABEL strata.image=base",
    'CMD ["/bin/bash"]',
] as const;

/** Makes the base image, Debian's smallest system, and keeps it as an archive. */
export async function makeBase(task: ImageTask & { readonly hash: string }): Promise<void> {
    const archive = await keepPart(task, task.hash, "rootfs.tar", async (file) => {
        const source = await readDebianSource(task.context, DEBIAN_RELEASE);
        await execute(task, "mmdebstrap", [
            ...bootstrapOptions(task.folder),
            ...source.options.map((option) => `--aptopt=${option}`),
            DEBIAN_RELEASE,
            file,
            ...source.lines,
        ]);
    });
    const changes = importChanges.flatMap((change) => ["--change", change]);
    await execute(task, "docker", ["import", ...changes, archive, task.tag]);
    await execute(task, "docker", ["tag", task.tag, latestTag(task.name)]);
}

/** Options of `mmdebstrap`; the sources and the machine's own options follow them. */
export function bootstrapOptions(folder: string): string[] {
    const scripts = ["busybox-root", "install-packages", "strip-privileges"].map((script) => join(folder, script));
    return [
        "--variant=minbase",
        "--include=ca-certificates",
        `--dpkgopt=${join(folder, "dpkg.conf")}`,
        `--customize-hook=copy-in ${scripts.join(" ")} /usr/local/sbin`,
        // The machine's mirror settings and the package lists stay out of the image.
        '--customize-hook=cd "$1/etc/apt" && rm -f apt.conf.d/99mmdebstrap sources.list sources.list.d/*',
        '--customize-hook=rm -rf "$1"/var/lib/apt/lists/*',
        "--skip=cleanup/apt/lists",
    ];
}
