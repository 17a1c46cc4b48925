import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { engineFolder, engineSteps } from "../../../offline/build/engine";
import type { OfflineContext, Step } from "../../../offline/build/step";

let folder: string;
let context: OfflineContext;

/** A program that stands for the real one on the PATH. */
function program(name: string, script: string): void {
    const file = join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
}

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-engine-steps-"));
    mkdirSync(join(folder, "bin"));
    program(
        "go",
        'echo "$1 cgo=$CGO_ENABLED" >> "$0.calls"; while [ "$#" -gt 1 ]; do [ "$1" = -o ] && touch "$2"; shift; done',
    );
    context = {
        projectRoot: join(__dirname, "..", "..", ".."),
        cache: join(folder, "cache"),
        environment: { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
    };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const step = (name: string): Step => engineSteps(context).find((it) => it.name === name)!;
const made = (name: string): string => join(engineFolder(context.cache), name);
const calls = (): string => readFileSync(join(folder, "bin", "go.calls"), "utf8");

test("a step with two programs is current while both are there", async () => {
    const containerd = step("engine-containerd");
    expect(await containerd.isCurrent()).toBe(false);
    await containerd.run(() => undefined);
    expect(["containerd", "containerd-shim-runc-v2"].map((name) => existsSync(made(name)))).toEqual([true, true]);
    expect(await containerd.isCurrent()).toBe(true);
    expect(calls()).not.toContain("cgo=1");

    rmSync(made("containerd-shim-runc-v2"));
    expect(await containerd.isCurrent()).toBe(false);
});

test("runc is compiled against the static libseccomp of a package that is unpacked and not installed", async () => {
    program("apt-get", '[ "$1" = update ] || touch libseccomp-dev_1_amd64.deb');
    const library = "usr/lib/x86_64-linux-gnu";
    program("dpkg", `mkdir -p "$3/${library}" && touch "$3/${library}/libseccomp.a" "$3/${library}/libseccomp.so"`);
    await step("engine-runc").run(() => undefined);
    expect(calls()).toContain("build cgo=1");
    const unpacked = join(context.cache, "build", "libseccomp", library);
    expect(["libseccomp.a", "libseccomp.so"].map((name) => existsSync(join(unpacked, name)))).toEqual([true, false]);
});
