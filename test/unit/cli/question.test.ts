import { PassThrough } from "node:stream";

import { Failure } from "../../../cli/failure";
import { ask, terminalOf } from "../../../cli/output/question";

function terminal() {
    const input = new PassThrough();
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    return { input, output };
}

test("what is typed comes back without the spaces around it", async () => {
    const { input, output } = terminal();
    const answer = ask("Name? ", { input, output });
    input.write("  production \r");
    expect(await answer).toBe("production");
    expect(String(output.read())).toContain("Name? ");
});

test("an input that ends is no answer", async () => {
    const { input, output } = terminal();
    const answer = ask("Name? ", { input, output });
    input.end();
    expect(await answer).toBeUndefined();
});

test("Ctrl-C is a failure of its own, with 130: never an answer, and never a program that ends with 0", async () => {
    const { input, output } = terminal();
    const answer = ask("Name? ", { input, output });
    input.write("prod\x03");
    await expect(answer).rejects.toThrow(Failure);
    await expect(answer).rejects.toMatchObject({
        exitCode: 130,
        message: "stopped at the question; nothing was touched",
    });
});

test.each([
    [true, true, true, false, "stdout"],
    [true, false, true, false, "stderr"],
    [true, false, false, false, undefined],
    [false, true, true, false, undefined],
    [true, true, true, true, undefined],
])("stdin at a terminal: %s, stdout: %s, stderr: %s, --json: %s: asks on %s", (stdin, stdout, stderr, json, where) => {
    const streams = { stdin: { isTTY: stdin }, stdout: { isTTY: stdout }, stderr: { isTTY: stderr } };
    const found = terminalOf({ json }, streams as unknown as NodeJS.Process);
    expect(found?.output).toBe(where === undefined ? undefined : streams[where as "stdout"]);
});
