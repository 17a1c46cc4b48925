import { asFailure, Failure } from "../../../cli/failure";
import { EngineError } from "../../../engine/error";

test("a failure stays what it is, with what to do next", () => {
    const failure = new Failure("no engine", "start it", 1, ["why"]);
    expect(asFailure(failure)).toBe(failure);
});

test.each([
    [new EngineError("no engine", "start it"), 2],
    [new EngineError("it stays", "look at it", { isBroken: true }), 1],
])("what the engine does not do is said with what to do next: %s ends with %d", (error, exitCode) => {
    const { message, next } = error;
    expect(asFailure(error)).toMatchObject({ message, next, exitCode });
});

test("an error that was thrown for a person is a sentence, its further lines are details", () => {
    expect(asFailure(new Error("the probe cannot be built: no\nsecond"))).toMatchObject({
        message: "the probe cannot be built: no",
        details: ["second"],
        exitCode: 2,
    });
});

test.each([new TypeError("x is undefined"), Object.assign(new Error("ENOENT"), { code: "ENOENT" }), "text", undefined])(
    "%p is a mistake of ours: where it was matters",
    (error) => expect(asFailure(error)).toBeUndefined(),
);

test.each([
    ["EROFS", "open", "the file system is read-only"],
    ["EACCES", "mkdir", "this user may not write there"],
    ["ENOSPC", "write", "the disk is full"],
    ["ENOENT", "mkdir", "the file system is read-only"],
])("%s of %s is the machine's, and is said with the path", (code, syscall, why) => {
    const error = Object.assign(new Error(code), { code, syscall, path: "/cache/way.json" });
    expect(asFailure(error)).toMatchObject({ message: `/cache/way.json cannot be written: ${why}`, exitCode: 2 });
    expect(asFailure(Object.assign(new Error(code), { code, syscall }))).toBeUndefined();
});

test("a file that is missing is a mistake of ours", () => {
    const error = Object.assign(new Error("x"), { code: "ENOENT", syscall: "open", path: "/x" });
    expect(asFailure(error)).toBeUndefined();
});
