/**
 * Creating a stack and reading what a backend has of it, with a stand-in for `pulumi`: it answers as Pulumi 3.258 does by its
 * sources. The file and S3 backends are tested with the real program in test/integration; Pulumi Cloud cannot be asked here.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Pulumi } from "../../../cli/pulumi/pulumi";
import { encryptionIn, encryptionOf } from "../../../cli/stacks/encryption";
import type { Stack } from "../../../cli/stacks/stack";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "strata-create-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param script - what `pulumi` does; its working directory has the project's files */
function pulumi(script: string): Pulumi {
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho "$@" >>"${folder}/calls"\n${script}\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
    const stack = { name: "production" } as Stack;
    return new Pulumi(stack, "/nowhere", { PATH: `${folder}:/usr/bin:/bin` });
}

const calls = (): string => readFileSync(join(folder, "calls"), "utf8");

describe("creating a stack", () => {
    test("at Pulumi Cloud writes no stack file, and needs none", async () => {
        const created = await pulumi("echo Created stack").createStack({});
        expect(created).toEqual({ outcome: "created", encryption: {} });
        expect(calls()).not.toContain("--secrets-provider");
    });

    test("elsewhere gives the salt that pulumi writes", async () => {
        const it = pulumi('test -e Pulumi.production.yaml || echo "encryptionsalt: v1:a:b" >Pulumi.production.yaml');
        expect(await it.createStack({})).toEqual({ outcome: "created", encryption: { encryptionsalt: "v1:a:b" } });
    });

    test("with a key service names it, and gives the key that pulumi writes", async () => {
        const it = pulumi('grep -q awskms Pulumi.production.yaml && echo "encryptedkey: abc" >>Pulumi.production.yaml');
        expect(await it.createStack({ secretsprovider: "awskms://alias/strata" })).toEqual({
            outcome: "created",
            encryption: { secretsprovider: "awskms://alias/strata", encryptedkey: "abc" },
        });
        expect(calls()).toContain("--secrets-provider awskms://alias/strata");
    });

    test("that exists or is locked by somebody says so", async () => {
        const exists = pulumi("echo \"error: stack 'organization/strata/production' already exists\" >&2; exit 255");
        expect(await exists.createStack({})).toEqual({ outcome: "exists" });
        const locked = pulumi(
            "printf 'error: the stack is currently locked by 1 lock(s). Either wait\\n  s3://s/1.json: created by anna@laptop (pid 7) at 2026-01-01T00:00:00Z\\n' >&2; exit 255",
        );
        expect(await locked.createStack({})).toMatchObject({ outcome: "locked", locks: [{ user: "anna", pid: 7 }] });
    });

    test("that fails for another reason says which", async () => {
        await expect(pulumi("echo error: no credentials >&2; exit 255").createStack({})).rejects.toThrow(
            "no credentials",
        );
        await expect(pulumi("echo error: incorrect passphrase >&2; exit 255").createStack({})).rejects.toThrow(
            "does not open the secrets of production",
        );
    });
});

describe("what the backend has of a stack", () => {
    test("is nothing when there is no such stack, and an error when it does not answer", async () => {
        const missing = pulumi("echo \"error: no stack named 'production' found\" >&2; exit 255");
        expect(await missing.exported()).toBeUndefined();
        await expect(pulumi("echo error: access denied >&2; exit 255").exported()).rejects.toMatchObject({
            message: "the backend of production does not answer: error: access denied",
        });
    });

    test.each([
        ["a passphrase", { type: "passphrase", state: { salt: "v1:a:b" } }, { encryptionsalt: "v1:a:b" }],
        [
            "a key service",
            { type: "cloud", state: { url: "awskms://alias/strata", encryptedkey: "abc" } },
            { secretsprovider: "awskms://alias/strata", encryptedkey: "abc" },
        ],
        ["Pulumi Cloud", { type: "service", state: { url: "https://api.pulumi.com", owner: "acme" } }, {}],
    ])("tells that %s encrypts it", async (_, provider, encryption) => {
        const exported = { version: 3, deployment: { secrets_providers: provider } };
        const it = pulumi(`echo '${JSON.stringify(exported)}'`);
        expect(encryptionOf(await it.exported())).toEqual(encryption);
    });

    test("tells nothing before the first run at Pulumi Cloud", () => {
        expect(encryptionOf({ version: 3, deployment: null })).toBeUndefined();
        expect(encryptionOf({ version: 3, deployment: { resources: [] } })).toBeUndefined();
    });
});

test("the encryption of a file is what it says of it", () => {
    expect(encryptionIn({ encryptionsalt: "a", config: { x: 1 } })).toEqual({ encryptionsalt: "a" });
});

test("a wrong passphrase is explained in the same words by whatever asks for the state", async () => {
    const it = pulumi("echo 'error: get stack secrets manager: incorrect passphrase' >&2; exit 255");
    const said = "the passphrase that is given does not open the secrets of production";
    await expect(it.createStack({})).rejects.toThrow(said);
    await expect(it.state()).rejects.toThrow(said);
    await expect(it.exported()).rejects.toThrow(said);
});
