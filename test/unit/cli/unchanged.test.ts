/** Which conformance files are left out of a run, and that a run never says of one that it ran. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Tested } from "../../../cli/testing/conformance-key";
import type { Run } from "../../../cli/testing/jest";
import { BELIEVED, keepPass, passFolder, readPass } from "../../../cli/testing/passes";
import { closingLine, type FileResult, readFiles, selectSuites, type Suite } from "../../../cli/testing/suites";
import { leaveOut, mayLeaveOut, type Request, runChanged, unchangedLine } from "../../../cli/testing/unchanged";

const ONE = "test/conformance/one.test.ts";
const TWO = "test/conformance/two.test.ts";
const LIVE: FileResult = { file: "test/integration/edge.test.ts", passed: 7, failed: 0, skipped: 0 };

let root: string;
let said: string[];
/** What jest was asked to run. */
let ran: { suites: readonly Suite[]; options: readonly string[] }[];

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "strata-unchanged-"));
    for (const file of [
        ...[ONE, TWO, "package.json", "jest.config.js", "node_modules/.package-lock.json"],
        ...["offline/plugins/list.txt", "cache/bin/pulumi"],
    ]) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), file);
    }
    said = [];
    ran = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const passed = (file: string, tests: number): FileResult => ({ file, passed: tests, failed: 0, skipped: 0 });
const BOTH = [passed(ONE, 4), passed(TWO, 9), LIVE];

function tested(): Tested {
    return {
        root,
        toolchain: { way: "offline", bin: join(root, "cache", "bin"), home: join(root, "cache", "home") },
        plugins: {},
        path: "",
        engine: { host: "unix:///x.sock", version: "1", api: "1", identity: "x" },
        images: {},
        machine: { os: "linux", release: "1", arch: "x64" },
    };
}

/** A run of `npm test -- <words>`, its levels with containers. @param during - what happens meanwhile */
async function npmTest(
    words: readonly string[],
    files: readonly FileResult[],
    { during = () => undefined, ...more }: Partial<Request> & { readonly during?: () => void } = {},
): ReturnType<typeof runChanged> {
    const selection = selectSuites(words);
    const request: Request = {
        suites: selection.suites.filter((suite) => ["conformance", "integration"].includes(suite)),
        selection,
        all: false,
        tested: () => Promise.resolve(tested()),
        folder: passFolder(join(root, "cache")),
        say: (line) => said.push(line),
        ...more,
    };
    return runChanged(request, (suites, options): Promise<Run> => {
        ran.push({ suites, options });
        during();
        const sum = (of: (it: FileResult) => number): number => files.reduce((all, it) => all + of(it), 0);
        const tally = {
            passed: sum((it) => it.passed),
            failed: sum((it) => it.failed),
            skipped: 0,
            couldNotRun: false,
        };
        return Promise.resolve({ tally, files });
    });
}

const today = (): string => new Date().toISOString().slice(0, 10);

test("what passed is not run again while nothing changes, is said, and is in no number", async () => {
    expect((await npmTest([], BOTH)).line).toBeUndefined();
    expect(ran).toEqual([{ suites: ["conformance", "integration"], options: [] }]);
    const { tally, line } = await npmTest([], [LIVE]);
    expect(ran.at(-1)).toEqual({ suites: ["integration"], options: [] });
    expect(line).toBe(`conformance: unchanged since ${today()}, 13 tests, not run again; run with --all`);
    expect(said.map((line) => line.split(" at ")[0])).toEqual([
        `${ONE} is not run: its 4 tests passed`,
        `${TWO} is not run: its 9 tests passed`,
    ]);
    expect(closingLine(tally)).toBe("7 passed, 0 failed");
});

test("only the file that changed is run", async () => {
    await npmTest([], BOTH);
    writeFileSync(join(root, TWO), "changed");
    const { line } = await npmTest([], [passed(TWO, 9), LIVE]);
    expect(ran.at(-1)).toEqual({
        suites: ["conformance", "integration"],
        options: ["--testPathIgnorePatterns", "/node_modules/", "/test/conformance/one\\.test\\.ts$"],
    });
    expect(line).toBe(`conformance: 1 of 2 files unchanged since ${today()}, 4 tests, not run again; run with --all`);
});

test("with --all everything is run, and a failure ends an earlier pass", async () => {
    await npmTest([], BOTH);
    expect((await npmTest([], [passed(ONE, 4), { ...passed(TWO, 8), failed: 1 }, LIVE], { all: true })).line).toBe(
        undefined,
    );
    expect(ran.at(-1)).toEqual({ suites: ["conformance", "integration"], options: [] });
    await npmTest([], BOTH);
    expect(ran.at(-1)?.options).toEqual(leaveOut([{ file: ONE, at: "", tests: 4 }]));
});

test.each([
    ["conformance alone", ["conformance"]],
    ["a file", ["test/conformance/one"]],
    ["a test", ["-t", "creates"]],
    ["no conformance", ["integration"]],
])("what is asked for by name is run: %s", async (_, words) => {
    await npmTest([], BOTH);
    await npmTest(words, BOTH);
    const { suites } = selectSuites(words);
    expect(ran.at(-1)?.options).toEqual([]);
    expect(ran.at(-1)?.suites).toEqual(suites.filter((suite) => ["conformance", "integration"].includes(suite)));
    expect(said).toEqual([]);
});

test("conformance alone keeps what it has shown, and nothing is run when nothing else was asked for", async () => {
    await npmTest(["conformance"], BOTH);
    const { tally, line } = await npmTest(["unit", "conformance"], BOTH);
    expect(ran).toHaveLength(1);
    expect(closingLine(tally)).toBe("0 passed, 0 failed");
    expect(line).toContain("13 tests, not run again");
});

test.each<[string, FileResult]>([
    ["a test failed", { ...passed(ONE, 3), failed: 1 }],
    ["a test was skipped", { ...passed(ONE, 3), skipped: 1 }],
    ["no test ran", passed(ONE, 0)],
    ["the file could not run", { file: ONE, passed: 0, failed: 1, skipped: 0 }],
])("is run again after %s", async (_, result) => {
    await npmTest([], [result, passed(TWO, 9)]);
    await npmTest([], BOTH);
    expect(ran.at(-1)?.options).toEqual(leaveOut([{ file: TWO, at: "", tests: 9 }]));
});

test("a run of some tests keeps nothing, and forgets what fails in it", async () => {
    await npmTest(["-t", "creates"], BOTH);
    await npmTest([], BOTH);
    expect(ran.at(-1)?.options).toEqual([]);
    await npmTest(["test/conformance/one"], [{ ...passed(ONE, 3), failed: 1 }]);
    await npmTest([], BOTH);
    expect(ran.at(-1)?.options).toEqual(leaveOut([{ file: TWO, at: "", tests: 9 }]));
});

test("what changes while it runs is not kept", async () => {
    await npmTest([], BOTH, { during: () => writeFileSync(join(root, ONE), "changed meanwhile") });
    await npmTest([], BOTH);
    expect(ran.at(-1)?.options).toEqual(leaveOut([{ file: TWO, at: "", tests: 9 }]));
});

test("where it cannot be told what the tests depend on, everything is run and the reason is said", async () => {
    await npmTest([], BOTH);
    const broken = { tested: () => Promise.reject(new Error("the engine does not answer")) };
    expect((await npmTest([], BOTH, broken)).line).toBeUndefined();
    expect(ran.at(-1)).toEqual({ suites: ["conformance", "integration"], options: [] });
    expect(said[0]).toMatch(/^what conformance depends on cannot be told.*: the engine does not answer$/);
});

test("names are asked for alone or with others", () => {
    expect(mayLeaveOut(selectSuites([]))).toBe(true);
    expect(mayLeaveOut(selectSuites(["conformance", "integration"]))).toBe(true);
    expect(mayLeaveOut(selectSuites(["conformance"]))).toBe(false);
    expect(mayLeaveOut(selectSuites(["unit", "integration"]))).toBe(false);
    expect(mayLeaveOut(selectSuites(["test/conformance"]))).toBe(false);
});

test("the date is of the newest pass: all of it is unchanged since then", () => {
    const passes = ["2026-11-28T10:00:00.000Z", "2026-11-30T10:00:00.000Z", "2026-11-29T10:00:00.000Z"].map((at) => ({
        ...{ file: ONE, at, tests: 2 },
    }));
    expect(unchangedLine(passes, 3)).toContain("unchanged since 2026-11-30, 6 tests");
});

describe("a pass", () => {
    const at = new Date("2026-11-29T10:00:00Z");
    const pass = { file: ONE, at: at.toISOString(), tests: 4 };

    test("is believed for a week, and not before it was made", () => {
        const folder = join(root, "passes");
        keepPass(folder, "key", pass);
        expect(readPass(folder, "key", at.getTime())).toEqual(pass);
        expect(readPass(folder, "key", at.getTime() + BELIEVED - 1)).toEqual(pass);
        expect(readPass(folder, "key", at.getTime() + BELIEVED)).toBeUndefined();
        expect(readPass(folder, "key", at.getTime() - 1)).toBeUndefined();
        expect(readPass(folder, "other", at.getTime())).toBeUndefined();
    });

    test("that is too old or cut off goes with the next one", () => {
        const folder = join(root, "passes");
        keepPass(folder, "old", { ...pass, at: new Date(at.getTime() - BELIEVED).toISOString() });
        writeFileSync(join(folder, "broken.json"), '{"file":');
        writeFileSync(join(folder, "empty.json"), JSON.stringify({ ...pass, tests: 0 }));
        expect(readPass(folder, "broken", at.getTime())).toBeUndefined();
        expect(readPass(folder, "empty", at.getTime())).toBeUndefined();
        keepPass(folder, "new", pass);
        expect(readdirSync(folder)).toEqual(["new.json"]);
    });
});

test("jest's report says of each file how many tests passed, failed and did not run", () => {
    const report = (status: string, ...statuses: string[]): object => ({
        name: join(root, ONE),
        status,
        assertionResults: statuses.map((it) => ({ status: it })),
    });
    const read = (it: object): FileResult[] => readFiles({ testResults: [it] }, root);
    expect(read(report("passed", "passed", "passed", "pending", "todo"))).toEqual([
        { file: ONE, passed: 2, failed: 0, skipped: 2 },
    ]);
    expect(read(report("failed", "passed", "failed"))).toEqual([{ file: ONE, passed: 1, failed: 1, skipped: 0 }]);
    expect(read(report("failed"))).toEqual([{ file: ONE, passed: 0, failed: 1, skipped: 0 }]);
    expect(readFiles({}, root)).toEqual([]);
});
