/** What live tests say of a command that ended, and to the person who reads the run. */

import type { Ended } from "./live-engine";

/** For the person who reads the run; jest would put a stack trace around it. */
export function say(...lines: readonly string[]): void {
    process.stdout.write(lines.map((line) => `    ${line}\n`).join(""));
}

/** Ends with the given code, or fails with everything that was printed. */
export function expectCode({ code, stdout, stderr }: Ended, expected: number): void {
    expect(`${code}\n${code === expected ? "" : stdout + stderr}`).toBe(`${expected}\n`);
}

/** Ends with 0, or fails with everything that was printed. */
export function expectSuccess(ended: Ended): void {
    expectCode(ended, 0);
}

/**
 * When the first start failed, every test but the one that says why fails at once: none of them would mean anything.
 *
 * @param start - how it ended; asked before each test
 * @param teller - full name of the test that says why
 */
export function needStart(start: () => Ended, teller: string): void {
    beforeEach(() => {
        if (start().code !== 0 && expect.getState().currentTestName !== teller) {
            throw new Error("the platform did not start, see the first test");
        }
    });
}
