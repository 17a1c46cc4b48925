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
