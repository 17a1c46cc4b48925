/** What a run of `pulumi` is told, with a stand-in for it. */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Pulumi } from "../../../cli/pulumi/pulumi";
import type { Stack } from "../../../cli/stacks/stack";
import { LEFT_OUT_VARIABLE } from "../../../model/left-out";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "strata-operate-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
    [["--exclude", "**$vault:**"], "1"],
    [["--refresh"], ""],
])("policies are told whether a run leaves something out: %j", async (args, told) => {
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\nprintf %s "$${LEFT_OUT_VARIABLE}" >"${folder}/told"\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
    const env = { PATH: `${folder}:/usr/bin:/bin`, [LEFT_OUT_VARIABLE]: "of the caller" };
    const pulumi = new Pulumi({ name: "test-operate" } as Stack, "/nowhere", env);
    const { code, logFile } = await pulumi.operate(
        "preview",
        args,
        () => undefined,
        () => undefined,
    );
    rmSync(logFile);
    expect([code, readFileSync(join(folder, "told"), "utf8")]).toEqual([0, told]);
});
