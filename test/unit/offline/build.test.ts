import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { pinnedVersion } from "../../../offline/build/go";
import { withCacheLock } from "../../../offline/build/lock";
import { run } from "../../../offline/build/run";
import { digestOf, isStamped, writeStamp } from "../../../offline/build/stamp";

let folder: string;
const file = (name: string, content = ""): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
};

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-build-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a failing command", () => {
    const command = (script: string) => ({
        step: "plugin-example",
        program: "/bin/sh",
        args: ["-c", script],
        cwd: folder,
        environment: {},
        logFile: join(folder, "logs", "plugin-example.log"),
    });

    test("names the step, the command, the last 20 lines and the log file", async () => {
        const failure = run(command("for i in $(/usr/bin/seq 1 30); do echo line $i; done; echo broken >&2; exit 3"));
        const message = await failure.then(
            () => "",
            (error: Error) => error.message,
        );
        expect(message).toContain("plugin-example: /bin/sh -c for i in");
        expect(message).toContain("exited with 3");
        expect(message).toContain(join(folder, "logs", "plugin-example.log"));
        expect(message).toContain("    broken");
        expect(message).toContain("    line 30\n");
        expect(message).not.toContain("    line 11\n");
        expect(readFileSync(join(folder, "logs", "plugin-example.log"), "utf8")).toContain("line 1\n");
    });

    test("that does not exist says so", async () => {
        await expect(run({ ...command(""), program: "no-such-program" })).rejects.toThrow("could not be started");
    });
});

describe("a stamp", () => {
    test("is current for the same content and facts, in any folder", async () => {
        const stamp = join(folder, "deep", "artefact.stamp");
        const artefact = file("artefact");
        const digest = await digestOf(folder, [file("main.go", "one")], ["go1"]);
        await writeStamp(stamp, digest);
        expect(await isStamped(artefact, stamp, digest)).toBe(true);
        expect(await digestOf(folder, [file("main.go", "one")], ["go1"])).toBe(digest);
        expect(await digestOf(folder, [file("main.go", "two")], ["go1"])).not.toBe(digest);
        expect(await digestOf(folder, [file("main.go", "one")], ["go2"])).not.toBe(digest);
        expect(await digestOf(tmpdir(), [file("main.go", "one")], ["go1"])).not.toBe(digest);
    });

    test("without its artefact is not", async () => {
        await writeStamp(join(folder, "stamp"), "digest");
        expect(await isStamped(join(folder, "gone"), join(folder, "stamp"), "digest")).toBe(false);
    });
});

describe("the cache lock", () => {
    test("lets one work at a time", async () => {
        const events: string[] = [];
        const work = (name: string) =>
            withCacheLock(
                folder,
                () => undefined,
                async () => {
                    events.push(`${name} starts`);
                    await sleep(30);
                    events.push(`${name} ends`);
                },
            );
        await Promise.all([work("a"), work("b")]);
        expect(events.map((event) => event.split(" ")[1])).toEqual(["starts", "ends", "starts", "ends"]);
    });

    test("of a process that is gone holds nobody up", async () => {
        file(".lock", "999999999");
        await expect(
            withCacheLock(
                folder,
                () => undefined,
                () => Promise.resolve("done"),
            ),
        ).resolves.toBe("done");
    });

    test("is given back when the work fails", async () => {
        const failing = withCacheLock(
            folder,
            () => undefined,
            () => Promise.reject(new Error("broken")),
        );
        await expect(failing).rejects.toThrow("broken");
        await expect(
            withCacheLock(
                folder,
                () => undefined,
                () => Promise.resolve("done"),
            ),
        ).resolves.toBe("done");
    });
});

test("a version that is not exact is refused", async () => {
    file("package.json", JSON.stringify({ dependencies: { "@pulumi/docker": "^5.2.0", "@pulumi/random": "4.21.2" } }));
    const context = { projectRoot: folder, cache: folder, environment: {} };
    await expect(pinnedVersion(context, "@pulumi/docker")).rejects.toThrow("must be an exact version");
    await expect(pinnedVersion(context, "@pulumi/vault")).rejects.toThrow("undefined");
    await expect(pinnedVersion(context, "@pulumi/random")).resolves.toBe("4.21.2");
});
