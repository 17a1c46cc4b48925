/** Where the `pulumi` of each way is, and which version it must have. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Mirror } from "../mirror/manifest";
import { projectRoot } from "../places";
import type { Way } from "./way";

/** A Pulumi installation. */
export interface Toolchain {
    readonly way: Way;
    /** Folder with `pulumi` in it; goes in front of the PATH. */
    readonly bin: string;
    /** `PULUMI_HOME`: where the plugins are. The two ways never share one. */
    readonly home: string;
}

/** The toolchain of a way in a cache. It need not exist yet. */
export function toolchainOf(way: Way, cache: string): Toolchain {
    return way === "offline"
        ? { way, bin: join(cache, "toolchain", "bin"), home: join(cache, "pulumi-home") }
        : { way, bin: join(cache, "published", "bin"), home: join(cache, "published", "home") };
}

/**
 * The toolchain of the archives that a mirror holds. Other archives are another toolchain, and none of them takes the place of a
 * published one.
 */
export function mirrorToolchain({ files }: Pick<Mirror, "files">, cache: string): Toolchain {
    const digest = createHash("sha256")
        .update(JSON.stringify(Object.entries(files).sort()))
        .digest("hex");
    const folder = join(cache, "mirrors", digest.slice(0, 12));
    return { way: "published", bin: join(folder, "bin"), home: join(folder, "home") };
}

/** Folder that has all of a toolchain. */
export function folderOf({ bin }: Toolchain): string {
    return dirname(bin);
}

/** Exact versions from `package.json`: the CLI has the SDK's version, each plugin that of its npm package. */
export function pinnedVersions(): { readonly pulumi: string; readonly plugins: Readonly<Record<string, string>> } {
    const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
    };
    const plugins = Object.entries(dependencies)
        .filter(([name]) => name.startsWith("@pulumi/") && name !== "@pulumi/pulumi" && name !== "@pulumi/policy")
        .map(([name, version]) => [name.slice("@pulumi/".length), version]);
    return {
        pulumi: dependencies["@pulumi/pulumi"] ?? "",
        plugins: Object.fromEntries(plugins) as Record<string, string>,
    };
}

/** Where the engine looks for a provider's plugin. */
export function pluginFolder(toolchain: Toolchain, name: string, version: string): string {
    return join(toolchain.home, "plugins", `resource-${name}-v${version}`);
}
