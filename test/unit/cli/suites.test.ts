import { exitCode } from "../../../cli/commands/doctor";
import { closingLine, readResults, selectSuites, SUITES, total } from "../../../cli/testing/suites";

describe("the words after npm test --", () => {
    test("none means all, in order", () => expect(selectSuites([])).toEqual({ suites: SUITES, jest: [] }));

    test("suites run in their order whatever the order of the words; the rest is jest's", () => {
        expect(selectSuites(["golden", "unit", "-t", "unit"])).toEqual({
            suites: ["unit", "golden"],
            jest: ["-t", "unit"],
        });
        expect(selectSuites(["test/unit/cli"])).toEqual({ suites: SUITES, jest: ["test/unit/cli"] });
    });

    test("a mistyped suite is refused instead of finding no test", () => {
        expect(() => selectSuites(["unti"])).toThrow(
            'suite: "unti" is unknown; accepted: unit, policy, golden, conformance, integration',
        );
    });
});

test("results add up, and a file that could not run is in no number but is not forgotten", () => {
    const unit = readResults({ numPassedTests: 10, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 });
    const policy = readResults({ numPassedTests: 5, numFailedTests: 2, numRuntimeErrorTestSuites: 1 });
    expect(total([unit, policy])).toEqual({ passed: 15, failed: 2, skipped: 2, couldNotRun: true });
    expect(unit.couldNotRun).toBe(false);
});

test("the closing line names skipped tests only when there are any", () => {
    const tally = { passed: 15, failed: 0, skipped: 0, couldNotRun: false };
    expect(closingLine(tally)).toBe("15 passed, 0 failed");
    expect(closingLine({ ...tally, skipped: 2 })).toBe("15 passed, 0 failed, 2 skipped");
});

describe("doctor", () => {
    test("ends with 1 for what is bad, 2 for what could not be told, 0 for notes", () => {
        const finding = (verdict: "good" | "note" | "bad" | "unknown") => ({ what: "x", value: "y", verdict });
        expect(exitCode([finding("good"), finding("note")])).toBe(0);
        expect(exitCode([finding("unknown"), finding("good")])).toBe(2);
        expect(exitCode([finding("unknown"), finding("bad")])).toBe(1);
    });
});
