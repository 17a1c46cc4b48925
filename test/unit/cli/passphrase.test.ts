import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { needsPassphrase, passphraseVariables } from "../../../cli/stacks/passphrase";
import type { Stack } from "../../../cli/stacks/stack";

const HERE = { kind: "folder", url: "file:///state", folder: "/state" } as const;

function stack(name: string, source = "config: {}\n"): Stack {
    const folder = mkdtempSync(join(tmpdir(), "strata-passphrase-"));
    writeFileSync(join(folder, "source.yaml"), source);
    return {
        name,
        source: join(folder, "source.yaml"),
        copy: join(folder, "copy.yaml"),
        passphraseFile: join(folder, "passphrase"),
        stateFolder: join(folder, "state"),
    };
}

function withState(it: Stack): Stack {
    const folder = join(it.stateFolder, ".pulumi", "stacks", "strata");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${it.name}.json`), "{}");
    return it;
}

test("is made once, readable by its owner only, and handed on as a path", () => {
    const local = stack("local");
    expect(passphraseVariables(local, HERE, {})).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: local.passphraseFile });
    expect(statSync(local.passphraseFile).mode & 0o777).toBe(0o600);
    const first = readFileSync(local.passphraseFile, "utf8");
    expect(first).toMatch(/^[\w-]{43}$/);
    passphraseVariables(local, HERE, {});
    expect(readFileSync(local.passphraseFile, "utf8")).toBe(first);
});

test("local ignores what another project left in the shell; other stacks have their operator's", () => {
    const shell = { PULUMI_CONFIG_PASSPHRASE_FILE: __filename };
    const local = stack("local");
    expect(passphraseVariables(local, HERE, shell)).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: local.passphraseFile });
    expect(passphraseVariables(stack("staging"), HERE, shell)).toEqual(shell);
    expect(passphraseVariables(stack("staging"), HERE, { ...shell, PULUMI_CONFIG_PASSPHRASE: "x" })).toEqual({
        PULUMI_CONFIG_PASSPHRASE: "x",
    });
});

test("none is ever made for a stack that is not throw-away", () => {
    const staging = stack("staging");
    expect(passphraseVariables(staging, HERE, {})).toBeUndefined();
    expect(existsSync(staging.passphraseFile)).toBe(false);
});

test("a lost passphrase is said, not replaced", () => {
    const local = withState(stack("local"));
    expect(() => passphraseVariables(local, HERE, {})).toThrow(
        `${local.passphraseFile} is missing, and the state of local is encrypted with it`,
    );
});

test.each([
    [{}, "bucket", true],
    [{}, "folder", true],
    [{}, "service", false],
    [{ encryptionsalt: "v1:a" }, "service", true],
    [{ secretsprovider: "passphrase" }, "service", true],
    [{ secretsprovider: "default" }, "service", false],
    [{ secretsprovider: "default" }, "bucket", true],
    [{ secretsprovider: "awskms://alias/strata" }, "bucket", false],
    [{ secretsprovider: "awskms://alias/strata", encryptedkey: "a" }, "service", false],
] as const)("a file with %j in a %s needs one: %s", (source, kind, needed) => {
    expect(needsPassphrase(source, { kind, url: "" })).toBe(needed);
});
