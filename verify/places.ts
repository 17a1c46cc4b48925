/**
 * Places that paths lead to on the engine's machine, which may not be this machine. Symbolic links, bind mounts and `/proc/<pid>/root`
 * give one folder many paths. The kernel has one name for each folder: a file system, and the path in it. Pure.
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

/** The probe's answer about a path: see `offline/images/probe/mounts.go`. */
export interface Located {
    readonly kind: "folder" | "file" | "socket" | "block" | "memory" | "device" | "other";
    /** The place of the path itself, then the places of mounts below it. */
    readonly places: readonly Place[];
}

/** Followed paths, by path on the engine's machine. Paths that could not be followed are missing. */
export type Places = ReadonlyMap<string, Located>;

/** Whether the two places are the same, or one lies in the other. */
export function overlap(a: Place, b: Place): boolean {
    return a.device === b.device && (contains(a.root, b.root) || contains(b.root, a.root));
}

/** Whether the second folder is the first one or lies in it. */
export function contains(outer: string, inner: string): boolean {
    const inside = (folder: string): string => (folder.endsWith("/") ? folder : `${folder}/`);
    return outer !== "" && inside(inner).startsWith(inside(outer));
}
