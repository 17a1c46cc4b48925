/** `strata verify`: tries from inside every container what it reaches, and compares that with the declared flows. */

import { isProbeForeign } from "../../engine/probe";
import { PROBE } from "../../offline/build/engine-probe";
import { describeReport, type IsolationReport, type Verdict, verifyIsolation } from "../../verify";
import { ExitCode, Failure, npmRun } from "../failure";
import { Progress } from "../output/progress";
import { lookAt, type Sight, type StackOptions } from "../session";
import { foundations, setUp } from "../setup/setup";
import { declaredBy } from "../stacks/platform";
import { wantedBy } from "../stacks/supply";

/** Options of `verify`. */
export interface VerifyOptions extends StackOptions {
    readonly json?: boolean;
}

const EXIT_CODES: Readonly<Record<Verdict, number>> = {
    holds: ExitCode.holds,
    broken: ExitCode.broken,
    "could not tell": ExitCode.unknown,
};

/** @returns exit code: 0 the isolation holds, 1 it is broken, 2 could not tell */
export async function verify(options: VerifyOptions): Promise<number> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    const found = await foundations(wantedBy(sight));
    const { platform } = declaredBy(sight.stack, found, sight.engine.choice);
    const probeImage = found.images[PROBE]!;
    if (await mayRun(sight)) {
        await setUp(progress, { images: [PROBE], listCached: false }, sight, found);
        if (await isProbeForeign(sight.engine, probeImage)) {
            throw foreignProbe(probeImage, (await sight.engine.version())?.arch);
        }
    }
    const report = await verifyIsolation({ platform, probeImage, engine: sight.engine });
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    describeReport(report).forEach((line) => progress.print(line));
    nextOf(report).forEach((next) => progress.print(`  next: ${next}`));
    return EXIT_CODES[report.verdict];
}

/** The refusal of a probe for another processor. It would fail in every container, and fill the report with that. Pure. */
export function foreignProbe(image: string, arch = "unknown"): Failure {
    return new Failure(
        `the probe ${image} is for another processor than the engine's (${arch}): nothing was looked at`,
        "fill the mirror where published images can be downloaded, or on a machine with the engine's processor; " +
            "what is built here (STRATA_OFFLINE=1) needs an engine with this machine's processor",
    );
}

/** Whether any container of the environment may run, to probe from. True also for an engine that does not answer. */
async function mayRun({ engine, stack }: Sight): Promise<boolean> {
    if ("silence" in (await engine.answer())) return true;
    return (await engine.containers(stack.name)).some(({ state }) => state === "running");
}

/** The next steps of a report: about what breaks the isolation, or about what kept the probe from telling. Pure. */
export function nextOf({ verdict, environment, sources, findings }: IsolationReport): string[] {
    if (verdict === "could not tell") {
        return [sources === 0 ? `${npmRun("up", environment)}, then try it again` : npmRun("status", environment)];
    }
    return [...new Set(findings.flatMap(({ next }) => next ?? []))];
}
