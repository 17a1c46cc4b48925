import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { passphraseVariables } from "../../../cli/stacks/passphrase";
import type { Stack } from "../../../cli/stacks/stack";

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
    expect(passphraseVariables(local, {})).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: local.passphraseFile });
    expect(statSync(local.passphraseFile).mode & 0o777).toBe(0o600);
    const first = readFileSync(local.passphraseFile, "utf8");
    expect(first).toMatch(/^[\w-]{43}$/);
    passphraseVariables(local, {});
    expect(readFileSync(local.passphraseFile, "utf8")).toBe(first);
});

test("local ignores what another project left in the shell; other stacks use it", () => {
    const shell = { PULUMI_CONFIG_PASSPHRASE_FILE: "/elsewhere" };
    const local = stack("local");
    expect(passphraseVariables(local, shell)).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: local.passphraseFile });
    expect(passphraseVariables(stack("staging"), shell)).toEqual(shell);
});

test("the passphrase that strata env of another stack left in the shell is not used", () => {
    const staging = stack("staging");
    const shell = { PULUMI_CONFIG_PASSPHRASE_FILE: join(dirname(staging.passphraseFile), "passphrase-local") };
    expect(passphraseVariables(staging, shell)).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: staging.passphraseFile });
});

test("a lost passphrase is said, not replaced", () => {
    const local = withState(stack("local"));
    expect(() => passphraseVariables(local, {})).toThrow(
        `${local.passphraseFile} is missing, and the state of local is encrypted with it`,
    );
});

test("a stack file that is encrypted with a passphrase needs that one, not a new one", () => {
    expect(() => passphraseVariables(stack("production", "encryptionsalt: v1:a\n"), {})).toThrow(
        "no passphrase for production",
    );
});
