/** The lock of test runs lies where everybody may write: what somebody else puts there is not followed. */

import {
    existsSync,
    lstatSync,
    mkdirSync,
    mkdtempSync,
    rmSync,
    statSync,
    symlinkSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Progress } from "../../../cli/output/progress";
import { asLeft, withMachineLock } from "../../../cli/testing/machine-lock";
import { machineName } from "../../../offline/build/process";

let folder: string;
let lock: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-machine-lock-"));
    lock = join(folder, "strata-tests.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = (): Promise<string> =>
    withMachineLock(new Progress({ write: () => undefined }), () => Promise.resolve("ran"), lock);

test("is a file for as long as tests run", async () => {
    const progress = new Progress({ write: () => undefined });
    const during = await withMachineLock(progress, () => Promise.resolve(lstatSync(lock).isFile()), lock);
    expect([during, existsSync(lock)]).toEqual([true, false]);
});

test.each(["a folder", "a file", "nothing"])("a link to %s in its place is refused and not followed", async (what) => {
    const victim = join(folder, "victim");
    if (what === "a folder") mkdirSync(victim, { mode: 0o700 });
    if (what === "a file") writeFileSync(victim, "theirs", { mode: 0o600 });
    const old = new Date("2020-01-01");
    if (what !== "nothing") utimesSync(victim, old, old);
    symlinkSync(victim, lock);
    await expect(take()).rejects.toThrow(`${lock} is no file, so it is nobody's lock`);
    expect(lstatSync(lock).isSymbolicLink()).toBe(true);
    if (what === "nothing") {
        expect(existsSync(victim)).toBe(false);
    } else {
        expect(statSync(victim).mode & 0o777).toBe(what === "a folder" ? 0o700 : 0o600);
        expect(statSync(victim).mtime).toEqual(old);
    }
});

test("a folder in its place is refused, with its right to be entered as it was", async () => {
    mkdirSync(lock, { mode: 0o700 });
    await expect(take()).rejects.toThrow("is no file");
    expect(statSync(lock).mode & 0o777).toBe(0o700);
});

test("a token that would lead to another folder names no file", async () => {
    mkdirSync(`${lock}.x`);
    const token = "x/../outside";
    writeFileSync(lock, JSON.stringify({ pid: 999_999_999, machine: machineName(), token }));
    const old = new Date(Date.now() - 60_000);
    utimesSync(lock, old, old);
    const made = join(folder, "outside");
    mkdirSync(made);
    utimesSync(made, old, old);
    expect(await take()).toBe("ran");
    expect(statSync(folder).isDirectory() && !existsSync(`${made}.new`)).toBe(true);
    expect(statSync(made).mtime).toEqual(old);
});

test("another user's lock that is left is named with the way out; other errors stay what they are", () => {
    const refused = (code: string, path: string): Error => Object.assign(new Error("no"), { code, path });
    expect(asLeft(refused("EPERM", lock), lock)).toMatchObject({
        message: expect.stringContaining("belongs to another user") as string,
        next: expect.stringContaining(`sudo rm ${lock}`) as string,
    });
    expect(asLeft(refused("EPERM", "/elsewhere"), lock)).toBeUndefined();
    expect(asLeft(refused("ENOSPC", lock), lock)).toBeUndefined();
});
