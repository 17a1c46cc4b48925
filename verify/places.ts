/**
 * Where names of folders lead to on the engine's machine, which may be another one than this: symbolic links, bind mounts and
 * `/proc/<pid>/root` give one folder many names. The kernel names each folder once: a file system, and the path in it. Pure.
 */

/** A folder or file of one file system. */
export interface Place {
    /** Major and minor number of the file system. */
    readonly device: string;
    /** Path from the file system's own root. */
    readonly root: string;
    /** Type of the file system, for example `ext4`. */
    readonly type: string;
}

/** What the probe prints about a path: see `offline/images/probe/mounts.go`. */
export interface Located {
    readonly kind: "folder" | "file" | "socket" | "block" | "memory" | "device" | "other";
    /** The path itself, then what is mounted below it. */
    readonly places: readonly Place[];
}

/** By path on the engine's machine; what could not be followed is missing. */
export type Places = ReadonlyMap<string, Located>;

/** Whether one of the two is the other or lies in it. */
export function overlap(a: Place, b: Place): boolean {
    return a.device === b.device && (contains(a.root, b.root) || contains(b.root, a.root));
}

/** Whether the second folder is the first one or lies in it. */
export function contains(outer: string, inner: string): boolean {
    const inside = (folder: string): string => (folder.endsWith("/") ? folder : `${folder}/`);
    return outer !== "" && inside(inner).startsWith(inside(outer));
}
