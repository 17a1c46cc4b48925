/** `strata doctor`: whether this machine can run the stack, with one line for each thing that has to change. */

import { ExitCode } from "../failure";
import { Progress } from "../output/progress";
import { cacheFolder, childEnvironment } from "../places";
import { lookAt, type StackOptions } from "../session";
import { foundations } from "../setup/setup";
import { declaredBy } from "../stacks/platform";
import { wantedBy } from "../stacks/supply";
import { inspectSetUp } from "../doctor/findings";
import { inspectLogin } from "../doctor/login";
import { type Finding, sayFindings } from "../preflight/finding";
import { judgeFacts } from "../preflight/preflight";
import { readFacts } from "../preflight/read";

/** Options of `doctor`. */
export interface DoctorOptions extends StackOptions {
    readonly json?: boolean;
}

/** @returns exit code: 0 all well, 1 something has to change, 2 something could not be told */
export async function doctor(options: DoctorOptions): Promise<number> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    const found = await foundations(wantedBy(sight));
    const declared = declaredBy(sight.stack, found, sight.engine.choice);
    const subject = { sight, declared, cache: cacheFolder() };
    const [setUp, facts] = await Promise.all([inspectSetUp({ found, env: childEnvironment() }), readFacts(subject)]);
    const findings = [...inspectLogin(sight.stack), ...setUp, ...judgeFacts(facts, subject)];
    if (options.json) console.log(JSON.stringify(findings, undefined, 2));
    sayFindings(findings, progress);
    return exitCode(findings);
}

/** The exit code of findings. Broken wins over unknown. Notes do not count, nor what this machine can never tell. Pure. */
export function exitCode(findings: readonly Finding[]): number {
    if (findings.some(({ verdict }) => verdict === "bad")) return ExitCode.broken;
    const isOpen = findings.some(({ verdict, lasting = false }) => verdict === "unknown" && !lasting);
    return isOpen ? ExitCode.unknown : ExitCode.holds;
}
