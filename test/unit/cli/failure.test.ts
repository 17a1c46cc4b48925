import { asFailure, Failure } from "../../../cli/failure";

test("a failure stays what it is, with what to do next", () => {
    const failure = new Failure("no engine", "start it", 1, ["why"]);
    expect(asFailure(failure)).toBe(failure);
});

test("an error that was thrown for a person is a sentence, its further lines are details", () => {
    expect(asFailure(new Error("the Docker engine does not answer: no\nsecond"))).toMatchObject({
        message: "the Docker engine does not answer: no",
        details: ["second"],
        exitCode: 2,
    });
});

test.each([new TypeError("x is undefined"), Object.assign(new Error("ENOENT"), { code: "ENOENT" }), "text", undefined])(
    "%p is a mistake of ours: where it was matters",
    (error) => expect(asFailure(error)).toBeUndefined(),
);
