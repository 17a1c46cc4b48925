import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isComplete } from "../../../cli/setup/setup";
import { pinnedVersions, type Toolchain } from "../../../cli/setup/toolchain";

function toolchain(way: Toolchain["way"], has: { readonly pulumi: boolean; readonly plugins: boolean }): Toolchain {
    const folder = mkdtempSync(join(tmpdir(), "strata-toolchain-"));
    const [bin, home] = [join(folder, "bin"), join(folder, "home")];
    mkdirSync(bin);
    if (has.pulumi) writeFileSync(join(bin, "pulumi"), "");
    for (const [name, version] of has.plugins ? Object.entries(pinnedVersions().plugins) : []) {
        mkdirSync(join(home, "plugins", `resource-${name}-v${version}`), { recursive: true });
    }
    return { way, bin, home };
}

describe.each(["published", "offline"] as const)("the %s way", (way) => {
    test.each([
        [{ pulumi: true, plugins: true }, true],
        [{ pulumi: true, plugins: false }, false],
        [{ pulumi: false, plugins: false }, false],
    ])("is there with %j: %s", async (has, complete) => expect(await isComplete(toolchain(way, has))).toBe(complete));
});

test("plugins alone do for the published way only with a pinned pulumi on the PATH, and never for the other", async () => {
    const path = process.env.PATH;
    const folder = mkdtempSync(join(tmpdir(), "strata-path-"));
    const say = (version: string) =>
        writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
    process.env.PATH = `${folder}:${path}`;
    try {
        say(pinnedVersions().pulumi);
        expect(await isComplete(toolchain("published", { pulumi: false, plugins: true }))).toBe(true);
        expect(await isComplete(toolchain("offline", { pulumi: false, plugins: true }))).toBe(false);
        say("3.1.0");
        expect(await isComplete(toolchain("published", { pulumi: false, plugins: true }))).toBe(false);
    } finally {
        process.env.PATH = path;
    }
});
