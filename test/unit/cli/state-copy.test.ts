/** The copy of a state that a plan is made from. */

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { copyState } from "../../../cli/pulumi/state-copy";

const exported = {
    version: 3,
    deployment: { resources: [{ urn: "u", inputs: { password: { ciphertext: "v1:x" } } }] },
};

test("is a backend of its own with the state and the stack file, whose secrets stay closed, and goes again", () => {
    const file = join(mkdtempSync(join(tmpdir(), "strata-copy-")), "Pulumi.staging.yaml");
    writeFileSync(file, "encryptionsalt: x\n");
    const { backend, configFile, remove } = copyState("staging", exported, file);
    const folder = backend.replace(/^file:\/\//, "");
    expect(JSON.parse(readFileSync(join(folder, ".pulumi", "stacks", "strata", "staging.json"), "utf8"))).toEqual({
        version: 3,
        checkpoint: { stack: "organization/strata/staging", latest: exported.deployment },
    });
    expect(readFileSync(join(folder, ".pulumi", "meta.yaml"), "utf8")).toBe("version: 1\n");
    // Pulumi may write to its stack file: the stack's own is another one.
    expect([configFile === file, readFileSync(configFile, "utf8")]).toEqual([false, "encryptionsalt: x\n"]);
    remove();
    expect(existsSync(folder)).toBe(false);
});
