/** Expectations on the end of a command in live tests, and lines for the person who reads the run. */

import type { Ended } from "./live-engine";

/** Prints lines for the person who reads the run. `console.log` would make jest add a stack trace. */
export function say(...lines: readonly string[]): void {
    process.stdout.write(lines.map((line) => `    ${line}\n`).join(""));
}

/** Expects an exit code, and fails with everything that the command printed. */
export function expectCode({ code, stdout, stderr }: Ended, expected: number): void {
    expect(`${code}\n${code === expected ? "" : stdout + stderr}`).toBe(`${expected}\n`);
}

/** Expects exit code 0, and fails with everything that the command printed. */
export function expectSuccess(ended: Ended): void {
    expectCode(ended, 0);
}

/**
 * Makes every test fail at once when the first start failed, except the test that reports the reason: their results would mean nothing.
 *
 * @param start - returns the end of the first start; called before each test
 * @param teller - full name of the test that reports the reason
 */
export function needStart(start: () => Ended, teller: string): void {
    beforeEach(() => {
        if (start().code !== 0 && expect.getState().currentTestName !== teller) {
            throw new Error("the platform did not start, see the first test");
        }
    });
}
